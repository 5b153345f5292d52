// Layouts as hosts have them, and short ways to look at a plan.
#pragma once

#include <string>
#include <vector>

#include "lib/cgroup/layout.h"
#include "lib/cgroup/plan.h"

namespace oci::cgroup::test {

inline Layout v1_layout() {
  Layout layout;
  layout.mode = Mode::kV1;
  for (const char* name : {"cpuset", "devices", "freezer", "blkio", "pids", "hugetlb", "rdma"})
    layout.v1.push_back({{name}, std::string("/sys/fs/cgroup/") + name, "/"});
  layout.v1.push_back({{"memory"}, "/sys/fs/cgroup/memory", "/engine/worker"});
  layout.v1.push_back({{"cpu", "cpuacct"}, "/sys/fs/cgroup/cpu,cpuacct", "/engine"});
  layout.v1.push_back({{"net_cls", "net_prio"}, "/sys/fs/cgroup/net_cls,net_prio", "/"});
  layout.v1.push_back({{"name=systemd"}, "/sys/fs/cgroup/systemd", "/init.scope"});
  return layout;
}

inline Layout hybrid_layout() {
  Layout layout = v1_layout();
  layout.mode = Mode::kHybrid;
  layout.unified_mount_point = "/sys/fs/cgroup/unified";
  layout.unified_own_path = "/init.scope";
  return layout;
}

inline Layout v2_layout(std::string own = "/system.slice/engine.service") {
  Layout layout;
  layout.mode = Mode::kV2;
  layout.unified_mount_point = "/sys/fs/cgroup";
  layout.unified_own_path = std::move(own);
  return layout;
}

// "memory:/x" for each write: "file=value".
inline std::vector<std::string> shown(const std::vector<Write>& writes, bool with_devices = false) {
  std::vector<std::string> out;
  for (const Write& write : writes) {
    if (!with_devices && write.file.starts_with("devices.")) continue;
    out.push_back((write.otherwise ? "else " : "") + write.file + "=" + write.value +
                  (write.optional ? " ?" : ""));
  }
  return out;
}

inline std::string text_of(const Result<Plan>& plan) {
  return plan ? std::string("no error") : plan.error().text;
}

}  // namespace oci::cgroup::test
