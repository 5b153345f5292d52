// Device rules as an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "lib/cgroup/devices.h"

namespace oci::cgroup {

// `struct bpf_insn`s. The program returns 1 (allowed) or 0.
std::vector<std::byte> compile_device_program(const std::vector<DeviceRule>& rules);

}  // namespace oci::cgroup
