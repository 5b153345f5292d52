// What the host is like, probed once and passed as a value; tests pass their own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lib/cgroup/layout.h"

namespace oci::plan {

struct HostFacts {
  cgroup::Layout cgroups;
  unsigned kernel_major = 0, kernel_minor = 0;
  uid_t euid = 0;
  gid_t egid = 0;
  bool user_namespace = false;    // the caller itself is in a user namespace without all ids
  bool setgroups_denied = false;  // in it, user_namespaces(7)
  unsigned cap_last_cap = 40;     // highest capability of this kernel
  bool has_mount_setattr = true;  // Linux 5.12
  bool has_proc_kcore = true;     // /proc/kcore exists: /dev/core is made
  bool apparmor = false, selinux = false;
  // Looked for only where the configuration has an intelRdt.
  std::string resctrl;                          // mount point; empty: none
  bool resctrl_l3 = false, resctrl_mb = false;  // what can be given out
};

}  // namespace oci::plan
