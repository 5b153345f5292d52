// Device programs of cgroups by bpf(2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// `instructions`: struct bpf_insn's. Kernels before 5.11 charge programs to RLIMIT_MEMLOCK: where
// that refuses, the limit of the calling process is lifted for the time of a second try. Errors:
// EPERM without the rights; the verifier's.
Result<UniqueFd> load_device_program(std::span<const std::byte> instructions);
// Beside the programs that are there (BPF_F_ALLOW_MULTI): all of them must allow.
Status attach_device_program(FdRef cgroup, FdRef program);
// In place of `old`, without a moment in between. Linux 5.6
Status replace_device_program(FdRef cgroup, FdRef program, FdRef old);
Status detach_device_program(FdRef cgroup, FdRef program);
// Ids of the programs attached to this cgroup itself, in the order in which they run.
Result<std::vector<std::uint32_t>> query_device_programs(FdRef cgroup);
Result<UniqueFd> open_program(std::uint32_t id);

}  // namespace oci::sys
