// Device nodes, links in /dev, and the console.
// Spec: config-linux.md#devices, #default-devices; runtime-linux.md#dev-symbolic-links
#pragma once

#include <string>
#include <vector>

#include "lib/plan/draft.h"
#include "lib/plan/tree.h"

namespace oci::plan {

struct DeviceEntry {
  std::string path;          // cleaned
  std::uint32_t mode = 0;    // with its S_IF* type
  std::uint64_t device = 0;  // as the kernel encodes it
  std::uint32_t uid = 0, gid = 0;
  std::string pointer;  // empty for the default ones
  Tree tree;            // path empty: the node is made
};

// dev_t as mknod(2) takes it; nothing for numbers that the kernel does not have.
std::optional<std::uint64_t> device_number(std::int64_t major, std::int64_t minor);

// The default devices that `linux_` does not name itself, then those of linux.devices.
Result<std::vector<DeviceEntry>> read_devices(Draft& draft, const spec::Linux& linux_);
// Stage 1 with a user namespace.
void open_sources(Draft& draft, std::vector<DeviceEntry>& devices);
// Stage 2.
void add_devices(Draft& draft, std::vector<DeviceEntry>& devices);
void add_dev_links(Draft& draft);
// Opens the null device that files are masked with; returns its slot.
Slot add_null_device(Draft& draft);

}  // namespace oci::plan
