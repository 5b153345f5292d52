#include "lib/sys/cgroupfs.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <vector>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/raw.h"
#include "lib/sys/tree.h"

namespace oci::sys {
namespace {

constexpr std::string_view kOpen = "openat2";

// For kernels and outer seccomp filters without openat2(2). The grammar of paths rules ".." out,
// O_NOFOLLOW symlinks; the device number tells mounts apart.
Result<UniqueFd> walk_beneath(FdRef top, const std::string& path, int flags) {
  struct stat whole, here;
  if (::fstat(top.get(), &whole) < 0) return last_error("stat", path);
  UniqueFd at = TRY(open_at(top, ".", O_PATH | O_DIRECTORY));
  std::string_view rest = path;
  while (!rest.empty()) {
    const std::string name(base::take_until(rest, '/'));
    if (name == "..") return call_error(kOpen, path, EXDEV);
    if (name.empty() || name == ".") continue;
    auto next = open_at(at, name, O_NOFOLLOW | (rest.empty() ? flags : O_PATH | O_DIRECTORY));
    if (!next) return call_error(kOpen, path, next.error().sys_errno);
    at = next.take();
    if (::fstat(at.get(), &here) < 0) return last_error("stat", path);
    if (here.st_dev != whole.st_dev) return call_error(kOpen, path, EXDEV);
    if (rest.empty()) return at;
  }
  return open_at(top, ".", flags);
}

// Kernel file systems count directories in the link count: 2 means none below.
bool has_children(FdRef dir) {
  struct stat st;
  return ::fstat(dir.get(), &st) < 0 || st.st_nlink != 2;
}

bool is_gone(int err) { return err == ENOENT || err == ENODEV; }

CgroupFs kind_of(const struct statfs& fs) {
  switch (static_cast<unsigned long>(fs.f_type)) {
    case CGROUP2_SUPER_MAGIC: return CgroupFs::kV2;
    case CGROUP_SUPER_MAGIC: return CgroupFs::kV1;
    case TMPFS_MAGIC: return CgroupFs::kTmpfs;
    default: return CgroupFs::kNone;
  }
}

struct Level {
  std::string name;  // of the directory itself, in its parent
  std::vector<std::string> children;
};

Result<std::vector<std::string>> children_of(FdRef dir) {
  if (!has_children(dir)) return std::vector<std::string>{};
  auto names = list_directory(dir, true);
  if (!names && is_gone(names.error().sys_errno)) return std::vector<std::string>{};
  return names;
}

}  // namespace

CgroupFs cgroup_filesystem(const std::string& path) noexcept {
  struct statfs fs;
  int result;
  do result = ::statfs(path.c_str(), &fs);
  while (result < 0 && errno == EINTR);
  return result < 0 ? CgroupFs::kNone : kind_of(fs);
}

CgroupFs cgroup_filesystem(FdRef fd) noexcept {
  struct statfs fs;
  int result;
  do result = ::fstatfs(fd.get(), &fs);
  while (result < 0 && errno == EINTR);
  return result < 0 ? CgroupFs::kNone : kind_of(fs);
}

Result<UniqueFd> open_beneath(FdRef top, const std::string& path, int flags) {
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV;
  Word fd;
  do fd = raw(__NR_openat2, top.get(), word(path.c_str()), word(&how), sizeof how);
  while (fd == -EINTR || fd == -EAGAIN);
  if (fd == -ENOSYS) return walk_beneath(top, path, flags);
  if (fd < 0) return call_error(kOpen, path, static_cast<int>(-fd));
  return UniqueFd(static_cast<int>(fd));
}

Status walk_directories(FdRef top, const EnterDir& enter, const LeaveDir& leave) {
  if (enter) TRY(enter(top));
  std::vector<Level> levels;
  levels.push_back({{}, TRY(children_of(top))});
  UniqueFd at = TRY(open_at(top, ".", O_RDONLY | O_DIRECTORY));
  for (;;) {
    Level& level = levels.back();
    if (!level.children.empty()) {
      std::string name = std::move(level.children.back());
      level.children.pop_back();
      auto child = open_at(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
      if (!child && is_gone(child.error().sys_errno)) continue;
      at = TRY(std::move(child));
      if (enter) TRY(enter(at));
      levels.push_back({std::move(name), TRY(children_of(at))});
      continue;
    }
    const std::string name = std::move(level.name);
    levels.pop_back();
    if (levels.empty()) return {};
    // One descriptor for all levels; a kernel directory is never moved to another parent.
    at = TRY(open_at(at, "..", O_RDONLY | O_DIRECTORY));
    if (leave) TRY(leave(at, name));
  }
}

Result<bool> wait_notified(FdRef file, std::chrono::milliseconds timeout) {
  pollfd poll{file.get(), POLLPRI, 0};
  const int n =
      ::poll(&poll, 1, static_cast<int>(std::clamp<std::int64_t>(timeout.count(), 0, 1 << 30)));
  if (n < 0 && errno != EINTR) return last_error("poll", "");
  return n > 0;
}

}  // namespace oci::sys
