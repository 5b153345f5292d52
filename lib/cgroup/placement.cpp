#include "lib/cgroup/placement.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "lib/base/text.h"
#include "lib/base/try.h"

namespace oci::cgroup {
namespace {

constexpr std::size_t kMaxPath = 4096 - 256;  // PATH_MAX, less what mount point and file name take
constexpr std::size_t kMaxName = 255;         // NAME_MAX

Error invalid(std::string text) {
  return Error{Code::kInvalidConfig, std::move(text), 0, "/linux/cgroupsPath", {}};
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool has_long_name(std::string_view path) {
  std::size_t length = 0;
  for (const char c : path) {
    length = c == '/' ? 0 : length + 1;
    if (length > kMaxName) return true;
  }
  return false;
}

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

std::string joined(const std::string& base, const std::string& path) {
  return base == "/" ? path : base + path;
}

}  // namespace

bool is_safe_path(std::string_view path) {
  return path.size() > 1 && path.size() <= kMaxPath && path.front() == '/' && !has_control(path) &&
         !has_long_name(path) && clean_path(path) == path;
}

Result<std::vector<Dir>> place(std::string_view cgroups_path, std::string_view id,
                               const Layout& layout) {
  const bool absolute = cgroups_path.starts_with('/');
  const std::string path = clean_path(cgroups_path.empty() ? id : cgroups_path);
  // What the peers do here takes the whole host for a container's cgroup (S306).
  if (path == "/")
    return invalid("invalid cgroupsPath " + quoted(cgroups_path) +
                   ": a container cannot be in the root cgroup");
  if (!is_safe_path(path)) return invalid("invalid cgroupsPath " + quoted(cgroups_path));
  std::vector<Dir> dirs;
  const auto add = [&](std::vector<std::string> controllers, const std::string& mount_point,
                       const std::string& base, bool unified) -> Status {
    const std::string whole = absolute ? path : joined(base, path);
    if (!is_safe_path(whole)) return invalid("invalid cgroupsPath " + quoted(cgroups_path));
    dirs.push_back(Dir{std::move(controllers), mount_point, whole, unified});
    return {};
  };
  if (layout.mode == Mode::kV1 || layout.mode == Mode::kHybrid)
    for (const Hierarchy& hierarchy : layout.v1)
      TRY(add(hierarchy.controllers, hierarchy.mount_point, clean_path(hierarchy.own_path), false));
  const std::string own = clean_path(layout.unified_own_path);
  if (layout.mode == Mode::kHybrid) TRY(add({}, layout.unified_mount_point, own, true));
  // No process may be beside a child with controllers (cgroups(7), "no internal processes"), so not
  // below the caller.
  if (layout.mode == Mode::kV2) TRY(add({}, layout.unified_mount_point, parent_of(own), true));
  return dirs;
}

Layout writable(Layout layout) {
  const auto closed = [](const std::string& mount_point, const std::string& base) {
    return ::faccessat(AT_FDCWD, joined(mount_point, base).c_str(), W_OK | X_OK, AT_EACCESS) != 0;
  };
  std::erase_if(layout.v1, [&](const Hierarchy& hierarchy) {
    return closed(hierarchy.mount_point, clean_path(hierarchy.own_path));
  });
  const std::string own = clean_path(layout.unified_own_path);
  const bool unified = layout.mode == Mode::kV2 || layout.mode == Mode::kHybrid;
  const bool open = unified && !closed(layout.unified_mount_point,
                                       layout.mode == Mode::kV2 ? parent_of(own) : own);
  if (layout.v1.empty())
    layout.mode = open ? layout.mode : Mode::kNone;
  else
    layout.mode = open ? Mode::kHybrid : Mode::kV1;
  return layout;
}

}  // namespace oci::cgroup
