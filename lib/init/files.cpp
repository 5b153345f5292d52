// Files below the root: directories, device nodes, links, masks, procfs values.
#include <linux/mount.h>

#include <cstring>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr unsigned kDir = 0040000;
constexpr int kNoEntry = 2, kExists = 17, kNotDir = 20, kInval = 22;

int make_dir(const Step& s) noexcept {
  const int fd =
      open_or_make(slot(s.src), text(s.s1), Want::kDirectory, static_cast<unsigned>(s.n0));
  if (fd < 0) return fail("mkdir", -fd);
  const bool is_dir = type_of(fd) == kDir;
  call::close(fd);
  return is_dir ? 0 : fail("mkdir", kNotDir);
}

int dev_node(const Step& s) noexcept {
  const char* name = nullptr;
  const int opened = open_parent(slot(s.src), text(s.s1), &name);
  if (opened < 0) return fail("open", -opened);
  const Fd parent{opened};
  const Res made = call::mknodat(parent.get(), name, static_cast<unsigned>(s.n0), s.n1);
  if (!made.ok() && made.err() != kExists) return fail("mknod", made);
  if (made.ok() && s.n2 == 0) return 0;  // the container's root makes it, so it owns it
  const Fd node{call::openat(parent.get(), name, O_PATH | O_NOFOLLOW)};
  struct statx st {};
  OCI_INIT_TRY("statx", call::statx(node.get(), "", sys::kEmptyPath, STATX_TYPE | STATX_MODE, &st));
  if ((st.stx_mode & 0170000) != (s.n0 & 0170000) ||
      ((s.n0 & 0170000) != 0010000 && device_of(st) != s.n1))
    return fail("exists and is another file", kExists);
  if (!made.ok()) return 0;
  OCI_INIT_TRY("chown", call::fchownat(node.get(), "", static_cast<std::uint32_t>(s.n2),
                                       static_cast<std::uint32_t>(s.n2 >> 32), sys::kEmptyPath));
  return 0;
}

int symlink_step(const Step& s) noexcept {
  const char* name = nullptr;
  const int opened = open_parent(slot(s.src), text(s.s1), &name);
  if (opened < 0) return fail("open", -opened);
  const Fd parent{opened};
  const Res made = call::symlinkat(text(s.s0), parent.get(), name);
  return made.ok() || made.err() == kExists ? 0 : fail("symlink", made);
}

// One read-only tmpfs for all masked directories: made at the first, cloned for the others.
Res mask_mount() noexcept {
  if (g.mask_tree != 0)
    return call::open_tree(g.mask_tree - 1, "",
                           OPEN_TREE_CLONE | static_cast<unsigned>(sys::kEmptyPath));
  const Res made = call::fsopen("tmpfs");
  if (!made.ok()) return made;
  const Fd context{made};
  for (const char* key : {"nr_blocks", "nr_inodes"})
    if (const Res r = call::fsconfig_string(context.get(), key, "1"); !r.ok()) return r;
  if (const Res r = call::fsconfig_create(context.get()); !r.ok()) return r;
  const Res mount = call::fsmount(
      context.get(), MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (mount.ok()) g.mask_tree = mount.fd() + 1;
  return mount;
}

// The null device's detached clone: itself the first time, a clone of it afterwards (a detached
// tree cannot be cloned).
Res null_mount(Slot null) noexcept {
  if (g.null_placed)
    return call::open_tree(slot(null), "",
                           OPEN_TREE_CLONE | static_cast<unsigned>(sys::kEmptyPath));
  g.null_placed = true;
  return Res{slot(null)};
}

int mask_path(const Step& s) noexcept {
  const Res found = call::openat2(slot(s.src), text(s.s1), O_PATH, sys::kInRoot);
  if (found.err() == kNoEntry) return 0;
  if (!found.ok()) return fail("open", found);
  const Fd target{found};
  const Res mount = type_of(target.get()) == kDir ? mask_mount() : null_mount(s.aux);
  if (!mount.ok()) return fail("open_tree", mount);
  const Res moved = call::move_mount(mount.fd(), target.get(), "");
  if (mount.fd() + 1 != g.mask_tree && mount.fd() != slot(s.aux)) call::close(mount.fd());
  return moved.ok() ? 0 : fail("move_mount", moved);
}

int readonly_path(const Step& s) noexcept {
  const Res found = call::openat2(slot(s.src), text(s.s1), O_PATH, sys::kInRoot);
  if (found.err() == kNoEntry) return 0;
  if (!found.ok()) return fail("open", found);
  const Fd target{found};
  const unsigned flags = static_cast<unsigned>(sys::kRecursiveTree | sys::kEmptyPath);
  const Res tree = call::open_tree(target.get(), "", OPEN_TREE_CLONE | flags);
  if (!tree.ok()) return fail("open_tree", tree);
  const Fd mount{tree};
  const mount_attr attr{MOUNT_ATTR_RDONLY, 0, 0, 0};
  OCI_INIT_TRY("mount_setattr",
               call::mount_setattr(mount.get(), "", static_cast<unsigned>(sys::kEmptyPath), attr));
  OCI_INIT_TRY("move_mount", call::move_mount(mount.get(), target.get(), ""));
  return 0;
}

int open_path(const Step& s) noexcept {
  const Res fd = call::openat(dir(s.src), text(s.s0), static_cast<int>(s.n0));
  if (!fd.ok()) return fail("open", fd);
  set_slot(s.dst, fd.fd());
  return 0;
}

int open_proc(const Step& s) noexcept {
  const Res made = call::fsopen("proc");
  if (!made.ok()) return fail("fsopen", made);
  const Fd context{made};
  OCI_INIT_TRY("fsconfig", call::fsconfig_create(context.get()));
  const Res mount =
      call::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  if (!mount.ok()) return fail("fsmount", mount);
  set_slot(s.dst, mount.fd());
  return 0;
}

// Below a procfs we mounted ourselves: nothing mounted over it and no link counts.
int write_below(int proc, const char* path, std::string_view value, std::uint64_t links) noexcept {
  const Res file = call::openat2(proc, path, O_WRONLY,
                                 RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | links);
  if (!file.ok()) return fail("openat2", file);
  const Fd fd{file};
  OCI_INIT_TRY("write", call::write(fd.get(), value.data(), value.size()));
  return 0;
}

int sysctl(const Step& s) noexcept {
  return write_below(slot(s.src), text(s.s1), g.plan.str(s.s0), RESOLVE_NO_SYMLINKS);
}

int lsm_attr(const Step& s) noexcept {
  int last = kNoEntry;
  for (const plan::Ref candidate : g.plan.list(s.list)) {
    last = write_below(slot(s.src), text(candidate), g.plan.str(s.s0), 0);
    if (last != kNoEntry) return last;
  }
  return last;
}

}  // namespace

int do_file_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kMakeDir: return make_dir(s);
    case Op::kDevNode: return dev_node(s);
    case Op::kSymlink: return symlink_step(s);
    case Op::kMaskPath: return mask_path(s);
    case Op::kReadonlyPath: return readonly_path(s);
    case Op::kOpenPath: return open_path(s);
    case Op::kOpenProc: return open_proc(s);
    case Op::kSysctl: return sysctl(s);
    case Op::kLsmAttr: return lsm_attr(s);
    default: return kInval;
  }
}

}  // namespace oci::init
