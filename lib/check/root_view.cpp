#include "lib/check/root_view.h"

#include <sys/stat.h>

#include <algorithm>

#include "lib/base/text.h"
#include "lib/plan/paths.h"
#include "lib/sys/file.h"

namespace oci::check_rules {
namespace {

using Kind = RootView::Found::Kind;

bool is_at_or_below(const std::string& path, const std::string& directory) {
  return path == directory || plan::lies_below(path, directory);
}

bool is_bind(const spec::Mount& mount) {
  return std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
    return option == "bind" || option == "rbind";
  });
}

}  // namespace

RootView::RootView(std::string rootfs, const std::string& bundle,
                   const std::vector<spec::Mount>& mounts)
    : rootfs_(std::move(rootfs)) {
  for (const spec::Mount& mount : mounts) {
    // The destination itself may be below an earlier mount, or be reached over a symlink.
    const std::string destination = plan::clean_path(mount.destination);
    const Found found = find(destination);
    Place place{destination, {}};
    if (found.kind == Kind::kThere && found.host_path.starts_with(rootfs_) &&
        place_of(destination) == nullptr)
      place.destination = plan::clean_path(found.host_path.substr(rootfs_.size()));
    if (is_bind(mount)) place.source = plan::resolve_path(bundle, mount.source);
    places_.push_back(std::move(place));
  }
}

const RootView::Place* RootView::place_of(const std::string& path) const {
  const auto found = std::find_if(places_.rbegin(), places_.rend(), [&](const Place& place) {
    return is_at_or_below(path, place.destination);
  });
  return found == places_.rend() ? nullptr : &*found;
}

// Component by component: what is behind a symlink is looked up in the container again.
RootView::Found RootView::find(const std::string& path) const {
  constexpr int kMaxLinks = 40;  // path_resolution(7)
  std::string rest = path, done = "/";
  Found found{Kind::kThere, S_IFDIR | 0755, rootfs_};
  for (int links = 0; !rest.empty();) {
    std::string_view view = rest;
    const std::string name(base::take_until(view, '/'));
    rest = std::string(view);
    if (name.empty() || name == ".") continue;
    const std::string next = plan::clean_path(done + "/" + name);
    const Place* place = place_of(next);
    if (place != nullptr && place->source.empty()) return {Kind::kUnknown, 0, {}};
    found.host_path = place != nullptr ? place->source + next.substr(place->destination.size())
                                       : rootfs_ + (next == "/" ? "" : next);
    struct stat st;
    const bool top = place != nullptr && next == place->destination;  // a source's links count
    if ((top ? ::stat : ::lstat)(found.host_path.c_str(), &st) != 0)
      return {top ? Kind::kUnknown : Kind::kMissing, 0, {}};  // a missing source is told apart
    found.mode = st.st_mode;
    if (!S_ISLNK(st.st_mode)) {
      done = next;
      continue;
    }
    const auto target = sys::read_link(found.host_path);
    if (!target || ++links > kMaxLinks) return {};
    if (target->starts_with('/')) done = "/";
    rest = *target + "/" + rest;
  }
  return found;
}

RootView::Found RootView::find_program(const std::string& name, const std::string& cwd,
                                       const std::string& path) const {
  if (name.find('/') != std::string::npos) return find(plan::resolve_path(cwd, name));
  Found best;
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string directory(base::take_until(rest, ':'));
    const Found found = find(plan::resolve_path(cwd, directory + "/" + name));
    if (found.kind == Kind::kThere && S_ISREG(found.mode) && (found.mode & 0111) != 0) return found;
    if (found.kind != Kind::kMissing && best.kind != Kind::kUnknown) best = found;
  }
  return best;
}

}  // namespace oci::check_rules
