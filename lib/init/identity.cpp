// Who the program is: ids, capabilities, filters.
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kInval = 22;

struct CapHeader {
  std::uint32_t version = _LINUX_CAPABILITY_VERSION_3;
  int pid = 0;
};

int set_ids(const Step& s) noexcept {
  if ((s.flags & plan::kNoSetgroups) == 0)
    OCI_INIT_TRY("setgroups",
                 (Res{raw(__NR_setgroups, static_cast<long>(s.s0.len / 4), word(text(s.s0)))}));
  const long gid = static_cast<long>(s.n1), uid = static_cast<long>(s.n0);
  OCI_INIT_TRY("setresgid", (Res{raw(__NR_setresgid, gid, gid, gid)}));
  OCI_INIT_TRY("setresuid", (Res{raw(__NR_setresuid, uid, uid, uid)}));
  return 0;
}

int bounding(const Step& s) noexcept {
  for (int c = 0; c < 64; ++c) {
    if ((s.n0 >> c & 1) != 0) continue;
    const Res r = call::prctl(PR_CAPBSET_DROP, c);
    if (r.err() == kInval) break;  // past the kernel's last capability
    if (!r.ok()) return fail("prctl PR_CAPBSET_DROP", r);
  }
  return 0;
}

int caps(const Step& s) noexcept {
  CapHeader header;
  std::uint32_t d[6] = {};
  if ((s.flags & plan::kRaiseEffective) != 0) {
    OCI_INIT_TRY("capget", (Res{raw(__NR_capget, word(&header), word(d))}));
    d[0] = d[1];
    d[3] = d[4];
  } else {
    d[0] = static_cast<std::uint32_t>(s.n0), d[3] = static_cast<std::uint32_t>(s.n0 >> 32);
    d[1] = static_cast<std::uint32_t>(s.n1), d[4] = static_cast<std::uint32_t>(s.n1 >> 32);
    d[2] = static_cast<std::uint32_t>(s.n2), d[5] = static_cast<std::uint32_t>(s.n2 >> 32);
  }
  return fail("capset", Res{raw(__NR_capset, word(&header), word(d))});
}

int ambient(const Step& s) noexcept {
  call::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL);
  for (int c = 0; c < 64; ++c) {
    if ((s.n0 >> c & 1) == 0) continue;
    const Res r = call::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, c);
    if (!r.ok()) send(plan::ReportKind::kWarning, c, r.err());
  }
  return 0;
}

int seccomp(const Step& s) noexcept {
  const sock_fprog program{static_cast<unsigned short>(s.s0.len / sizeof(sock_filter)),
                           reinterpret_cast<sock_filter*>(const_cast<char*>(text(s.s0)))};
  const bool listened = (s.flags & SECCOMP_FILTER_FLAG_NEW_LISTENER) != 0;
  if (listened) alert_messenger();
  const Res r{raw(__NR_seccomp, SECCOMP_SET_MODE_FILTER, s.flags, word(&program))};
  if (!r.ok() || !listened) return fail("seccomp", r);
  give_messenger(r.fd());
  // Held back as well, it may be, until the agent answers; it has the listener by then.
  return fail("read", wait_word(g.channel));
}

}  // namespace

int do_identity_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kSetIds: return set_ids(s);
    case Op::kKeepCaps:
      return fail("prctl PR_SET_KEEPCAPS", call::prctl(PR_SET_KEEPCAPS, static_cast<long>(s.n0)));
    case Op::kBoundingCaps: return bounding(s);
    case Op::kCaps: return caps(s);
    case Op::kAmbientCaps: return ambient(s);
    case Op::kNoNewPrivs:
      return fail("prctl PR_SET_NO_NEW_PRIVS", call::prctl(PR_SET_NO_NEW_PRIVS, 1));
    case Op::kSeccomp: return seccomp(s);
    default: return kInval;
  }
}

}  // namespace oci::init
