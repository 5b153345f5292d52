#include "tools/ocirun/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "oci/fd.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

oci::Result<std::string> read_all(int fd, const std::string& name, std::size_t limit) {
  std::string out;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return path_error("read", name, errno);
    if (count == 0) return out;
    out.append(buffer, static_cast<std::size_t>(count));
    if (out.size() > limit) return path_error("read", name, EFBIG);
  }
}

}  // namespace

oci::Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const oci::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return path_error("open", path, errno);
  return read_all(fd.get(), path, limit);
}

oci::Result<std::string> read_stdin(std::size_t limit) {
  return read_all(STDIN_FILENO, "/dev/stdin", limit);
}

}  // namespace ocirun
