// The console and the standard streams.
#include <linux/mount.h>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kInval = 22;
constexpr unsigned long kGetPeer = 0x5441 /* TIOCGPTPEER */, kUnlock = 0x40045431 /* TIOCSPTLCK */,
                        kSetCtty = 0x540E /* TIOCSCTTY */, kSetSize = 0x5414 /* TIOCSWINSZ */;
constexpr unsigned kChar = 0020000;
constexpr long kDevptsMagic = 0x1cd1;

bool on_devpts(int fd) noexcept {
  struct {
    long type;
    char rest[200];
  } fs{};
  return raw(__NR_fstatfs, fd, word(&fs)) == 0 && fs.type == kDevptsMagic;
}

// The slave is bound as an object, never by the name it has in the container's devpts
// (CVE-2025-52565).
int bind_console(const Step& s, int slave) noexcept {
  const Res tree =
      call::open_tree(slave, "", OPEN_TREE_CLONE | static_cast<unsigned>(sys::kEmptyPath));
  if (!tree.ok()) return fail("open_tree", tree);
  const Fd mount{tree};
  const int target = open_or_make(slot(s.src), "/dev/console", Want::kFile, 0600);
  if (target < 0) return fail("open /dev/console", -target);
  const Fd owned{target};
  OCI_INIT_TRY("move_mount", call::move_mount(mount.get(), target, ""));
  return 0;
}

int console(const Step& s) noexcept {
  const Res opened =
      s.aux != plan::kNoSlot
          ? call::openat(slot(s.aux), "ptmx", O_RDWR | O_NOCTTY)
          : call::openat2(s.src != plan::kNoSlot ? slot(s.src) : kCwd, "/dev/pts/ptmx",
                          O_RDWR | O_NOCTTY,
                          s.src != plan::kNoSlot ? sys::kInRoot : RESOLVE_NO_MAGICLINKS);
  if (!opened.ok()) return fail("open /dev/pts/ptmx", opened);
  const Fd master{opened};
  if (!on_devpts(master.get())) return fail("/dev/pts/ptmx is not on a devpts", kInval);
  int unlocked = 0;
  OCI_INIT_TRY("ioctl TIOCSPTLCK", call::ioctl(master.get(), kUnlock, word(&unlocked)));
  const Res peer = call::ioctl(master.get(), kGetPeer, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (!peer.ok()) return fail("ioctl TIOCGPTPEER", peer);
  set_slot(s.dst, peer.fd());
  if (s.n0 != 0) {
    const unsigned short size[4] = {static_cast<unsigned short>(s.n0),
                                    static_cast<unsigned short>(s.n0 >> 16), 0, 0};
    OCI_INIT_TRY("ioctl TIOCSWINSZ", call::ioctl(peer.fd(), kSetSize, word(size)));
  }
  OCI_INIT_TRY("chown", call::fchownat(peer.fd(), "", static_cast<std::uint32_t>(s.n2), ~0u,
                                       sys::kEmptyPath));
  if ((s.flags & plan::kBindConsole) != 0)
    if (const int e = bind_console(s, peer.fd()); e != 0) return e;
  send(plan::ReportKind::kFd, static_cast<std::int64_t>(plan::FdPurpose::kConsoleMaster), 0,
       master.get());
  return 0;
}

int controlling_tty(const Step& s) noexcept {
  OCI_INIT_TRY("ioctl TIOCSCTTY", call::ioctl(slot(s.src), kSetCtty, 0));
  for (int fd = 0; fd < 3; ++fd) OCI_INIT_TRY("dup3", call::dup3(slot(s.src), fd, 0));
  return 0;
}

bool is_null(const struct statx& st) noexcept {
  return (st.stx_mode & 0170000) == kChar && st.stx_rdev_major == 1 && st.stx_rdev_minor == 3;
}

// Only the owner changes, not the group; what cannot be changed (a read-only or foreign file) is
// left alone, as runc does.
int stdio_owner(const Step& s) noexcept {
  for (int fd = 0; fd < 3; ++fd) {
    struct statx st {};
    if (!call::statx(fd, "", sys::kEmptyPath, STATX_TYPE | STATX_UID, &st).ok()) continue;
    if (is_null(st) || st.stx_uid == s.n0) continue;
    const Res r{raw(__NR_fchown, fd, static_cast<long>(s.n0), -1)};
    if (!r.ok() && r.err() != 1 && r.err() != 30 && r.err() != kInval) return fail("chown", r);
  }
  return 0;
}

int stdio_null(const Step& s) noexcept {
  for (int fd = 0; fd < 3; ++fd) {
    struct statx st {};
    if (!call::statx(fd, "", sys::kEmptyPath, STATX_TYPE, &st).ok() || !is_null(st)) continue;
    const Fd path{
        call::openat2(slot(s.src), "/dev/null", O_PATH, sys::kInRoot | RESOLVE_NO_SYMLINKS)};
    struct statx own {};
    OCI_INIT_TRY("open /dev/null", call::statx(path.get(), "", sys::kEmptyPath, STATX_TYPE, &own));
    if (!is_null(own)) return fail("container's /dev/null is invalid", kInval);
    const Fd null{
        call::openat2(slot(s.src), "/dev/null", O_RDWR, sys::kInRoot | RESOLVE_NO_SYMLINKS)};
    // Once more on what was opened: the name may have changed hands in between.
    OCI_INIT_TRY("open /dev/null", call::statx(null.get(), "", sys::kEmptyPath, STATX_TYPE, &own));
    if (!is_null(own)) return fail("container's /dev/null is invalid", kInval);
    OCI_INIT_TRY("dup3", call::dup3(null.get(), fd, 0));
  }
  return 0;
}

}  // namespace

int do_terminal_step(const Step& s) noexcept {
  switch (s.op) {
    case Op::kConsole: return console(s);
    case Op::kSetsid: return fail("setsid", Res{raw(__NR_setsid)});
    case Op::kControllingTty: return controlling_tty(s);
    case Op::kDup: return fail("dup3", call::dup3(slot(s.src), static_cast<int>(s.n0), 0));
    case Op::kStdioOwner: return stdio_owner(s);
    case Op::kStdioNull: return stdio_null(s);
    default: return kInval;
  }
}

}  // namespace oci::init
