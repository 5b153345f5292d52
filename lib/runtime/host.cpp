#include "lib/runtime/host.h"

#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>

#include "lib/base/try.h"
#include "lib/cgroup/probe.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

// The initial user namespace maps everything: "0 0 4294967295".
bool in_user_namespace() {
  const auto map = sys::read_file("/proc/self/uid_map");
  if (!map) return false;
  unsigned long inside = 0, outside = 0, count = 0;
  if (std::sscanf(map->c_str(), "%lu %lu %lu", &inside, &outside, &count) != 3) return false;
  return inside != 0 || outside != 0 || count != 4294967295ul;
}

// The kernel itself says which capabilities it has; a container's /proc cannot lie here.
unsigned last_capability() {
  unsigned last = 40;
  while (last < 63 && ::prctl(PR_CAPBSET_READ, last + 1) >= 0) ++last;
  while (last > 0 && ::prctl(PR_CAPBSET_READ, last) < 0) --last;
  return last;
}

}  // namespace

Result<plan::HostFacts> probe_host() {
  plan::HostFacts host;
  host.cgroups = TRY(cgroup::probe());
  utsname name{};
  if (::uname(&name) == 0) std::sscanf(name.release, "%u.%u", &host.kernel_major, &host.kernel_minor);
  host.euid = ::geteuid();
  host.egid = ::getegid();
  host.user_namespace = in_user_namespace();
  host.cap_last_cap = last_capability();
  host.has_mount_setattr = host.kernel_major > 5 || (host.kernel_major == 5 && host.kernel_minor >= 12);
  host.has_proc_kcore = ::access("/proc/kcore", F_OK) == 0;
  host.apparmor = ::access("/sys/kernel/security/apparmor", F_OK) == 0;
  host.selinux = ::access("/sys/fs/selinux/enforce", F_OK) == 0;
  return host;
}

}  // namespace oci::runtime
