#include "lib/runtime/restore_mounts.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/sys/file.h"
#include "lib/sys/path.h"
#include "lib/words/devices.h"

namespace oci::runtime {
namespace {

bool is_bind(const spec::Mount& mount) {
  return mount.type == "bind" ||
         std::any_of(mount.options.begin(), mount.options.end(),
                     [](const std::string& o) { return o == "bind" || o == "rbind"; });
}

bool is_remount(const spec::Mount& mount) {
  return std::find(mount.options.begin(), mount.options.end(), "remount") != mount.options.end();
}

std::string source_of(const spec::Mount& mount, const std::string& bundle) {
  return plan::resolve_path(bundle, mount.source);
}

bool is_directory(const std::string& path) {
  struct stat st;
  return ::stat(path.c_str(), &st) < 0 || S_ISDIR(st.st_mode);
}

// The mount before `mount` that its destination lies in, or null: the root file system.
const spec::Mount* holder_of(const std::vector<spec::Mount>& mounts, const spec::Mount& mount) {
  const spec::Mount* holder = nullptr;
  const std::string at = base::clean_path(mount.destination);
  for (const spec::Mount& other : mounts) {
    if (&other == &mount) break;
    const std::string over = base::clean_path(other.destination);
    if (over == at || plan::lies_below(at, over)) holder = &other;
  }
  return holder;
}

}  // namespace

spec::Strings bound_destinations(const spec::Spec& spec) {
  spec::Strings found;
  for (const spec::Mount& mount : spec.mounts)
    if (is_bind(mount) && !is_remount(mount)) found.push_back(base::clean_path(mount.destination));
  if (spec.linux_)
    for (const spec::Device& device : spec.linux_->devices) found.push_back(device.path);
  return found;
}

std::vector<criu::Pair> external_sources(const spec::Spec& spec, const std::string& bundle) {
  std::vector<criu::Pair> found;
  for (const spec::Mount& mount : spec.mounts)
    if (is_bind(mount) && !is_remount(mount))
      found.push_back({base::clean_path(mount.destination), source_of(mount, bundle)});
  for (const words::DefaultDevice& device : words::kDefaultDevices)
    found.push_back({device.path, device.path});
  if (spec.linux_)
    for (const spec::Device& device : spec.linux_->devices)
      found.push_back({device.path, device.path});
  return found;
}

Status make_mount_points(const spec::Spec& spec, const std::string& bundle,
                         const std::string& rootfs) {
  for (const spec::Mount& mount : spec.mounts) {
    if (is_remount(mount)) continue;
    std::string at = base::clean_path(mount.destination), root = rootfs;
    if (const spec::Mount* holder = holder_of(spec.mounts, mount); holder != nullptr) {
      if (!is_bind(*holder)) continue;
      root = source_of(*holder, bundle);
      at.erase(0, base::clean_path(holder->destination).size());
    }
    if (at.empty() || at == "/") continue;
    const UniqueFd dir = TRY(sys::open(root, O_PATH | O_DIRECTORY));
    const bool directory = !is_bind(mount) || is_directory(source_of(mount, bundle));
    TRY_CTX("making a mount point", sys::make_in_root(dir, at, directory));
  }
  return {};
}

}  // namespace oci::runtime
