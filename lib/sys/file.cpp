#include "lib/sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstdio>

#include "lib/base/try.h"
#include "lib/sys/error.h"

namespace oci::sys {

Result<UniqueFd> open_at(FdRef dir, const std::string& path, int flags, mode_t mode) {
  int fd;
  do fd = ::openat(dir.get(), path.c_str(), flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  if (fd < 0) return last_error("open", path);
  return UniqueFd(fd);
}

Result<UniqueFd> open(const std::string& path, int flags, mode_t mode) {
  return open_at(FdRef(kCwd), path, flags, mode);
}

Result<std::string> read_all(FdRef file, std::size_t limit) {
  std::string out;
  char buffer[8192];
  for (;;) {
    const ssize_t n = ::read(file.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error("read", "");
    if (n == 0) return out;
    out.append(buffer, static_cast<std::size_t>(n));
    if (out.size() > limit) return call_error("read", "", EFBIG);
  }
}

Result<std::string> read_file_at(FdRef dir, const std::string& path, std::size_t limit) {
  const UniqueFd fd = TRY(open_at(dir, path, O_RDONLY));
  auto data = read_all(fd, limit);
  if (!data) return call_error("read", path, data.error().sys_errno);
  return data;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  return read_file_at(FdRef(kCwd), path, limit);
}

Result<std::string> read_link(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t n = ::readlink(path.c_str(), target, sizeof target);
  if (n < 0) return last_error("readlink", path);
  return std::string(target, static_cast<std::size_t>(n));
}

Status write_all(FdRef file, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = ::write(file.get(), data.data(), data.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return last_error("write", "");
    data.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

Status write_file_at(FdRef dir, const std::string& path, std::string_view data) {
  const UniqueFd fd = TRY(open_at(dir, path, O_WRONLY));
  ssize_t n;
  do n = ::write(fd.get(), data.data(), data.size());
  while (n < 0 && errno == EINTR);
  if (n < 0) return last_error("write", path);
  return {};
}

Status replace_file_at(FdRef dir, const std::string& name, std::string_view data, mode_t mode) {
  static std::atomic<unsigned> counter{0};
  const std::string temporary =
      "." + name + "-" + std::to_string(::getpid()) + "-" + std::to_string(counter.fetch_add(1));
  {
    const UniqueFd fd =
        TRY(open_at(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode));
    if (auto written = write_all(fd, data); !written) {
      ::unlinkat(dir.get(), temporary.c_str(), 0);
      return call_error("write", name, written.error().sys_errno);
    }
  }
  if (::renameat(dir.get(), temporary.c_str(), dir.get(), name.c_str()) < 0) {
    Error error = last_error("rename", name);
    ::unlinkat(dir.get(), temporary.c_str(), 0);
    return error;
  }
  return {};
}

Result<UniqueFd> duplicate(FdRef fd) {
  const int copy = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return last_error("dup", "");
  return UniqueFd(copy);
}

Result<Pipe> make_pipe() {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) < 0) return last_error("pipe", "");
  return Pipe{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

}  // namespace oci::sys
