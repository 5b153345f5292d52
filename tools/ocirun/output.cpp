#include "tools/ocirun/output.h"

#include <unistd.h>

#include <cerrno>

#include "tools/ocirun/go_text.h"

namespace ocirun {

int write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

oci::Status print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error != 0) return path_error("write", "/dev/stdout", error);
  return {};
}

}  // namespace ocirun
