#include "lib/cgroup/probe.h"

#include <unistd.h>

#include <algorithm>
#include <optional>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/placement.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/file.h"

namespace oci::cgroup {
namespace {

using sys::CgroupFs;

const std::string kTop = "/sys/fs/cgroup";
const std::string kUnified = kTop + "/unified";
constexpr std::string_view kNamed = "name=";

std::vector<std::string> split(std::string_view text, char at) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::string_view piece = base::take_until(text, at);
    if (!piece.empty()) out.emplace_back(piece);
  }
  return out;
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// The caller's own path must be below the mount point, or what is mounted is not the whole
// hierarchy.
bool shows_own(const std::string& mount_point, const std::string& own) {
  return own == "/" || (is_safe_path(own) && exists(mount_point + own));
}

// mountinfo, read when first asked for.
class Mounts {
 public:
  const std::vector<CgroupMount>& get() {
    if (!list_) {
      const auto text = sys::read_file("/proc/self/mountinfo");
      list_ = text ? parse_cgroup_mounts(*text) : std::vector<CgroupMount>{};
    }
    return *list_;
  }

 private:
  std::optional<std::vector<CgroupMount>> list_;
};

// `own` as seen from a mount of the part `root` of its hierarchy; outside of that part: its top.
std::string below_root(const std::string& own, const std::string& root) {
  if (root == "/") return own;
  if (own.starts_with(root) && (own.size() == root.size() || own[root.size()] == '/'))
    return own.size() == root.size() ? "/" : own.substr(root.size());
  return "/";
}

std::string own_below(const CgroupMount& mount, const std::string& own) {
  const std::string path = below_root(own, mount.root);
  return shows_own(mount.mount_point, path) ? path : "/";
}

// What mounts on top of each other show is the last one; of several elsewhere the first is taken.
const CgroupMount* find_mount(const std::vector<CgroupMount>& mounts, const Membership& member) {
  for (const CgroupMount& mount : mounts) {
    if (mount.unified != member.controllers.empty()) continue;
    const CgroupFs expected = mount.unified ? CgroupFs::kV2 : CgroupFs::kV1;
    const bool all = std::all_of(
        member.controllers.begin(), member.controllers.end(), [&](const std::string& name) {
          return std::find(mount.controllers.begin(), mount.controllers.end(), name) !=
                 mount.controllers.end();
        });
    if (all && sys::cgroup_filesystem(mount.mount_point) == expected) return &mount;
  }
  return nullptr;
}

std::string usual_place(const Membership& member) {
  std::string name;
  for (const std::string& controller : member.controllers) {
    if (!name.empty()) name.push_back(',');
    name.append(controller.starts_with(kNamed) ? controller.substr(kNamed.size()) : controller);
  }
  return kTop + "/" + name;
}

void add_hierarchy(Layout& layout, const Membership& member, Mounts& mounts) {
  const std::string own = clean_path(member.path);
  const std::string place = usual_place(member);
  if (sys::cgroup_filesystem(place) == CgroupFs::kV1 && shows_own(place, own)) {
    layout.v1.push_back({member.controllers, place, own});
    return;
  }
  // Engines mount named hierarchies of their own, or none: only what can be reached is joined.
  if (const CgroupMount* mount = find_mount(mounts.get(), member))
    layout.v1.push_back({member.controllers, mount->mount_point, own_below(*mount, own)});
}

bool add_unified(Layout& layout, const Membership& member, const std::string& place,
                 Mounts& mounts) {
  const std::string own = clean_path(member.path);
  if (sys::cgroup_filesystem(place) == CgroupFs::kV2 && shows_own(place, own)) {
    layout.unified_mount_point = place;
    layout.unified_own_path = own;
    return true;
  }
  // /proc/self/cgroup has this line also where only v1 is mounted. It is the last one.
  if (!layout.v1.empty()) return false;
  const CgroupMount* mount = find_mount(mounts.get(), member);
  if (mount == nullptr) return false;
  layout.unified_mount_point = mount->mount_point;
  layout.unified_own_path = own_below(*mount, own);
  return true;
}

}  // namespace

std::vector<Membership> parse_membership(std::string_view proc_cgroup) {
  std::vector<Membership> out;
  for (const std::string& line : split(proc_cgroup, '\n')) {
    // hierarchy-ID:controller-list:path; a path may hold colons.
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    out.push_back({split(std::string_view(line).substr(first + 1, second - first - 1), ','),
                   line.substr(second + 1)});
  }
  return out;
}

std::vector<CgroupMount> parse_cgroup_mounts(std::string_view mountinfo) {
  std::vector<CgroupMount> out;
  for (const std::string& line : split(mountinfo, '\n')) {
    // proc_pid_mountinfo(5): ID parent major:minor root mount-point options [optional...] - type
    // source super-options
    const std::vector<std::string> fields = split(line, ' ');
    const auto dash = std::find(fields.begin(), fields.end(), "-");
    if (fields.size() < 6 || fields.end() - dash < 4) continue;
    const std::string& type = dash[1];
    if (type != "cgroup" && type != "cgroup2") continue;
    CgroupMount mount;
    mount.root = base::unescape_octal(fields[3]);
    mount.mount_point = base::unescape_octal(fields[4]);
    mount.unified = type == "cgroup2";
    if (!mount.unified) mount.controllers = split(dash[3], ',');
    out.push_back(std::move(mount));
  }
  return out;
}

Result<Layout> probe() {
  Layout layout;
  Mounts mounts;
  const std::string text = TRY(sys::read_file("/proc/self/cgroup"));
  const bool pure = sys::cgroup_filesystem(kTop) == CgroupFs::kV2;
  bool unified = false;
  for (const Membership& member : parse_membership(text)) {
    if (member.controllers.empty())
      unified = add_unified(layout, member, pure ? kTop : kUnified, mounts);
    else if (!pure)
      add_hierarchy(layout, member, mounts);
  }
  if (!layout.v1.empty())
    layout.mode = unified ? Mode::kHybrid : Mode::kV1;
  else
    layout.mode = unified ? Mode::kV2 : Mode::kNone;
  return layout;
}

}  // namespace oci::cgroup
