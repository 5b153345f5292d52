// tmpcopyup: the content of a directory into the tmpfs that will cover it. Links are copied, never
// followed.
#include <cstring>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr unsigned kTypeMask = 0170000, kDir = 0040000, kLink = 0120000, kRegular = 0100000;
constexpr int kMaxDepth = 128, kLoop = 40;

struct Entry {  // struct linux_dirent64
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[1];
};

int copy_directory(int from, int to, int depth) noexcept;

int copy_content(int from, int to) noexcept {
  for (;;) {
    constexpr long kChunk = 1 << 20;
    const Res n{raw(__NR_sendfile, to, from, 0, kChunk)};
    if (!n.ok()) return fail("sendfile", n);
    if (n.v == 0) return 0;
  }
}

int copy_entry(int from, int to, const char* name, int depth) noexcept {
  struct statx st {};
  OCI_INIT_TRY("statx", call::statx(from, name, 0x100, STATX_BASIC_STATS, &st));
  const unsigned type = st.stx_mode & kTypeMask, mode = st.stx_mode & 07777;
  if (type == kLink) {
    char target[kPathMax];
    const Res n = call::readlinkat(from, name, target, sizeof target - 1);
    if (!n.ok()) return fail("readlink", n);
    target[n.v] = 0;
    OCI_INIT_TRY("symlink", call::symlinkat(target, to, name));
  } else if (type == kDir) {
    OCI_INIT_TRY("mkdir", call::mkdirat(to, name, 0700));
    const Fd source{call::openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)};
    const Fd copy{call::openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)};
    if (const int e = copy_directory(source.get(), copy.get(), depth + 1); e != 0) return e;
  } else if (type == kRegular) {
    // Whatever stands under the name by now, opening it must not wait.
    const Fd source{call::openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)};
    const Fd copy{call::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)};
    if (const int e = copy_content(source.get(), copy.get()); e != 0) return e;
  } else {
    const std::uint64_t rdev = (st.stx_rdev_minor & 0xff) | (st.stx_rdev_major & 0xfff) << 8 |
                               (std::uint64_t{st.stx_rdev_minor} & ~0xffull) << 12;
    OCI_INIT_TRY("mknod", call::mknodat(to, name, st.stx_mode, rdev));
  }
  OCI_INIT_TRY("chown", call::fchownat(to, name, st.stx_uid, st.stx_gid, 0x100));
  if (type != kLink)
    OCI_INIT_TRY("chmod", (Res{raw(__NR_fchmodat, to, word(name), static_cast<long>(mode))}));
  return 0;
}

int copy_directory(int from, int to, int depth) noexcept {
  if (depth > kMaxDepth) return fail("copying directories", kLoop);
  alignas(8) char buffer[4096];
  for (;;) {
    const Res n{raw(__NR_getdents64, from, word(buffer), sizeof buffer)};
    if (!n.ok()) return fail("getdents64", n);
    if (n.v == 0) return 0;
    for (long at = 0; at < n.v;) {
      const auto* entry = reinterpret_cast<const Entry*>(buffer + at);
      at += entry->size;
      const std::string_view name{entry->name};
      if (name == "." || name == "..") continue;
      if (const int e = copy_entry(from, to, entry->name, depth); e != 0) return e;
    }
  }
}

}  // namespace

int do_copy_up(const Step& s) noexcept {
  const Res found = call::openat2(slot(s.src), text(s.s1), O_RDONLY | O_DIRECTORY, sys::kInRoot);
  if (found.err() == 2) return 0;  // nothing there to copy
  if (!found.ok()) return fail("open", found);
  const Fd from{found};
  const Fd to{call::openat(slot(s.aux), ".", O_RDONLY | O_DIRECTORY)};
  return copy_directory(from.get(), to.get(), 0);
}

}  // namespace oci::init
