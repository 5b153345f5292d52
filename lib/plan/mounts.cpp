#include "lib/plan/mounts.h"

#include <algorithm>
#include <array>
#include <set>

#include "lib/base/try.h"
#include "lib/plan/cgroup_mount.h"
#include "lib/plan/paths.h"
#include "lib/plan/rootfs.h"
#include "lib/words/mount_options.h"

namespace oci::plan {
namespace {

// These have no read-only state of their own, or share it with the host: only the mount becomes
// read-only.
constexpr std::array<std::string_view, 7> kMountOnlyReadonly{
    "cgroup", "cgroup2", "devpts", "mqueue", "proc", "sysfs", "tmpfs"};
// SELinux labels their files by other means.
constexpr std::array<std::string_view, 5> kNoContext{"cgroup", "cgroup2", "mqueue", "proc",
                                                     "sysfs"};
// What these show depends on the namespaces of who mounts them, which is not always in the
// container's.
constexpr std::array<std::string_view, 3> kOfNamespaces{"mqueue", "proc", "sysfs"};

bool among(const auto& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

Error unsafe_in_proc(const MountEntry& entry, const CreateInput& input, const char* why) {
  const std::string& at = entry.destination;
  return invalid("create mountpoint for " + at + " mount: check proc-safety of " + at + " mount: " +
                     quoted(input.rootfs + at) + " cannot be mounted because it is " + why,
                 entry.pointer + "/destination");
}

// CVE-2019-16884: whatever covers /proc or parts of it can fake what is read and written there.
Status check_destination(const MountEntry& entry, const CreateInput& input) {
  const std::string& at = entry.destination;
  if (at == "/") {
    const std::string root = quoted(input.rootfs);
    return invalid(
        "create mountpoint for / mount: mountpoint " + root + " is on the top of rootfs " + root,
        entry.pointer + "/destination");
  }
  if (at == "/proc") {
    const bool procfs =
        entry.kind == MountEntry::Kind::kBind ? entry.tree.path == "/proc" : entry.type == "proc";
    if (!procfs) return unsafe_in_proc(entry, input, "not of type proc");
  }
  if (lies_below(at, "/proc") && !may_be_mounted_in_proc(at))
    return unsafe_in_proc(entry, input, "inside /proc");
  return {};
}

Status check_strings(const spec::Mount& mount, const std::string& pointer) {
  const auto bad = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  if (bad(mount.source) || bad(mount.destination) || bad(mount.type) ||
      std::any_of(mount.options.begin(), mount.options.end(), bad))
    return invalid("mount strings cannot contain a NUL byte", pointer);
  return {};
}

bool is_id_mapped(const MountEntry& entry) { return entry.tree.id_map.user_namespace != kNoSlot; }

// Of its mount alone, before anything can be seen of it: nothing that is there already, and none of
// the cgroup filesystems, whose files belong to who owns the cgroup.
Status read_id_map(MountMaps& maps, const spec::Mount& mount, MountEntry& entry) {
  if (!entry.options.id_map) return {};
  const bool filesystem = entry.kind == MountEntry::Kind::kFilesystem;
  if (entry.kind != MountEntry::Kind::kBind && !filesystem)
    return invalid(entry.subject + ": only bind mounts and new filesystems can be id-mapped",
                   entry.pointer);
  if (filesystem && among(kOfNamespaces, entry.type))
    return invalid(entry.subject + ": a file system of type " + entry.type + " cannot be id-mapped",
                   entry.pointer);
  entry.tree.id_map = TRY(maps.use(mount, *entry.options.id_map, entry.pointer));
  return {};
}

// What is no longer needed is closed.
void find_last_uses(std::vector<MountEntry>& entries) {
  std::set<Slot> needed;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry)
    entry->tree.id_map.last = needed.insert(entry->tree.id_map.user_namespace).second;
}

Result<MountEntry> read_mount(Draft& draft, const spec::Spec& spec, const CreateInput& input,
                              const spec::Mount& mount, std::string pointer) {
  MountEntry entry;
  entry.pointer = std::move(pointer);
  TRY(check_strings(mount, entry.pointer));
  entry.options = TRY(read_mount_options(mount, entry.pointer, draft.plan.warnings));
  entry.type = mount.type;
  entry.source = mount.source;
  entry.destination = clean_path(mount.destination);
  entry.subject =
      "error mounting " + quoted(mount.source) + " to rootfs at " + quoted(mount.destination);
  if (spec.linux_ && !among(kNoContext, entry.type)) entry.label = spec.linux_->mount_label;
  if (entry.options.remount) {
    entry.kind = MountEntry::Kind::kRemount;
    return entry;
  }
  if (entry.options.bind) {
    entry.kind = MountEntry::Kind::kBind;
    entry.tree.path = resolve_path(input.bundle, mount.source);
    entry.tree.recursive = entry.options.recursive;
    entry.tree.no_follow = entry.options.source_no_follow;
    entry.tree.copy_symlink = entry.options.copy_symlink;
  } else if (mount.type == "cgroup") {
    TRY(read_cgroup_mount(draft, entry));
  }
  if (entry.options.copy_up && (entry.options.bind || mount.type != "tmpfs"))
    draft.warn("mount option \"tmpcopyup\" has an effect on tmpfs only: " + entry.destination);
  TRY(check_destination(entry, input));
  return entry;
}

spec::Mount notify_mount(const CreateInput& input) {
  spec::Mount mount;
  mount.destination = kNotifyMountPoint;
  mount.source = input.notify_dir;
  mount.options = {"bind", "nosuid", "noexec", "nodev", "ro"};
  return mount;
}

void change_attributes(Draft& draft, Slot slot, const AttrChange& change, bool recursive,
                       const MountEntry& entry) {
  if (change.empty()) return;
  Step& step = draft.add(Op::kMountAttr, entry.subject, entry.pointer);
  step.src = slot;
  step.n0 = change.set;
  step.n1 = change.clear;
  if (recursive) step.flags |= kRecursive;
  if (entry.tree.copy_symlink) step.flags |= kCopySymlink;
}

// Devices and links come into /dev, mount points into others.
bool is_filled_later(const MountEntry& entry, std::vector<MountEntry>::const_iterator next,
                     std::vector<MountEntry>::const_iterator end) {
  if (entry.kind != MountEntry::Kind::kFilesystem || entry.type != "tmpfs") return false;
  if (!entry.options.readonly) return false;
  return entry.destination == "/dev" || std::any_of(next, end, [&](const MountEntry& other) {
           return other.destination != entry.destination &&
                  lies_below(other.destination, entry.destination);
         });
}

Ref filesystem_keys(Draft& draft, const MountEntry& entry) {
  std::vector<std::string> list;
  if (!entry.source.empty()) list.insert(list.end(), {"source", entry.source});
  if (entry.options.readonly && !among(kMountOnlyReadonly, entry.type))
    list.insert(list.end(), {"ro", ""});
  for (const auto& [key, value] : entry.options.keys) list.insert(list.end(), {key, value});
  if (!entry.label.empty()) list.insert(list.end(), {"context", entry.label});
  return draft.builder.list(list);
}

bool copies_up(const MountEntry& entry) { return entry.options.copy_up && entry.type == "tmpfs"; }

bool takes_mode_of_target(const MountEntry& entry) {
  return entry.type == "tmpfs" && !entry.options.has_key("mode");
}

void make_filesystem(Draft& draft, const MountEntry& entry, Slot slot, Slot root) {
  Step& step = draft.add(Op::kFsMount, entry.subject, entry.pointer);
  step.dst = slot;
  step.s0 = draft.builder.str(entry.type);
  step.list = filesystem_keys(draft, entry);
  step.n0 = entry.options.attr;
  if (copies_up(entry) || entry.late_readonly) step.n0 &= ~words::kAttrRdonly;
  if (takes_mode_of_target(entry)) {
    step.flags |= kModeFromTarget;
    step.src = root;
    step.s1 = draft.builder.str(entry.destination);
  }
  add_id_map(draft, slot, entry.tree.id_map, entry.subject, entry.pointer);
}

// The right to give a filesystem's files other ids is the caller's, not the user namespace's.
void make_early(Draft& draft, MountEntry& entry, Slot rootfs) {
  entry.tree.slot = draft.builder.new_slot();
  make_filesystem(draft, entry, entry.tree.slot, rootfs);
}

void add_filesystem(Draft& draft, MountEntry& entry) {
  const bool copy_up = copies_up(entry);
  const bool late_readonly = copy_up && entry.options.readonly;
  const bool early = entry.tree.slot != kNoSlot;
  const Slot slot = early ? entry.tree.slot : draft.borrow_slot();
  if (!early) make_filesystem(draft, entry, slot, draft.root);
  if (copy_up) {
    Step& copy = draft.add(Op::kCopyUp, "error copying up to tmpfs at " + quoted(entry.destination),
                           entry.pointer);
    copy.aux = slot;
    copy.src = draft.root;
    copy.s1 = draft.builder.str(entry.destination);
  }
  if (late_readonly && !entry.late_readonly)
    change_attributes(draft, slot, {words::kAttrRdonly, 0}, false, entry);
  change_attributes(draft, slot, entry.options.below, true, entry);

  const bool procfs = draft.keep_procfs && entry.type == "proc" && entry.destination == "/proc" &&
                      !entry.options.readonly &&
                      (entry.options.below.set & words::kAttrRdonly) == 0;
  const bool devpts =
      draft.keep_devpts && entry.type == "devpts" && entry.destination == "/dev/pts";
  if (procfs) draft.procfs = slot;
  if (devpts) draft.devpts = slot;
  if (entry.late_readonly) entry.kept = slot;
  attach(draft, slot, entry, procfs || devpts || entry.late_readonly);
}

void add_bind(Draft& draft, MountEntry& entry) {
  const Slot slot = opened(draft, entry.tree, entry.subject, entry.pointer);
  change_attributes(draft, slot, entry.options.named, false, entry);
  change_attributes(draft, slot, entry.options.below, true, entry);
  attach(draft, slot, entry, false);
}

// Only what the configuration itself has mounted there: mount(2) would as well change a filesystem
// of the host that happens to be the root's.
Status check_remount(const MountEntry& entry, const std::vector<MountEntry>& before) {
  using Kind = MountEntry::Kind;
  const auto last = std::find_if(before.rbegin(), before.rend(), [&](const MountEntry& other) {
    return other.destination == entry.destination && other.kind != Kind::kRemount;
  });
  if (last == before.rend())
    return invalid(entry.subject + ": remount of what no earlier mount has mounted",
                   entry.pointer + "/destination");
  if (!entry.options.keys.empty() && last->kind != Kind::kFilesystem)
    return invalid(entry.subject + ": remount of a mount that has no filesystem options of its own",
                   entry.pointer + "/options");
  return {};
}

void add_remount(Draft& draft, const MountEntry& entry) {
  Step& step = draft.add(Op::kRemount, entry.subject, entry.pointer);
  step.src = draft.root;
  step.s1 = draft.builder.str(entry.destination);
  step.n0 = entry.options.named.set;
  step.n1 = entry.options.named.clear;
  std::vector<std::string> list;
  for (const auto& [key, value] : entry.options.keys) list.insert(list.end(), {key, value});
  step.list = draft.builder.list(list);
}

}  // namespace

Result<std::vector<MountEntry>> read_mounts(Draft& draft, const spec::Spec& spec,
                                            const CreateInput& input) {
  static const spec::Linux kNoLinux;
  MountMaps maps(draft, spec.linux_ ? *spec.linux_ : kNoLinux);
  std::vector<MountEntry> entries;
  entries.reserve(spec.mounts.size() + 1);
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    entries.push_back(
        TRY(read_mount(draft, spec, input, spec.mounts[i], "/mounts/" + std::to_string(i))));
    if (entries.back().kind == MountEntry::Kind::kRemount)
      TRY(check_remount(entries.back(), entries));
    TRY(read_id_map(maps, spec.mounts[i], entries.back()));
  }
  find_last_uses(entries);
  if (!input.notify_dir.empty()) {
    entries.push_back(TRY(read_mount(draft, spec, input, notify_mount(input), "")));
  }
  for (auto entry = entries.begin(); entry != entries.end(); ++entry)
    entry->late_readonly = is_filled_later(*entry, entry + 1, entries.end());
  return entries;
}

void open_sources(Draft& draft, std::vector<MountEntry>& mounts, const std::string& rootfs) {
  Slot root = kNoSlot;
  for (MountEntry& entry : mounts) {
    if (entry.kind == MountEntry::Kind::kBind)
      open_early(draft, entry.tree, entry.subject, entry.pointer);
    else if (is_id_mapped(entry)) {
      if (root == kNoSlot && takes_mode_of_target(entry)) root = open_rootfs(draft, rootfs);
      make_early(draft, entry, root);
    }
    for (CgroupPart& part : entry.parts)
      if (!part.tree.path.empty()) open_early(draft, part.tree, entry.subject, entry.pointer);
  }
}

void add_mounts(Draft& draft, std::vector<MountEntry>& mounts) {
  for (MountEntry& entry : mounts) {
    switch (entry.kind) {
      case MountEntry::Kind::kBind: add_bind(draft, entry); break;
      case MountEntry::Kind::kFilesystem:
      case MountEntry::Kind::kCgroup2: add_filesystem(draft, entry); break;
      case MountEntry::Kind::kCgroup1: add_cgroup1(draft, entry); break;
      case MountEntry::Kind::kRemount: add_remount(draft, entry); break;
    }
  }
}

void add_late_readonly(Draft& draft, const std::vector<MountEntry>& mounts) {
  for (const MountEntry& entry : mounts) {
    if (!entry.late_readonly) continue;
    change_attributes(draft, entry.kept, {words::kAttrRdonly, 0}, false, entry);
    draft.give_back(entry.kept);
  }
}

bool binds_dev(const std::vector<MountEntry>& mounts) {
  return std::any_of(mounts.begin(), mounts.end(), [](const MountEntry& entry) {
    return entry.kind == MountEntry::Kind::kBind && entry.destination == "/dev";
  });
}

void attach(Draft& draft, Slot slot, const MountEntry& entry, bool keep) {
  const std::vector<std::uint64_t>& propagation = entry.options.propagation;
  Step& step = draft.add(Op::kAttach, entry.subject, entry.pointer);
  step.aux = slot;
  step.src = draft.root;
  step.s1 = draft.builder.str(entry.destination);
  // A bind of /proc, too, may cover an earlier procfs and nothing a link leads to.
  if (entry.type == "proc" || entry.type == "sysfs" || entry.destination == "/proc")
    step.flags |= kNoSymlinks;
  if (draft.running) step.flags |= kNoLinks;
  if (may_be_mounted_in_proc(entry.destination)) step.flags |= kAllowInProc;
  if (entry.options.destination_no_follow) step.flags |= kNoFollow;
  if (entry.tree.copy_symlink) step.flags |= kCopySymlink;
  if (keep || !propagation.empty()) step.flags |= kKeep;
  for (std::size_t i = 0; i < propagation.size(); ++i) {
    Step& change = draft.add(Op::kPropagation, entry.subject, entry.pointer);
    change.src = slot;
    set_propagation(change, propagation[i]);
    if (!keep && i + 1 == propagation.size()) change.flags |= kRelease;
    if (entry.tree.copy_symlink) change.flags |= kCopySymlink;
  }
  if (!keep) draft.give_back(slot);
}

}  // namespace oci::plan
