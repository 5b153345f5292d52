// What create passes over in silence in the mounts.
#include <algorithm>

#include "lib/base/names.h"
#include "lib/validate/rules.h"
#include "lib/words/mount_options.h"

namespace oci::validate_rules {
namespace {

using spec::Mount;
using spec::Spec;

bool is_bind(const Mount& mount) {
  return std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
    return option == "bind" || option == "rbind";
  });
}

// S020: it is the option that makes a bind mount.
void check_bind_type(const Spec& spec, Report& report) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i)
    if (spec.mounts[i].type == "bind" && !is_bind(spec.mounts[i]))
      report.add(at("/mounts", i, "/type"),
                 "type \"bind\" without the option bind or rbind: there is no such filesystem");
}

template <class F>
void for_each_option(const Spec& spec, F look) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i)
    for (std::size_t j = 0; j < spec.mounts[i].options.size(); ++j)
      look(spec.mounts[i], spec.mounts[i].options[j], at(at("/mounts", i, "/options"), j));
}

// S035; mount(2)
void check_mandatory_locks(const Spec& spec, Report& report) {
  for_each_option(spec, [&](const Mount&, const std::string& option, const std::string& pointer) {
    if (option == "mand" || option == "nomand")
      report.add(pointer, "mount option " + option + " has no effect since Linux 5.15");
  });
}

struct Filesystem {
  std::string_view type;
  std::string_view keys;  // with a space around each
};
// Filesystems without devices, whose options are few. tmpfs(5), proc(5), devpts in
// Documentation/filesystems of the kernel
constexpr Filesystem kFilesystems[] = {
    {"tmpfs",
     " size nr_blocks nr_inodes mode uid gid huge mpol inode32 inode64 noswap swap usrquota "
     "grpquota usrquota_block_hardlimit usrquota_inode_hardlimit grpquota_block_hardlimit "
     "grpquota_inode_hardlimit quota casefold strict_encoding "},
    {"proc", " gid hidepid subset pidns "},
    {"devpts", " uid gid mode ptmxmode newinstance max "},
    {"sysfs", " "},
    {"mqueue", " "},
};
constexpr std::string_view kLabels = " context fscontext defcontext rootcontext ";

bool has_word(std::string_view list, std::string_view word) {
  return list.find(" " + std::string(word) + " ") != std::string_view::npos;
}

void judge_data(const Mount& mount, const std::string& option, const std::string& pointer,
                Report& report) {
  const auto* filesystem = std::find_if(std::begin(kFilesystems), std::end(kFilesystems),
                                        [&](const Filesystem& f) { return f.type == mount.type; });
  std::string_view rest = option;
  while (!rest.empty()) {
    const std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(item.size() + 1, rest.size()));
    const std::string_view key = item.substr(0, item.find('='));
    if (has_word(kLabels, key) || key.empty()) continue;
    if (key.starts_with("x-") || key.starts_with("X-"))
      report.add(pointer,
                 "mount option " + quote(key) + " goes to the filesystem, which refuses it");
    else if (filesystem != std::end(kFilesystems) && !has_word(filesystem->keys, key))
      report.add(pointer, "mount option " + quote(key) + " is not known to " + mount.type);
  }
}

// S050: with bind it is an error of create.
void check_data(const Spec& spec, Report& report) {
  for_each_option(
      spec, [&](const Mount& mount, const std::string& option, const std::string& pointer) {
        const bool known = base::find(words::kMountOptions, option) != nullptr ||
                           option.starts_with("idmap=") || option.starts_with("ridmap=");
        if (!known && !is_bind(mount)) judge_data(mount, option, pointer, report);
      });
}

// S211
void check_default_filesystems(const Spec& spec, Report& report) {
  const auto mounted = [&](std::string_view path) {
    return std::any_of(spec.mounts.begin(), spec.mounts.end(),
                       [&](const Mount& mount) { return mount.destination == path; });
  };
  const bool dev = std::any_of(spec.mounts.begin(), spec.mounts.end(), [](const Mount& mount) {
    return mount.destination == "/dev" && is_bind(mount);
  });
  for (const std::string_view path : {"/proc", "/sys", "/dev/pts", "/dev/shm"})
    if (!mounted(path) && !(dev && path.starts_with("/dev/")))
      report.add("/mounts", "nothing is mounted on " + std::string(path));
}

constexpr Rule<Spec> kMountAdvice[] = {
    {"S020", Level::kError, "config.md#mounts", check_bind_type},
    {"S035", Level::kWarning, "config.md#linux-mount-options", check_mandatory_locks},
    {"S050", Level::kWarning, "config.md#linux-mount-options", check_data},
    {"S211", Level::kWarning, "config-linux.md#default-filesystems", check_default_filesystems},
};

}  // namespace

std::span<const Rule<Spec>> mount_advice() { return kMountAdvice; }

}  // namespace oci::validate_rules
