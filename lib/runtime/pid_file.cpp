#include "lib/runtime/pid_file.h"

#include <fcntl.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {

Status write_pid_file(const std::string& path, pid_t pid) {
  const std::size_t slash = path.find_last_of('/');
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  const std::string parent = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (name.empty() || name == "." || name == "..") return sys::call_error("open", path, EISDIR);
  auto dir = sys::open(parent, O_PATH | O_DIRECTORY);
  if (!dir) return sys::call_error("open", path, dir.error().sys_errno);
  auto written = sys::replace_file_at(*dir, name, std::to_string(pid), 0666);
  if (!written) return sys::call_error("open", path, written.error().sys_errno);
  return {};
}

}  // namespace oci::runtime
