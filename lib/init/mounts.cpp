// Detached mounts and where they are attached.
#include <linux/mount.h>

#include <cstring>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr unsigned kDir = 0040000, kLink = 0120000;
constexpr int kNoEntry = 2, kNotDir = 20, kExists = 17, kInval = 22, kLoop = 40;

int add_option(int context, plan::Ref key, plan::Ref value) noexcept {
  const Res r = value.len != 0 ? call::fsconfig_string(context, text(key), text(value))
                               : call::fsconfig_flag(context, text(key));
  if (r.ok()) return 0;
  constexpr char kOption[] = "option ";
  constexpr std::size_t kPrefix = sizeof kOption - 1;
  static char note[48];  // zero at the end, whatever the key's length
  std::size_t size = std::strlen(text(key));
  if (size > sizeof note - kPrefix - 1) size = sizeof note - kPrefix - 1;
  std::memcpy(note, kOption, kPrefix);
  std::memcpy(note + kPrefix, text(key), size);
  return fail(note, r);
}

int add_options(int context, plan::Ref list) noexcept {
  const auto options = g.plan.list(list);
  for (std::size_t i = 0; i + 1 < options.size(); i += 2)
    if (const int e = add_option(context, options[i], options[i + 1]); e != 0) return e;
  return 0;
}

// S057: a tmpfs over an existing directory takes its mode.
int add_mode_of_target(int context, const Step& s) noexcept {
  char mode[6] = "0755";
  const Fd target{call::openat2(slot(s.src), text(s.s1), O_PATH, sys::kInRoot)};
  struct statx st {};
  if (target.get() >= 0 &&
      call::statx(target.get(), "", sys::kEmptyPath, STATX_MODE | STATX_TYPE, &st).ok() &&
      (st.stx_mode & 0170000) == kDir) {
    for (int i = 0; i < 4; ++i) mode[i] = static_cast<char>('0' + (st.stx_mode >> (9 - 3 * i) & 7));
  }
  const Res r = call::fsconfig_string(context, "mode", mode);
  return r.ok() ? 0 : fail("fsconfig", r);
}

int fs_mount(const Step& s) noexcept {
  const Fd context{call::fsopen(text(s.s0))};
  if (context.get() < 0) return fail("fsopen", call::fsopen(text(s.s0)));
  if (const int e = add_options(context.get(), s.list); e != 0) return e;
  if ((s.flags & plan::kModeFromTarget) != 0)
    if (const int e = add_mode_of_target(context.get(), s); e != 0) return e;
  OCI_INIT_TRY("mount", call::fsconfig_create(context.get()));
  const Res mount = call::fsmount(context.get(), s.n0);
  if (!mount.ok()) return fail("fsmount", mount);
  set_slot(s.dst, mount.fd());
  return 0;
}

bool is_link(int fd) noexcept { return type_of(fd) == kLink; }

int open_tree(const Step& s) noexcept {
  if ((s.flags & plan::kCopySymlink) != 0) {
    Fd source{call::openat(dir(s.src), text(s.s0), O_PATH | O_NOFOLLOW)};
    if (source.get() >= 0 && is_link(source.get())) {
      set_slot(s.dst, source.release());
      return 0;
    }
  }
  unsigned flags = OPEN_TREE_CLONE;
  if ((s.flags & plan::kRecursive) != 0) flags |= sys::kRecursiveTree;
  if ((s.flags & plan::kNoFollow) != 0) flags |= 0x100;
  const Res tree = call::open_tree(dir(s.src), text(s.s0), flags);
  if (!tree.ok()) return fail("open", tree);
  set_slot(s.dst, tree.fd());
  return 0;
}

// mount_setattr(2) on the mount of the step's slot.
Res set_attributes(const Step& s, const mount_attr& attr) noexcept {
  unsigned at = static_cast<unsigned>(sys::kEmptyPath);
  if ((s.flags & plan::kRecursive) != 0) at |= static_cast<unsigned>(sys::kRecursiveTree);
  return call::mount_setattr(slot(s.src), "", at, attr);
}

int mount_attr_step(const Step& s) noexcept {
  OCI_INIT_TRY("mount_setattr", set_attributes(s, {s.n0, s.n1, 0, 0}));
  return 0;
}

int id_map(const Step& s) noexcept {
  const mount_attr attr{MOUNT_ATTR_IDMAP, 0, 0, static_cast<std::uint64_t>(slot(s.aux))};
  const bool link = (s.flags & plan::kCopySymlink) != 0 && is_link(slot(s.src));
  const Res r = link ? Res{} : set_attributes(s, attr);
  if ((s.flags & plan::kRelease) != 0) drop_slot(s.aux);
  return r.ok() ? 0 : fail("mount_setattr", r);
}

int propagation(const Step& s) noexcept {
  if (s.src == plan::kNoSlot) g.root_shared = s.n0 == 1u << 20 /* MS_SHARED */;
  const mount_attr attr{0, 0, s.n0, 0};
  const unsigned below =
      (s.flags & plan::kRecursive) != 0 ? static_cast<unsigned>(sys::kRecursiveTree) : 0u;
  const Res r = s.src == plan::kNoSlot ? call::mount_setattr(kCwd, "/", below, attr)
                                       : set_attributes(s, attr);
  if ((s.flags & plan::kRelease) != 0) drop_slot(s.src);
  return r.ok() ? 0 : fail("mount_setattr", r);
}

// pivot_root refuses a root whose parent mount is shared, and what is attached there would reach
// the host: the mount that holds `path` becomes private. It is the first of the path and its
// parents that is a mount point.
int make_holder_private(const char* path) noexcept {
  char at[kPathMax];
  std::size_t size = std::strlen(path);
  if (size >= sizeof at) return fail("rootfs", 36);
  std::memcpy(at, path, size + 1);
  const mount_attr attr{0, 0, 1u << 18 /* MS_PRIVATE */, 0};
  for (;;) {
    const Res r = call::mount_setattr(kCwd, size == 0 ? "/" : at, 0, attr);
    if (r.ok()) return 0;
    if (r.err() != kInval || size == 0) return fail("mount_setattr", r);
    while (size > 0 && at[size - 1] != '/') --size;
    while (size > 0 && at[size - 1] == '/') --size;
    at[size] = 0;
  }
}

int open_root(const Step& s) noexcept {
  if (g.root_shared)
    if (const int e = make_holder_private(text(s.s0)); e != 0) return e;
  const Res tree = call::open_tree(kCwd, text(s.s0),
                                   OPEN_TREE_CLONE | static_cast<unsigned>(sys::kRecursiveTree));
  if (!tree.ok()) return fail("open_tree", tree);
  const mount_attr attr{0, 0, 1u << 18 /* MS_PRIVATE */, 0};
  OCI_INIT_TRY("mount_setattr",
               call::mount_setattr(tree.fd(), "", static_cast<unsigned>(sys::kEmptyPath), attr));
  OCI_INIT_TRY("move_mount", call::move_mount(tree.fd(), kCwd, text(s.s0)));
  set_slot(s.dst, tree.fd());
  return 0;
}

// O_PATH descriptor of the target, or a negative errno.
int open_target(const Step& s, unsigned type) noexcept {
  if ((s.flags & (plan::kNoSymlinks | plan::kNoLinks)) != 0) {
    const std::uint64_t flags = type == kDir ? O_PATH | O_DIRECTORY : O_PATH;
    const auto open_real = [&] {
      return call::openat2(slot(s.src), text(s.s1), flags, sys::kInRoot | RESOLVE_NO_SYMLINKS);
    };
    const Res found = open_real();
    if (found.ok() || found.err() != kNoEntry) {
      if (found.err() == kLoop || found.err() == kNotDir)
        g.note = type == kDir ? "must be mounted on ordinary directory"
                              : "must be mounted on ordinary file";
      return static_cast<int>(found.v);
    }
    const int made =
        open_or_make(slot(s.src), text(s.s1), type == kDir ? Want::kDirectory : Want::kFile,
                     type == kDir ? 0755 : 0644);
    if (made >= 0) call::close(made);
    return static_cast<int>(open_real().v);
  }
  if ((s.flags & plan::kNoFollow) != 0) {
    const char* name = nullptr;
    const int parent = open_parent(slot(s.src), text(s.s1), &name);
    if (parent < 0) return parent;
    const Res found = call::openat(parent, name, O_PATH | O_NOFOLLOW);
    call::close(parent);
    if (found.ok() || found.err() != kNoEntry) return static_cast<int>(found.v);
  }
  return open_or_make(slot(s.src), text(s.s1), type == kDir ? Want::kDirectory : Want::kFile,
                      type == kDir ? 0755 : 0644);
}

// The link in the slot, made anew at the target. One that is there already and says the same is
// fine.
int copy_link(const Step& s) noexcept {
  char said[kPathMax], there[kPathMax];
  const Res size = call::readlinkat(slot(s.aux), "", said, sizeof said - 1);
  if (!size.ok()) return fail("readlink", size);
  said[size.v] = 0;
  const char* name = nullptr;
  const int opened = open_parent(slot(s.src), text(s.s1), &name);
  if (opened < 0) return fail("open", -opened);
  const Fd parent{opened};
  if (on_procfs(parent.get())) return fail("target lies inside /proc", 1);
  const Res made = call::symlinkat(said, parent.get(), name);
  if (made.ok()) return 0;
  if (made.err() == kExists) {
    const Res old = call::readlinkat(parent.get(), name, there, sizeof there);
    if (old.ok() && old.v == size.v && std::memcmp(said, there, std::strlen(said)) == 0) return 0;
  }
  return fail("symlink", made);
}

int attach(const Step& s) noexcept {
  const int mount = slot(s.aux);
  if ((s.flags & plan::kCopySymlink) != 0 && is_link(mount)) {
    const int e = copy_link(s);
    if ((s.flags & plan::kKeep) == 0) drop_slot(s.aux);
    return e;
  }
  g.note = "open";
  const int found = open_target(s, type_of(mount));
  if (found < 0) return -found;
  const Fd target{found};
  if ((s.flags & (plan::kAllowInProc | plan::kNoSymlinks)) == 0 && on_procfs(target.get()))
    return fail("target lies inside /proc", 1);
  const Res moved = call::move_mount(mount, target.get(), "");
  if (!moved.ok()) {
    // The kernel's EINVAL for this would name nothing.
    if ((type_of(mount) == kDir) != (type_of(target.get()) == kDir))
      return fail("move_mount", kNotDir);
    return fail("move_mount", moved);
  }
  if ((s.flags & plan::kKeep) == 0) drop_slot(s.aux);
  return 0;
}

int reconfigure(int mount, plan::Ref list) noexcept {
  const Res picked = call::fspick(mount);
  if (!picked.ok()) return fail("fspick", picked);
  const Fd context{picked};
  if (const int e = add_options(context.get(), list); e != 0) return e;
  OCI_INIT_TRY("remount", call::fsconfig_reconfigure(context.get()));
  return 0;
}

int remount(const Step& s) noexcept {
  const Res found = call::openat2(slot(s.src), text(s.s1), O_PATH, sys::kInRoot);
  if (!found.ok()) return fail("open", found);
  const Fd target{found};
  if (s.list.len != 0)
    if (const int e = reconfigure(target.get(), s.list); e != 0) return e;
  const mount_attr attr{s.n0, s.n1, 0, 0};
  OCI_INIT_TRY("mount_setattr",
               call::mount_setattr(target.get(), "", static_cast<unsigned>(sys::kEmptyPath), attr));
  return 0;
}

// By name in a directory that is held: umount2(2) takes no descriptor.
int detach_mount(const Step& s) noexcept {
  const Res found = call::openat2(slot(s.src), text(s.s1), O_PATH | O_DIRECTORY,
                                  sys::kInRoot | RESOLVE_NO_SYMLINKS);
  if (!found.ok()) return fail("open", found);
  const Fd parent{found};
  OCI_INIT_TRY("fchdir", (Res{raw(__NR_fchdir, parent.get())}));
  constexpr long kDetach = 2, kNoFollow = 8;
  OCI_INIT_TRY("umount2", (Res{raw(__NR_umount2, word(text(s.s0)), kDetach | kNoFollow)}));
  return 0;
}

int check_device(const Step& s) noexcept {
  struct statx st {};
  OCI_INIT_TRY("statx", call::statx(slot(s.src), "", sys::kEmptyPath, STATX_TYPE, &st));
  const bool expected = (st.stx_mode & 0170000) == s.n0 && device_of(st) == s.n1;
  return expected ? 0 : fail("not the expected device", kInval);
}

}  // namespace

int do_mount_step(const Step& s) noexcept {
  const bool of_mount = s.op == Op::kMountAttr || s.op == Op::kPropagation;
  if (of_mount && (s.flags & plan::kCopySymlink) != 0 && is_link(slot(s.src))) {
    if ((s.flags & plan::kRelease) != 0) drop_slot(s.src);
    return 0;
  }
  switch (s.op) {
    case Op::kFsMount: return fs_mount(s);
    case Op::kOpenTree: return open_tree(s);
    case Op::kIdMap: return id_map(s);
    case Op::kMountAttr: return mount_attr_step(s);
    case Op::kPropagation: return propagation(s);
    case Op::kOpenRoot: return open_root(s);
    case Op::kAttach: return attach(s);
    case Op::kRemount: return remount(s);
    case Op::kDetachMount: return detach_mount(s);
    case Op::kCheckDevice: return check_device(s);
    default: return kInval;
  }
}

}  // namespace oci::init
