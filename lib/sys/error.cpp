#include "lib/sys/error.h"

#include <cerrno>
#include <cstring>
#include <string>

namespace oci::sys {

std::string_view errno_text(int err) noexcept {
  struct Text {
    int err;
    std::string_view text;
  };
  // Where Go's table and glibc's differ in more than the first letter, Go's words count.
  static constexpr Text kTexts[] = {
      {EPERM, "operation not permitted"},
      {ENOENT, "no such file or directory"},
      {ESRCH, "no such process"},
      {EINTR, "interrupted system call"},
      {EIO, "input/output error"},
      {ENXIO, "no such device or address"},
      {E2BIG, "argument list too long"},
      {ENOEXEC, "exec format error"},
      {EBADF, "bad file descriptor"},
      {ECHILD, "no child processes"},
      {EAGAIN, "resource temporarily unavailable"},
      {ENOMEM, "cannot allocate memory"},
      {EACCES, "permission denied"},
      {EFAULT, "bad address"},
      {ENOTBLK, "block device required"},
      {EBUSY, "device or resource busy"},
      {EEXIST, "file exists"},
      {EXDEV, "invalid cross-device link"},
      {ENODEV, "no such device"},
      {ENOTDIR, "not a directory"},
      {EISDIR, "is a directory"},
      {EINVAL, "invalid argument"},
      {ENFILE, "too many open files in system"},
      {EMFILE, "too many open files"},
      {ENOTTY, "inappropriate ioctl for device"},
      {ETXTBSY, "text file busy"},
      {EFBIG, "file too large"},
      {ENOSPC, "no space left on device"},
      {ESPIPE, "illegal seek"},
      {EROFS, "read-only file system"},
      {EMLINK, "too many links"},
      {EPIPE, "broken pipe"},
      {ERANGE, "numerical result out of range"},
      {ENAMETOOLONG, "file name too long"},
      {ENOSYS, "function not implemented"},
      {ENOTEMPTY, "directory not empty"},
      {ELOOP, "too many levels of symbolic links"},
      {EOVERFLOW, "value too large for defined data type"},
      {EUSERS, "too many users"},
      {EOPNOTSUPP, "operation not supported"},
      {EADDRINUSE, "address already in use"},
      {ECONNREFUSED, "connection refused"},
      {ETIMEDOUT, "connection timed out"},
      {ESTALE, "stale file handle"},
      {EDQUOT, "disk quota exceeded"},
  };
  for (const Text& t : kTexts)
    if (t.err == err) return t.text;
  const char* text = strerrordesc_np(err);
  return text != nullptr ? text : "unknown error";
}

namespace {
Code code_of(int err) {
  switch (err) {
    case EPERM:
    case EACCES: return Code::kPermission;
    case ENOSYS:
    case EOPNOTSUPP: return Code::kUnsupported;
    default: return Code::kSystem;
  }
}
}  // namespace

Error call_error(std::string_view call, std::string_view subject, int err) {
  std::string text(call);
  if (!subject.empty()) text.append(" ").append(subject);
  text.append(": ").append(errno_text(err));
  return Error{code_of(err), std::move(text), err, std::string(subject), {}};
}

Error last_error(std::string_view call, std::string_view subject) {
  return call_error(call, subject, errno);
}

}  // namespace oci::sys
