// Every mount option a runtime has to know; whatever is not here is data for the filesystem.
// Spec: config.md#linux-mount-options; mount(2), mount_setattr(2)
//
// The constants are the kernel's. They stand here because <sys/mount.h> and <linux/mount.h> cannot
// be included together on all C libraries, and older ones lack some.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/base/names.h"
#include "lib/words/propagation.h"

namespace oci::words {

// mount(2)
inline constexpr std::uint64_t kMsRdonly = 1, kMsNosuid = 2, kMsNodev = 4, kMsNoexec = 8,
                               kMsSynchronous = 16, kMsRemount = 32, kMsMandlock = 64,
                               kMsDirsync = 128, kMsNosymfollow = 256, kMsNoatime = 1024,
                               kMsNodiratime = 2048, kMsBind = 4096, kMsSilent = 1u << 15,
                               kMsRelatime = 1u << 21, kMsIversion = 1u << 23,
                               kMsStrictatime = 1u << 24, kMsLazytime = 1u << 25;
// mount_setattr(2). The atime modes are values of one field: clear kAttrAtimeField before setting
// one.
inline constexpr std::uint64_t kAttrRdonly = 0x1, kAttrNosuid = 0x2, kAttrNodev = 0x4,
                               kAttrNoexec = 0x8, kAttrAtimeField = 0x70, kAttrRelatime = 0x00,
                               kAttrNoatime = 0x10, kAttrStrictatime = 0x20, kAttrNodiratime = 0x80,
                               kAttrIdmap = 0x00100000, kAttrNosymfollow = 0x00200000;

enum class MountOptionKind : std::uint8_t {
  kNothing,             // `defaults`
  kAttribute,           // of the mount: ms_set/ms_clr and attr_set/attr_clr
  kRecursiveAttribute,  // of the mount and all below it: attr_set/attr_clr with AT_RECURSIVE
  kFilesystem,  // of the superblock: ms_set/ms_clr, and fs_key for fsconfig(2) if it has one
  kBind,        // bind, rbind (ms_set has MS_REC)
  kRemount,
  kPropagation,     // ms_set: MS_* with MS_REC for the r forms; applied after mounting, in order
  kIdmap,           // idmap; ridmap has MS_REC in ms_set
  kTmpCopyUp,       // the new tmpfs starts with the content of the directory it covers
  kCopySymlink,     // extension: a symlink as source is copied, not followed
  kSourceNoFollow,  // extension
  kDestinationNoFollow,  // extension
};

struct MountOption {
  std::string_view name;
  MountOptionKind kind;
  std::uint64_t ms_set = 0, ms_clr = 0;
  std::uint64_t attr_set = 0, attr_clr = 0;
  std::string_view fs_key = {};
};

namespace detail {

using Kind = MountOptionKind;
constexpr MountOption sets(std::string_view name, std::uint64_t ms, std::uint64_t attr,
                           std::uint64_t field = 0) {
  return {name, Kind::kAttribute, ms, 0, attr, field, {}};
}
constexpr MountOption clears(std::string_view name, std::uint64_t ms, std::uint64_t attr) {
  return {name, Kind::kAttribute, 0, ms, 0, attr, {}};
}
constexpr MountOption all_set(std::string_view name, std::uint64_t attr, std::uint64_t field = 0) {
  return {name, Kind::kRecursiveAttribute, kMsRec, 0, attr, field, {}};
}
constexpr MountOption all_clear(std::string_view name, std::uint64_t attr) {
  return {name, Kind::kRecursiveAttribute, kMsRec, 0, 0, attr, {}};
}
constexpr MountOption fs_set(std::string_view name, std::uint64_t ms, std::string_view key) {
  return {name, Kind::kFilesystem, ms, 0, 0, 0, key};
}
constexpr MountOption fs_clear(std::string_view name, std::uint64_t ms, std::string_view key) {
  return {name, Kind::kFilesystem, 0, ms, 0, 0, key};
}
constexpr MountOption other(std::string_view name, Kind kind, std::uint64_t ms = 0) {
  return {name, kind, ms, 0, 0, 0, {}};
}
constexpr MountOption propagation(std::string_view name) {
  return {name, Kind::kPropagation, base::find(kPropagations, name)->value, 0, 0, 0, {}};
}

}  // namespace detail

// In groups by kind.
inline constexpr auto kMountOptionGroups = std::to_array<MountOption>({
    detail::other("defaults", detail::Kind::kNothing),

    detail::sets("ro", kMsRdonly, kAttrRdonly),
    detail::clears("rw", kMsRdonly, kAttrRdonly),
    detail::sets("nosuid", kMsNosuid, kAttrNosuid),
    detail::clears("suid", kMsNosuid, kAttrNosuid),
    detail::sets("nodev", kMsNodev, kAttrNodev),
    detail::clears("dev", kMsNodev, kAttrNodev),
    detail::sets("noexec", kMsNoexec, kAttrNoexec),
    detail::clears("exec", kMsNoexec, kAttrNoexec),
    detail::sets("nodiratime", kMsNodiratime, kAttrNodiratime),
    detail::clears("diratime", kMsNodiratime, kAttrNodiratime),
    detail::sets("nosymfollow", kMsNosymfollow, kAttrNosymfollow),
    detail::clears("symfollow", kMsNosymfollow, kAttrNosymfollow),
    detail::sets("noatime", kMsNoatime, kAttrNoatime, kAttrAtimeField),
    detail::clears("atime", kMsNoatime, kAttrAtimeField),
    detail::sets("relatime", kMsRelatime, kAttrRelatime, kAttrAtimeField),
    detail::clears("norelatime", kMsRelatime, kAttrAtimeField),
    detail::sets("strictatime", kMsStrictatime, kAttrStrictatime, kAttrAtimeField),
    detail::clears("nostrictatime", kMsStrictatime, kAttrAtimeField),

    detail::all_set("rro", kAttrRdonly),
    detail::all_clear("rrw", kAttrRdonly),
    detail::all_set("rnosuid", kAttrNosuid),
    detail::all_clear("rsuid", kAttrNosuid),
    detail::all_set("rnodev", kAttrNodev),
    detail::all_clear("rdev", kAttrNodev),
    detail::all_set("rnoexec", kAttrNoexec),
    detail::all_clear("rexec", kAttrNoexec),
    detail::all_set("rnodiratime", kAttrNodiratime),
    detail::all_clear("rdiratime", kAttrNodiratime),
    detail::all_set("rnosymfollow", kAttrNosymfollow),
    detail::all_clear("rsymfollow", kAttrNosymfollow),
    detail::all_set("rnoatime", kAttrNoatime, kAttrAtimeField),
    detail::all_clear("ratime", kAttrAtimeField),
    detail::all_set("rrelatime", kAttrRelatime, kAttrAtimeField),
    detail::all_clear("rnorelatime", kAttrAtimeField),
    detail::all_set("rstrictatime", kAttrStrictatime, kAttrAtimeField),
    detail::all_clear("rnostrictatime", kAttrAtimeField),

    detail::fs_set("sync", kMsSynchronous, "sync"),
    detail::fs_clear("async", kMsSynchronous, "async"),
    detail::fs_set("dirsync", kMsDirsync, "dirsync"),
    detail::fs_set("lazytime", kMsLazytime, "lazytime"),
    detail::fs_clear("nolazytime", kMsLazytime, "nolazytime"),
    detail::fs_set("mand", kMsMandlock, "mand"),
    detail::fs_clear("nomand", kMsMandlock, "nomand"),
    detail::fs_set("iversion", kMsIversion, ""),
    detail::fs_clear("noiversion", kMsIversion, ""),
    detail::fs_set("silent", kMsSilent, ""),
    detail::fs_clear("loud", kMsSilent, ""),

    detail::other("bind", detail::Kind::kBind, kMsBind),
    detail::other("rbind", detail::Kind::kBind, kMsBind | kMsRec),
    detail::other("remount", detail::Kind::kRemount, kMsRemount),
    detail::propagation("private"),
    detail::propagation("rprivate"),
    detail::propagation("shared"),
    detail::propagation("rshared"),
    detail::propagation("slave"),
    detail::propagation("rslave"),
    detail::propagation("unbindable"),
    detail::propagation("runbindable"),
    detail::other("idmap", detail::Kind::kIdmap),
    detail::other("ridmap", detail::Kind::kIdmap, kMsRec),

    detail::other("tmpcopyup", detail::Kind::kTmpCopyUp),
    detail::other("copy-symlink", detail::Kind::kCopySymlink),
    detail::other("src-nofollow", detail::Kind::kSourceNoFollow),
    detail::other("dest-nofollow", detail::Kind::kDestinationNoFollow),
});

// For find(), and the list that `features` prints.
inline constexpr auto kMountOptions = base::sorted_by_name(kMountOptionGroups);
static_assert(base::is_sorted_by_name(kMountOptions));

// What mount(2) makes of its per-mount flags, as MOUNT_ATTR_*: strictatime beats noatime, which
// beats relatime, the default.
constexpr std::uint64_t mount_attributes(std::uint64_t ms) {
  std::uint64_t attr = ms & (kMsRdonly | kMsNosuid | kMsNodev | kMsNoexec);
  if (ms & kMsNodiratime) attr |= kAttrNodiratime;
  if (ms & kMsNosymfollow) attr |= kAttrNosymfollow;
  if (ms & kMsStrictatime) return attr | kAttrStrictatime;
  return ms & kMsNoatime ? attr | kAttrNoatime : attr | kAttrRelatime;
}

}  // namespace oci::words
