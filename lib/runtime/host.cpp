#include "lib/runtime/host.h"

#include <sys/prctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "lib/base/numbers.h"
#include "lib/base/try.h"
#include "lib/cgroup/probe.h"
#include "lib/runtime/rdt.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

// The initial user namespace maps everything: "0 0 4294967295".
bool in_user_namespace() {
  const auto map = sys::read_file("/proc/self/uid_map");
  if (!map) return false;
  std::string line;  // without the padding
  for (const char c : *map)
    if (c != ' ' || (!line.empty() && line.back() != ' ')) line.push_back(c);
  return line != "0 0 4294967295\n";
}

// "6.1.0-13-amd64"
void read_release(std::string_view release, plan::HostFacts& host) {
  const std::size_t dot = release.find('.');
  if (dot == std::string_view::npos) return;
  const std::string_view rest = release.substr(dot + 1);
  host.kernel_major = base::parse_number<unsigned>(release.substr(0, dot)).value_or(0);
  host.kernel_minor =
      base::parse_number<unsigned>(rest.substr(0, rest.find_first_not_of("0123456789")))
          .value_or(0);
}

// The kernel itself says which capabilities it has; a container's /proc cannot lie here.
unsigned last_capability() {
  unsigned last = 40;
  while (last < 63 && ::prctl(PR_CAPBSET_READ, last + 1) >= 0) ++last;
  while (last > 0 && ::prctl(PR_CAPBSET_READ, last) < 0) --last;
  return last;
}

}  // namespace

plan::HostFacts probe_kernel() {
  plan::HostFacts host;
  utsname name{};
  if (::uname(&name) == 0) read_release(name.release, host);
  host.euid = ::geteuid();
  host.egid = ::getegid();
  host.user_namespace = in_user_namespace();
  if (host.user_namespace) {
    const auto setgroups = sys::read_file("/proc/self/setgroups");
    host.setgroups_denied = setgroups && setgroups->starts_with("deny");
  }
  host.cap_last_cap = last_capability();
  host.has_mount_setattr =
      host.kernel_major > 5 || (host.kernel_major == 5 && host.kernel_minor >= 12);
  host.has_proc_kcore = ::access("/proc/kcore", F_OK) == 0;
  host.apparmor = ::access("/sys/kernel/security/apparmor", F_OK) == 0;
  host.selinux = ::access("/sys/fs/selinux/enforce", F_OK) == 0;
  return host;
}

Result<plan::HostFacts> probe_host(const spec::Spec& spec) {
  plan::HostFacts host = probe_kernel();
  if (spec.linux_ && spec.linux_->intel_rdt) probe_rdt(host);
  host.cgroups = TRY(cgroup::probe());
  return host;
}

}  // namespace oci::runtime
