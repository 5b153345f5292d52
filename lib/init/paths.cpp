#include <cstring>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kMaxLinks = 40;
constexpr unsigned kTypeMask = 0170000, kDir = 0040000, kLink = 0120000;
constexpr int kNoEntry = 2, kNameTooLong = 36, kLoop = 40, kExists = 17;

int open_in(int root, const char* path, std::uint64_t flags) noexcept {
  return static_cast<int>(call::openat2(root, path, flags | O_PATH, sys::kInRoot).v);
}

int make(int root, const char* path, Want want, unsigned mode, int links) noexcept;

// `name` in the directory `parent`, whose path is path[0, length), is a dangling symlink: make what
// it points to.
int make_target(int root, int parent, const char* path, std::size_t length, const char* name,
                Want want, unsigned mode, int links) noexcept {
  char target[kPathMax];
  const Res n = call::readlinkat(parent, name, target, sizeof target - 1);
  if (!n.ok()) return static_cast<int>(n.v);
  target[n.v] = 0;
  if (target[0] == '/') return make(root, target, want, mode, links + 1);
  char joined[kPathMax];
  const auto size = static_cast<std::size_t>(n.v);
  if (length + size + 2 > sizeof joined) return -kNameTooLong;
  std::memcpy(joined, path, length);
  joined[length] = '/';
  std::memcpy(joined + length + 1, target, size + 1);
  return make(root, joined, want, mode, links + 1);
}

int make_entry(int parent, const char* name, Want want, unsigned mode) noexcept {
  if (want == Want::kDirectory) {
    const Res made = call::mkdirat(parent, name, mode);
    return made.ok() || made.err() == kExists ? 0 : static_cast<int>(made.v);
  }
  const Res made = call::openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  if (made.ok()) call::close(made.fd());
  return made.ok() || made.err() == kExists ? 0 : static_cast<int>(made.v);
}

int make(int root, const char* path, Want want, unsigned mode, int links) noexcept {
  if (links > kMaxLinks) return -kLoop;
  char prefix[kPathMax];
  const std::size_t size = std::strlen(path);
  if (size >= sizeof prefix) return -kNameTooLong;
  std::memcpy(prefix, path, size + 1);
  Fd at{open_in(root, ".", O_DIRECTORY)};
  if (at.get() < 0) return at.get();
  std::size_t end = 0;
  int current = at.release();
  while (end < size) {
    std::size_t begin = end;
    while (begin < size && prefix[begin] == '/') ++begin;
    if (begin == size) break;
    end = begin;
    while (end < size && prefix[end] != '/') ++end;
    const char saved = prefix[end];
    prefix[end] = 0;
    std::size_t rest = end;
    while (rest < size && (rest == end ? saved : prefix[rest]) == '/') ++rest;
    const bool last = rest >= size;
    const Want kind = last ? want : Want::kDirectory;
    int next = open_in(root, prefix, 0);
    if (next == -kNoEntry) {
      struct statx st {};
      const Res seen =
          call::statx(current, prefix + begin, 0x100 /* AT_SYMLINK_NOFOLLOW */, STATX_TYPE, &st);
      if (seen.ok() && (st.stx_mode & kTypeMask) == kLink) {
        next = make_target(root, current, prefix, begin, prefix + begin, kind, last ? mode : 0755,
                           links);
      } else {
        const int made = make_entry(current, prefix + begin, kind, last ? mode : 0755);
        next = made < 0 ? made : open_in(root, prefix, 0);
      }
    }
    call::close(current);
    if (next < 0) return next;
    current = next;
    prefix[end] = saved;
  }
  return current;
}

// The directory that `path` is in, copied to `parent`, and what it is called there; false: too
// long.
bool split(const char* path, char (&parent)[kPathMax], const char** name) noexcept {
  std::size_t size = std::strlen(path);
  while (size > 1 && path[size - 1] == '/') --size;
  std::size_t cut = size;
  while (cut > 0 && path[cut - 1] != '/') --cut;
  if (cut >= sizeof parent - 1) return false;
  std::memcpy(parent, path, cut);
  parent[cut] = 0;
  if (cut == 0) std::memcpy(parent, "/", 2);
  *name = path + cut;
  return true;
}

// Only the last component is missing, as a rule, and it is no dangling link: four calls instead of
// a walk.
int make_last(int root, const char* path, Want want, unsigned mode) noexcept {
  char parent[kPathMax];
  const char* name = nullptr;
  if (!split(path, parent, &name) || *name == 0 || name[std::strlen(name) - 1] == '/')
    return -kNoEntry;
  const Fd at{open_in(root, parent, O_DIRECTORY)};
  if (at.get() < 0 || make_entry(at.get(), name, want, mode) < 0) return -kNoEntry;
  return open_in(root, path, 0);
}

}  // namespace

int open_or_make(int root, const char* path, Want want, unsigned mode) noexcept {
  int fd = open_in(root, path, 0);
  if (fd == -kNoEntry) fd = make_last(root, path, want, mode);
  return fd == -kNoEntry ? make(root, path, want, mode, 0) : fd;
}

int open_parent(int root, const char* path, const char** name) noexcept {
  char parent[kPathMax];
  if (!split(path, parent, name)) return -kNameTooLong;
  return open_or_make(root, parent, Want::kDirectory, 0755);
}

unsigned type_of(int fd) noexcept {
  struct statx st {};
  return call::statx(fd, "", sys::kEmptyPath, STATX_TYPE, &st).ok() ? st.stx_mode & kTypeMask : 0;
}

std::uint64_t device_of(const struct statx& st) noexcept {
  return (st.stx_rdev_minor & 0xff) | (st.stx_rdev_major & 0xfff) << 8 |
         (std::uint64_t{st.stx_rdev_minor} & ~0xffull) << 12;
}

bool on_procfs(int fd) noexcept {
  struct {
    long type;
    char rest[200];
  } fs{};
  return raw(__NR_fstatfs, fd, word(&fs)) == 0 && fs.type == 0x9fa0;
}

}  // namespace oci::init
