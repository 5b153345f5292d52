// Device rules of a container: the user's, then the default ones, and their form for cgroup v1.
// Pure. Spec: config-linux.md#allowed-device-list
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oci/result.h"
#include "oci/spec.h"

namespace oci::cgroup {

// The kernel's DEVCG_ACC_* and BPF_DEVCG_ACC_*.
inline constexpr unsigned kAccessMknod = 1, kAccessRead = 2, kAccessWrite = 4;
inline constexpr unsigned kAccessAll = kAccessMknod | kAccessRead | kAccessWrite;

// For each letter of a request the last rule that matches the device and has the letter decides;
// without one, no.
struct DeviceRule {
  bool allow = false;
  char type = 'a';  // a: every device, with all letters and no numbers; else c or b
  std::optional<std::uint32_t> major, minor;  // absent: any
  unsigned access = kAccessAll;

  bool operator==(const DeviceRule&) const = default;
};

// "c 1:3 rwm", "c 136:* rwm", "a"
std::string render_device_rule(const DeviceRule& rule);

// The user's rules in order, then those for the devices that every container has; the latter are
// never dropped. `resources` may be null. Errors (kInvalidConfig): no access letters, an unknown
// type, a number out of range.
Result<std::vector<DeviceRule>> effective_device_rules(const spec::Resources* resources);

// One write to devices.allow or devices.deny.
struct V1DeviceWrite {
  bool allow;
  std::string value;
};
// The fewest writes that bring a new cgroup there: `a`, then the exceptions from it.
// Error (kInvalidConfig): v1 cannot express an exception from an exception.
Result<std::vector<V1DeviceWrite>> v1_device_writes(const std::vector<DeviceRule>& rules);

}  // namespace oci::cgroup
