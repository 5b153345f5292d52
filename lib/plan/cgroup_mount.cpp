#include "lib/plan/cgroup_mount.h"

#include <algorithm>

#include "lib/plan/paths.h"
#include "lib/words/mount_options.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

constexpr std::uint64_t kSafe = words::kAttrNosuid | words::kAttrNodev | words::kAttrNoexec;

std::string unified_directory(const Draft& draft) {
  for (const cgroup::Dir& dir : draft.plan.cgroup.dirs)
    if (dir.unified) return resolve_path(dir.mount_point, "." + dir.path);
  const cgroup::Layout& layout = draft.host.cgroups;
  return resolve_path(layout.unified_mount_point, "." + layout.unified_own_path);
}

void read_unified(Draft& draft, MountEntry& entry) {
  entry.kind = MountEntry::Kind::kCgroup2;
  entry.type = "cgroup2";
  if (!draft.user_namespace || draft.namespaces.has(words::kNewCgroup)) return;
  // The kernel does not let a user namespace mount cgroup2 from the host's cgroup namespace. The
  // bind shows the container's own part alone, read-only whatever is asked: CVE-2023-25809.
  entry.kind = MountEntry::Kind::kBind;
  entry.tree.path = unified_directory(draft);
  entry.options.named.set |= words::kAttrRdonly;
  entry.options.named.clear &= ~words::kAttrRdonly;
}

void read_hierarchies(Draft& draft, MountEntry& entry) {
  entry.kind = MountEntry::Kind::kCgroup1;
  const bool whole = draft.namespaces.has(words::kNewCgroup);
  for (const cgroup::Hierarchy& hierarchy : draft.host.cgroups.v1) {
    CgroupPart part;
    part.name = base_name(hierarchy.mount_point);
    part.controllers = hierarchy.controllers;
    if (!whole) {
      const auto& dirs = draft.plan.cgroup.dirs;
      const auto own = std::find_if(dirs.begin(), dirs.end(), [&](const cgroup::Dir& dir) {
        return !dir.unified && dir.mount_point == hierarchy.mount_point;
      });
      if (own == dirs.end() && !dirs.empty()) continue;
      part.tree.path = own == dirs.end()
                           ? resolve_path(hierarchy.mount_point, "." + hierarchy.own_path)
                           : resolve_path(own->mount_point, "." + own->path);
    }
    entry.parts.push_back(std::move(part));
  }
}

Ref hierarchy_keys(Draft& draft, const CgroupPart& part) {
  std::vector<std::string> list{"source", "cgroup"};
  for (const std::string& controller : part.controllers) {
    if (controller.starts_with("name="))
      list.insert(list.end(), {"name", controller.substr(5)});
    else
      list.insert(list.end(), {controller, ""});
  }
  return draft.builder.list(list);
}

// What is bound gets its attributes with the whole, see add_cgroup1().
Slot mount_part(Draft& draft, CgroupPart& part, const MountEntry& entry,
                const std::string& subject) {
  if (!part.tree.path.empty()) return opened(draft, part.tree, subject, entry.pointer);
  const Slot slot = draft.borrow_slot();
  Step& step = draft.add(Op::kFsMount, subject, entry.pointer);
  step.dst = slot;
  step.s0 = draft.builder.str("cgroup");
  step.list = hierarchy_keys(draft, part);
  step.n0 = entry.options.readonly ? kSafe | words::kAttrRdonly : kSafe;
  return slot;
}

void add_part(Draft& draft, CgroupPart& part, const MountEntry& entry) {
  const std::string at = resolve_path(entry.destination, part.name);
  const std::string subject = "error mounting " + quoted(part.name) + " to rootfs at " + quoted(at);
  const Slot slot = mount_part(draft, part, entry, subject);
  Step& step = draft.add(Op::kAttach, subject, entry.pointer);
  step.aux = slot;
  step.src = draft.root;
  step.s1 = draft.builder.str(at);
  draft.give_back(slot);
}

void add_links(Draft& draft, const CgroupPart& part, const MountEntry& entry) {
  if (part.controllers.size() < 2) return;
  for (const std::string& controller : part.controllers) {
    if (controller == part.name || controller.starts_with("name=")) continue;
    const std::string at = resolve_path(entry.destination, controller);
    Step& step = draft.add(Op::kSymlink, "error creating link " + quoted(at), entry.pointer);
    step.src = draft.root;
    step.s0 = draft.builder.str(part.name);
    step.s1 = draft.builder.str(at);
  }
}

}  // namespace

Status read_cgroup_mount(Draft& draft, MountEntry& entry) {
  // What is the caller's is shown, and not to be written to.
  if (draft.plan.cgroup.dirs.empty()) {
    entry.options.readonly = true;
    entry.options.attr |= words::kAttrRdonly;
  }
  switch (draft.host.cgroups.mode) {
    case cgroup::Mode::kNone:
      return unsupported(
          "cannot mount cgroups at " + quoted(entry.destination) + ": this host has none",
          entry.pointer);
    case cgroup::Mode::kV2: read_unified(draft, entry); break;
    case cgroup::Mode::kV1:
    case cgroup::Mode::kHybrid: read_hierarchies(draft, entry); break;
  }
  return {};
}

bool writes_own_cgroup(const Draft& draft, const std::vector<MountEntry>& mounts) {
  if (draft.host.cgroups.mode != cgroup::Mode::kV2 || draft.plan.cgroup.dirs.empty()) return false;
  // Without rights the caller can give nothing away, and owns what is the container's root's.
  if (!draft.user_namespace || draft.host.euid != 0) return false;
  if (!draft.namespaces.is_new(words::kNewCgroup)) return false;
  return std::any_of(mounts.begin(), mounts.end(), [](const MountEntry& entry) {
    return entry.kind == MountEntry::Kind::kCgroup2 && entry.destination == "/sys/fs/cgroup" &&
           !entry.options.readonly && (entry.options.below.set & words::kAttrRdonly) == 0;
  });
}

void add_cgroup1(Draft& draft, MountEntry& entry) {
  const Slot slot = draft.borrow_slot();
  Step& step = draft.add(Op::kFsMount, entry.subject, entry.pointer);
  step.dst = slot;
  step.s0 = draft.builder.str("tmpfs");
  step.list = draft.builder.list({"source", "tmpfs", "mode", "755"});
  step.n0 = kSafe;
  // Propagation comes last, when everything is in it.
  MountEntry plain = entry;
  plain.options.propagation.clear();
  attach(draft, slot, plain, true);
  for (CgroupPart& part : entry.parts) add_part(draft, part, entry);
  for (const CgroupPart& part : entry.parts) add_links(draft, part, entry);
  const bool bound = !entry.parts.empty() && !entry.parts[0].tree.path.empty();
  if (entry.options.readonly || bound) {
    Step& whole = draft.add(Op::kMountAttr, entry.subject, entry.pointer);
    whole.src = slot;
    whole.n0 = (bound ? kSafe : 0) | (entry.options.readonly ? words::kAttrRdonly : 0);
    if (bound) whole.flags |= kRecursive;
  }
  for (const std::uint64_t flags : entry.options.propagation) {
    Step& change = draft.add(Op::kPropagation, entry.subject, entry.pointer);
    change.src = slot;
    set_propagation(change, flags);
  }
}

}  // namespace oci::plan
