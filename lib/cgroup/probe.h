// Finds out how cgroups are mounted on this host.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/layout.h"
#include "oci/result.h"

namespace oci::cgroup {

// Cheap: one statfs(2) for each hierarchy and /proc/self/cgroup. /proc/self/mountinfo is read only
// where a hierarchy is not at its usual place below /sys/fs/cgroup. A host without cgroups gives
// Mode::kNone.
Result<Layout> probe();

// One line of /proc/PID/cgroup. Spec: cgroups(7), "/proc files"
struct Membership {
  std::vector<std::string> controllers;  // empty: the unified hierarchy
  std::string path;  // "/..." ; may be "/../.." outside of the caller's cgroup namespace
};
std::vector<Membership> parse_membership(std::string_view proc_cgroup);

// One mount of type cgroup or cgroup2.
struct CgroupMount {
  std::string mount_point;
  std::string root;  // what of the hierarchy is mounted there: "/" for all of it
  bool unified = false;
  std::vector<std::string> controllers;  // super options of a v1 mount without "rw" and the like
};
std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo);

}  // namespace oci::cgroup
