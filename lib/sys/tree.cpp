#include "lib/sys/tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::sys {

namespace {

constexpr int kMaxDepth = 64;

struct CloseDir {
  void operator()(DIR* d) const { ::closedir(d); }
};

bool is_directory(FdRef dir, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) return entry.d_type == DT_DIR;
  struct stat st;
  return ::fstatat(dir.get(), entry.d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

Status remove_below(FdRef dir, dev_t device, int depth) {
  if (depth > kMaxDepth) return call_error("remove", "", ELOOP);
  for (const std::string& name : TRY(list_directory(dir))) {
    if (::unlinkat(dir.get(), name.c_str(), 0) == 0 || errno == ENOENT) continue;
    // POSIX lets unlink of a directory fail with EPERM, Linux says EISDIR.
    if (errno != EISDIR && errno != EPERM) return last_error("unlink", name);
    auto child = open_at(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (!child && child.error().sys_errno == ENOENT) continue;
    const UniqueFd fd = TRY(std::move(child));
    struct stat st;
    if (::fstat(fd.get(), &st) < 0) return last_error("stat", name);
    if (st.st_dev != device) return call_error("remove", name, EXDEV);
    TRY(remove_below(fd, device, depth + 1));
    if (::unlinkat(dir.get(), name.c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT)
      return last_error("rmdir", name);
  }
  return {};
}

}  // namespace

Result<std::vector<std::string>> list_directory(FdRef dir, bool directories_only) {
  // A descriptor of its own: reading moves the offset, which duplicates share.
  UniqueFd own = TRY(open_at(dir, ".", O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, CloseDir> stream(::fdopendir(own.get()));
  if (stream == nullptr) return last_error("fdopendir", "");
  static_cast<void>(own.release());
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return last_error("readdir", "");
    if (entry == nullptr) return names;
    std::string name = entry->d_name;
    if (name == "." || name == ".." || (directories_only && !is_directory(dir, *entry))) continue;
    names.push_back(std::move(name));
  }
}

Status make_directories(const std::string& path, mode_t mode, mode_t parent_mode) {
  if (::mkdir(path.c_str(), mode) == 0) return {};
  const std::size_t slash = path.find_last_of('/');
  if (errno == ENOENT && slash != std::string::npos && slash > 0) {
    TRY(make_directories(path.substr(0, slash), parent_mode, parent_mode));
    if (::mkdir(path.c_str(), mode) == 0) return {};
  }
  const int err = errno;
  struct stat st;
  if (err == EEXIST && ::stat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode)) return {};
  return call_error("mkdir", path, err);
}

Status remove_children(FdRef dir) {
  struct stat st;
  if (::fstat(dir.get(), &st) < 0) return last_error("stat", "");
  return remove_below(dir, st.st_dev, 0);
}

}  // namespace oci::sys
