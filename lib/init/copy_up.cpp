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

struct Names {
  char list[64 << 10];
  char value[64 << 10];
};
// XATTR_LIST_MAX and XATTR_SIZE_MAX; too much for the stack, and there is one thread.
Names attributes;

// A tmpfs may not know a kind of attribute (user.* before Linux 6.6), and labels of security
// modules are not given out in a user namespace.
bool may_be_left_out(const char* name, const Res& refused) noexcept {
  constexpr int kNotPermitted = 1, kNotSupported = 95;
  const bool label = std::string_view{name}.substr(0, 9) == "security.";
  return refused.err() == kNotSupported || (label && refused.err() == kNotPermitted);
}

int copy_attributes(int from, int to) noexcept {
  const Res size{raw(__NR_flistxattr, from, word(attributes.list), sizeof attributes.list)};
  if (size.err() == 95) return 0;
  if (!size.ok()) return fail("flistxattr", size);
  for (const char* name = attributes.list; name < attributes.list + size.v;
       name += std::string_view{name}.size() + 1) {
    const Res n{
        raw(__NR_fgetxattr, from, word(name), word(attributes.value), sizeof attributes.value)};
    if (!n.ok()) return fail("fgetxattr", n);
    const Res set{raw(__NR_fsetxattr, to, word(name), word(attributes.value), n.v, 0)};
    if (!set.ok() && !may_be_left_out(name, set)) return fail("fsetxattr", set);
  }
  return 0;
}

// After the owner, whose change takes capabilities away.
int copy_metadata(const struct statx& st, int from, int to) noexcept {
  OCI_INIT_TRY("chown", call::fchownat(to, "", st.stx_uid, st.stx_gid, sys::kEmptyPath));
  OCI_INIT_TRY("chmod", call::fchmod(to, st.stx_mode & 07777));
  if (const int e = copy_attributes(from, to); e != 0) return e;
  const std::int64_t times[4] = {st.stx_atime.tv_sec, st.stx_atime.tv_nsec, st.stx_mtime.tv_sec,
                                 st.stx_mtime.tv_nsec};
  OCI_INIT_TRY("utimensat", (Res{raw(__NR_utimensat, to, 0, word(times), 0)}));
  return 0;
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
    return copy_metadata(st, source.get(), copy.get());
  } else if (type == kRegular) {
    // Whatever stands under the name by now, opening it must not wait.
    const Fd source{call::openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)};
    const Fd copy{call::openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600)};
    if (const int e = copy_content(source.get(), copy.get()); e != 0) return e;
    return copy_metadata(st, source.get(), copy.get());
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
