// How cgroups are mounted on this host. Plain data; lib/cgroup/probe.h fills it in.
#pragma once

#include <string>
#include <vector>

namespace oci::cgroup {

enum class Mode { kNone, kV1, kHybrid, kV2 };

// One mounted v1 hierarchy.
struct Hierarchy {
  std::vector<std::string> controllers;  // {"cpu","cpuacct"}, or {"name=systemd"}
  std::string mount_point;               // "/sys/fs/cgroup/cpu,cpuacct"
  std::string own_path;                  // path of the calling process in it, "/" if at its root
};

struct Layout {
  Mode mode = Mode::kNone;
  std::vector<Hierarchy> v1;        // v1 and hybrid
  std::string unified_mount_point;  // v2: "/sys/fs/cgroup"; hybrid: "/sys/fs/cgroup/unified"
  std::string unified_own_path;     // "/..." of the calling process
};

}  // namespace oci::cgroup
