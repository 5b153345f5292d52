// Namespaces, the change of root, names.
#include <linux/sched.h>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kInval = 22, kDetach = 2;

int pivot(const Step& s) noexcept {
  // By descriptor: afterwards "." is the new root to every call but umount2, which takes what is
  // stacked on it.
  const Res opened = call::openat(kCwd, "/", O_PATH);
  if (!opened.ok()) return fail("open /", opened);
  const Fd old_root{opened};
  OCI_INIT_TRY("fchdir", (Res{raw(__NR_fchdir, slot(s.src))}));
  OCI_INIT_TRY("pivot_root", (Res{raw(__NR_pivot_root, word("."), word("."))}));
  // The old root may still share mounts with the host: unmounting it must stay in here.
  const mount_attr slave{0, 0, 1u << 19 /* MS_SLAVE */, 0};
  OCI_INIT_TRY(
      "mount_setattr",
      call::mount_setattr(old_root.get(), "",
                          sys::kRecursiveTree | static_cast<unsigned>(sys::kEmptyPath), slave));
  OCI_INIT_TRY("umount2", (Res{raw(__NR_umount2, word("."), kDetach)}));
  OCI_INIT_TRY("chdir", (Res{raw(__NR_chdir, word("/"))}));
  return 0;
}

int chroot_here(const Step& s) noexcept {
  OCI_INIT_TRY("fchdir", (Res{raw(__NR_fchdir, slot(s.src))}));
  OCI_INIT_TRY("chroot", (Res{raw(__NR_chroot, word("."))}));
  OCI_INIT_TRY("chdir", (Res{raw(__NR_chdir, word("/"))}));
  return 0;
}

int move_root(const Step& s) noexcept {
  // The host's /proc and /sys would stay reachable below the moved root (mount_too_revealing).
  for (const char* path : {"/proc", "/sys"}) raw(__NR_umount2, word(path), kDetach);
  OCI_INIT_TRY("fchdir", (Res{raw(__NR_fchdir, slot(s.src))}));
  constexpr unsigned long kMove = 8192;
  OCI_INIT_TRY("mount",
               (Res{raw(__NR_mount, word("."), word("/"), 0, static_cast<long>(kMove), 0)}));
  OCI_INIT_TRY("chroot", (Res{raw(__NR_chroot, word("."))}));
  OCI_INIT_TRY("chdir", (Res{raw(__NR_chdir, word("/"))}));
  return 0;
}

int become_root(const Step& s) noexcept {
  if ((s.flags & plan::kNoSetgroups) == 0)
    OCI_INIT_TRY("setgroups", (Res{raw(__NR_setgroups, 0, 0)}));
  OCI_INIT_TRY("setresgid", (Res{raw(__NR_setresgid, 0, 0, 0)}));
  OCI_INIT_TRY("setresuid", (Res{raw(__NR_setresuid, 0, 0, 0)}));
  return 0;
}

int time_offsets(const Step& s) noexcept {
  OCI_INIT_TRY("unshare", (Res{raw(__NR_unshare, CLONE_NEWTIME)}));
  const std::string_view lines = g.plan.str(s.s0);
  if (lines.empty()) return 0;
  const Res file = call::openat(kCwd, "/proc/self/timens_offsets", O_WRONLY);
  if (!file.ok()) return fail("open /proc/self/timens_offsets", file);
  const Fd fd{file};
  OCI_INIT_TRY("write /proc/self/timens_offsets",
               call::write(fd.get(), lines.data(), lines.size()));
  return 0;
}

int loopback_up() noexcept {
  struct Request {
    char name[16];
    short flags;
    char rest[22];
  } request{{'l', 'o'}, 1 | 0x40 /* IFF_UP | IFF_RUNNING */, {}};
  const Res made{raw(__NR_socket, 2, 2 | 02000000, 0)};
  if (!made.ok()) return fail("socket", made);
  const Fd fd{made};
  OCI_INIT_TRY("ioctl SIOCSIFFLAGS", call::ioctl(fd.get(), 0x8914, word(&request)));
  return 0;
}

int oom_score(const Step& s) noexcept {
  const Res file = call::openat(kCwd, "/proc/self/oom_score_adj", O_WRONLY);
  if (!file.ok()) return fail("open /proc/self/oom_score_adj", file);
  const Fd fd{file};
  const std::string_view value = g.plan.str(s.s0);
  OCI_INIT_TRY("write /proc/self/oom_score_adj", call::write(fd.get(), value.data(), value.size()));
  return 0;
}

}  // namespace

int do_root_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kOomScoreAdj: return oom_score(s);
    case Op::kCgroupEnter: {
      const Res entered = call::write(slot(s.src), "0", 1);
      drop_slot(s.src);
      return fail("write", entered);
    }
    case Op::kSetns:
      return fail("setns", Res{raw(__NR_setns, slot(s.src), static_cast<long>(s.n0))});
    case Op::kTimeOffsets: return time_offsets(s);
    case Op::kUnshare: return fail("unshare", Res{raw(__NR_unshare, static_cast<long>(s.n0))});
    case Op::kBecomeRoot: return become_root(s);
    case Op::kLoopbackUp: return loopback_up();
    case Op::kPivotRoot: return pivot(s);
    case Op::kMoveRoot: return move_root(s);
    case Op::kChroot: return chroot_here(s);
    case Op::kHostname:
      return fail("sethostname", Res{raw(__NR_sethostname, word(text(s.s0)), s.s0.len)});
    case Op::kDomainname:
      return fail("setdomainname", Res{raw(__NR_setdomainname, word(text(s.s0)), s.s0.len)});
    default: return kInval;
  }
}

}  // namespace oci::init
