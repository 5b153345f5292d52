// Whether the files are there that mounts, devices and hooks name.
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/check/host_rules.h"
#include "lib/plan/devices.h"
#include "lib/plan/paths.h"
#include "lib/sys/error.h"

namespace oci::check_rules {
namespace {

using Kind = RootView::Found::Kind;

bool has_option(const spec::Mount& mount, std::string_view a, std::string_view b) {
  return std::any_of(mount.options.begin(), mount.options.end(),
                     [&](const std::string& option) { return option == a || option == b; });
}
bool is_bind(const spec::Mount& mount) { return has_option(mount, "bind", "rbind"); }

std::string words_of(int error) { return std::string(sys::errno_text(error)); }

// S019: as the caller sees them.
void check_sources(const Ground& ground, Report& report) {
  for (std::size_t i = 0; i < ground.spec.mounts.size(); ++i) {
    const spec::Mount& mount = ground.spec.mounts[i];
    if (!is_bind(mount)) continue;
    const std::string source = plan::resolve_path(ground.bundle, mount.source);
    struct stat st;
    if ((has_option(mount, "copy-symlink", "src-nofollow") ? ::lstat : ::stat)(source.c_str(),
                                                                               &st) != 0)
      report.add(at("/mounts", i, "/source"), "stat " + source + ": " + words_of(errno));
  }
}

// S020: a module may still bring it.
void check_filesystems(const Ground& ground, Report& report) {
  for (std::size_t i = 0; i < ground.spec.mounts.size(); ++i) {
    const spec::Mount& mount = ground.spec.mounts[i];
    if (is_bind(mount) || has_option(mount, "remount", "remount") || mount.type == "cgroup" ||
        mount.type == "bind" || ground.host.filesystems.contains(mount.type))
      continue;
    report.add(at("/mounts", i, "/type"), "filesystem " + quote(mount.type) +
                                              " is not known to the kernel, unless a module "
                                              "brings it");
  }
}

// S046
void check_no_symlinks(const Ground& ground, Report& report) {
  if (ground.host.kernel(5, 14)) return;
  for (std::size_t i = 0; i < ground.spec.mounts.size(); ++i)
    if (has_option(ground.spec.mounts[i], "rnosymfollow", "nosymfollow"))
      report.add(at("/mounts", i, "/options"), "nosymfollow on a mount takes Linux 5.14");
}

// S059: sysfs shows a network namespace, and takes rights over it.
void check_sysfs(const Ground& ground, Report& report) {
  if (!ground.has_user_namespace() || ground.find_namespace("network") != nullptr) return;
  for (std::size_t i = 0; i < ground.spec.mounts.size(); ++i)
    if (ground.spec.mounts[i].type == "sysfs" && !is_bind(ground.spec.mounts[i]))
      report.add(at("/mounts", i),
                 "sysfs cannot be mounted in a user namespace that has no "
                 "network namespace of its own: bind the host's /sys");
}

// Since when a filesystem can be mounted with other ids. mount_setattr(2), "ID-mapped mounts"
struct IdMapped {
  long magic;
  unsigned major, minor;
  const char* name;
};
constexpr IdMapped kIdMapped[] = {
    {0xef53, 5, 12, "ext4"},      {0x4d44, 5, 12, "vfat"},        {0x58465342, 5, 12, "xfs"},
    {0x9123683e, 5, 15, "btrfs"}, {0x7366746e, 5, 15, "ntfs3"},   {0xf2f52010, 5, 18, "f2fs"},
    {0xe0f5e1e2, 5, 19, "erofs"}, {0x73717368, 6, 2, "squashfs"}, {0x01021994, 6, 3, "tmpfs"},
    {0x00c36400, 6, 7, "ceph"},
};
// Those that cannot, so far.
constexpr IdMapped kNotIdMapped[] = {
    {0x794c7630, 0, 0, "overlay"}, {0x6969, 0, 0, "nfs"},         {0x9fa0, 0, 0, "proc"},
    {0x62656572, 0, 0, "sysfs"},   {0x63677270, 0, 0, "cgroup2"}, {0x27e0eb, 0, 0, "cgroup"},
};

const IdMapped* by_magic(std::span<const IdMapped> list, long magic) {
  for (const IdMapped& one : list)
    if (one.magic == (magic & 0xffffffff)) return &one;
  return nullptr;
}

template <class F>
void for_each_id_mapped(const Ground& ground, F look) {
  for (std::size_t i = 0; i < ground.spec.mounts.size(); ++i) {
    const spec::Mount& mount = ground.spec.mounts[i];
    const bool asked =
        std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
          return option == "idmap" || option == "ridmap" || option.starts_with("idmap=") ||
                 option.starts_with("ridmap=");
        });
    if (!asked && mount.uid_mappings.empty() && mount.gid_mappings.empty()) continue;
    struct statfs fs;
    if (::statfs(plan::resolve_path(ground.bundle, mount.source).c_str(), &fs) == 0)
      look(static_cast<long>(fs.f_type), at("/mounts", i));
  }
}

// S022
void check_id_mapped(const Ground& ground, Report& report) {
  for_each_id_mapped(ground, [&](long magic, const std::string& pointer) {
    if (const IdMapped* known = by_magic(kIdMapped, magic)) {
      if (!ground.host.kernel(known->major, known->minor))
        report.add(pointer, std::string("id-mapped mounts of ") + known->name + " take Linux " +
                                std::to_string(known->major) + "." + std::to_string(known->minor));
    } else if (const IdMapped* not_able = by_magic(kNotIdMapped, magic)) {
      report.add(pointer, std::string(not_able->name) + " cannot be mounted with other ids");
    }
  });
}

// S047
void check_id_mapped_unknown(const Ground& ground, Report& report) {
  for_each_id_mapped(ground, [&](long magic, const std::string& pointer) {
    if (by_magic(kIdMapped, magic) == nullptr && by_magic(kNotIdMapped, magic) == nullptr)
      report.add(pointer, "whether this filesystem can be mounted with other ids is not known");
  });
}

// S133: in a user namespace no node can be made.
void check_nodes(const Ground& ground, Report& report) {
  if (!ground.linux_block() || !(ground.has_user_namespace() || ground.host.facts.user_namespace))
    return;
  const std::vector<spec::Device>& devices = ground.linux_block()->devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const spec::Device& device = devices[i];
    const auto number = plan::device_number(device.major, device.minor);
    if (device.type == "p" || !number) continue;
    const std::string path = plan::clean_path(device.path);
    struct stat st;
    const bool there = ::stat(path.c_str(), &st) == 0;
    const bool block = device.type == "b";
    if (!there)
      report.add(at("/linux/devices", i, "/path"),
                 "in a user namespace " + path + " of the host is bound: " + words_of(errno));
    else if ((block ? !S_ISBLK(st.st_mode) : !S_ISCHR(st.st_mode)) || st.st_rdev != *number)
      report.add(at("/linux/devices", i),
                 "in a user namespace " + path + " of the host is bound: it is another device");
  }
}

void judge_hook(const std::string& path, const std::string& text, const std::string& pointer,
                Report& report) {
  struct stat st;
  if (::stat(path.c_str(), &st) != 0)
    report.add(pointer, text + words_of(errno));
  else if (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0)
    report.add(pointer, text + words_of(EACCES));
}

// S229: startContainer hooks are files of the container.
void check_hooks(const Ground& ground, Report& report) {
  const auto look = [&](const std::vector<spec::Hook>& hooks, const std::string& name) {
    for (std::size_t i = 0; i < hooks.size(); ++i)
      if (!hooks[i].path.empty())
        judge_hook(plan::resolve_path(ground.bundle, hooks[i].path),
                   name + " hook #" + std::to_string(i) + ": " + hooks[i].path + ": ",
                   at("/hooks/" + name, i, "/path"), report);
  };
  const spec::Hooks& hooks = ground.spec.hooks;
  look(hooks.prestart, "prestart");
  look(hooks.create_runtime, "createRuntime");
  look(hooks.create_container, "createContainer");
  look(hooks.poststart, "poststart");
  look(hooks.poststop, "poststop");
  for (std::size_t i = 0; i < hooks.start_container.size(); ++i) {
    const std::string& path = hooks.start_container[i].path;
    const RootView::Found found = ground.root.find(path);
    const bool program = S_ISREG(found.mode) && (found.mode & 0111) != 0;
    if (path.empty() || found.kind == Kind::kUnknown || program) continue;
    report.add(at("/hooks/startContainer", i, "/path"),
               "startContainer hook #" + std::to_string(i) + ": " + path + ": " +
                   words_of(found.kind == Kind::kMissing ? ENOENT : EACCES) + " in the container");
  }
}

constexpr HostRule kRules[] = {
    {"S019", Level::kError, "config.md#mounts", check_sources},
    {"S020", Level::kWarning, "config.md#mounts", check_filesystems},
    {"S022", Level::kError, "config.md#posix-platform-mounts", check_id_mapped},
    {"S046", Level::kError, "config.md#linux-mount-options", check_no_symlinks},
    {"S047", Level::kWarning, "config.md#linux-mount-options", check_id_mapped_unknown},
    {"S059", Level::kError, "config.md#mounts", check_sysfs},
    {"S133", Level::kError, "config-linux.md#devices", check_nodes},
    {"S229", Level::kError, "config.md#posix-platform-hooks", check_hooks},
};

}  // namespace

std::span<const HostRule> file_host_rules() { return kRules; }

}  // namespace oci::check_rules
