// Cgroup::give_to: the cgroup of a container becomes its user's. cgroups(7), "Delegating a
// hierarchy"
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::cgroup {
namespace {

// The kernel's list of what a delegatee may write; before Linux 4.15 there is none.
std::vector<std::string> delegated_files() {
  constexpr const char* kList = "/sys/kernel/cgroup/delegate";
  const auto text = sys::read_file(kList);
  if (!text) return {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"};
  std::vector<std::string> names;
  std::istringstream in(*text);
  for (std::string name; in >> name;)
    if (name.find('/') == std::string::npos) names.push_back(name);
  return names;
}

}  // namespace

Status Cgroup::give_to(uid_t owner) const {
  const std::size_t index = unified();
  if (mode_ != Mode::kV2 || index == kNone) return {};
  const UniqueFd dir = TRY(open_dir(index));
  constexpr auto kSameGroup = static_cast<gid_t>(-1);
  if (::fchown(dir.get(), owner, kSameGroup) != 0) return sys::last_error("chown", absolute(index));
  for (const std::string& name : delegated_files())
    if (::fchownat(dir.get(), name.c_str(), owner, kSameGroup, AT_SYMLINK_NOFOLLOW) != 0 &&
        errno != ENOENT)
      return sys::last_error("chown", absolute(index, name));
  return {};
}

}  // namespace oci::cgroup
