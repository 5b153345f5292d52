// Resources as writes to cgroup files. Pure: which hierarchies exist comes with the directories.
// Spec: config-linux.md#control-groups
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/plan.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::cgroup {

// Zero values are unset and need no controller. `device_rules`: false in user namespaces, and in an
// update. Errors: kInvalidConfig for a value; kCgroup where no hierarchy has the controller that a
// value needs.
Result<std::vector<Write>> v1_writes(const spec::Resources& resources, const std::vector<Dir>& dirs,
                                     bool device_rules, std::vector<std::string>* warnings);

struct V2Writes {
  std::vector<Write> writes;
  std::vector<std::string> needed;  // controllers, each once
};
// All in directory `dir`.
Result<V2Writes> v2_writes(const spec::Resources& resources, std::size_t dir,
                           std::vector<std::string>* warnings);

// ---- shared by both ----

inline constexpr std::string_view kPointer = "/linux/resources/";
inline constexpr std::string_view kUnifiedPointer = "/linux/resources/unified/";

Status check_resources(const spec::Resources& resources);
// For a container without any cgroup: an error (kCgroup) where a value would need one.
Status check_no_cgroup(const spec::Resources& resources);
// Values that no version uses any more.
void warn_kernel_memory(const spec::Resources& resources, std::vector<std::string>* warnings);
// "0", which engines mean as "as few as possible", is 1: systemd cannot do less.
std::string pids_value(std::int64_t limit);
std::string rdma_value(std::string_view device, const spec::Rdma& limits);
std::string device_value(std::int64_t major, std::int64_t minor, std::string_view value);

}  // namespace oci::cgroup
