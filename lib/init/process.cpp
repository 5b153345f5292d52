// Limits, scheduling and the rest of a process's settings.
#include <linux/prctl.h>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kPerm = 1, kNoEntry = 2, kAccess = 13, kInval = 22, kNoSys = 38;

int rlimit(const Step& s) noexcept {
  std::uint64_t limits[2] = {s.n0, s.n1};
  if (s.n2 != 0) {
    std::uint64_t now[2] = {};
    OCI_INIT_TRY("prlimit", (Res{raw(__NR_prlimit64, 0, s.flags, 0, word(now))}));
    if (now[1] >= s.n1) return 0;
    limits[0] = now[0];
  }
  return fail("prlimit", Res{raw(__NR_prlimit64, 0, s.flags, word(limits), 0)});
}

int keyring(const Step& s) noexcept {
  constexpr long kJoinSession = 1;
  const Res r{raw(__NR_keyctl, kJoinSession, word(text(s.s0)))};
  return r.ok() || r.err() == kNoSys ? 0 : fail("keyctl join", r);
}

int affinity(const Step& s) noexcept {
  std::array<unsigned char, 1024> all{};
  for (auto& byte : all) byte = 0xff;
  const bool every = s.s0.len == 0;
  const Res r{raw(__NR_sched_setaffinity, 0,
                  every ? static_cast<long>(all.size()) : static_cast<long>(s.s0.len),
                  every ? word(all.data()) : word(text(s.s0)))};
  return r.ok() || (s.flags & plan::kIgnoreErrors) != 0 ? 0 : fail("sched_setaffinity", r);
}

// CVE-2024-21626: a working directory outside the root has no name there.
int change_dir(const Step& s) noexcept {
  if (g.in_cwd) return 0;
  const Res r{raw(__NR_chdir, word(text(s.s0)))};
  if (!r.ok() && (s.flags & plan::kIgnoreErrors) != 0 && (r.err() == kPerm || r.err() == kAccess))
    return 0;
  if (!r.ok()) return fail("chdir", r);
  char name[kPathMax];
  const Res n{raw(__NR_getcwd, word(name), sizeof name)};
  if (!n.ok()) return fail("getcwd", n);
  g.in_cwd = true;
  return name[0] == '/'
             ? 0
             : fail("current working directory is outside of container mount namespace root",
                    kNoEntry);
}

}  // namespace

int do_process_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kKeyring: return keyring(s);
    case Op::kRlimit: return rlimit(s);
    case Op::kScheduler:
      return fail("sched_setattr", Res{raw(__NR_sched_setattr, 0, word(text(s.s0)), 0)});
    case Op::kIoPriority:
      return fail("ioprio_set", Res{raw(__NR_ioprio_set, 1, 0, static_cast<long>(s.n0))});
    case Op::kMemoryPolicy:
      return fail("set_mempolicy",
                  Res{raw(__NR_set_mempolicy, static_cast<long>(s.n0),
                          s.s0.len != 0 ? word(text(s.s0)) : 0, static_cast<long>(s.n1))});
    case Op::kPersonality:
      return fail("personality", Res{raw(__NR_personality, static_cast<long>(s.n0))});
    case Op::kAffinity: return affinity(s);
    case Op::kDumpable: return fail("prctl", call::prctl(PR_SET_DUMPABLE, static_cast<long>(s.n0)));
    case Op::kUmask: raw(__NR_umask, static_cast<long>(s.n0)); return 0;
    case Op::kChdir: return change_dir(s);
    case Op::kSetpgid: return fail("setpgid", Res{raw(__NR_setpgid, 0, 0)});
    case Op::kCloseFds:
      return fail("close_range", call::close_range(static_cast<unsigned>(s.n0), ~0u, 4));
    default: return kInval;
  }
}

}  // namespace oci::init
