#include "tools/ocirun/read_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "oci/fd.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {

oci::Result<std::string> read_file(const std::string& path, std::size_t limit) {
  const oci::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd) return path_error("open", path, errno);
  std::string out;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return path_error("read", path, errno);
    if (count == 0) return out;
    out.append(buffer, static_cast<std::size_t>(count));
    if (out.size() > limit) return path_error("read", path, EFBIG);
  }
}

}  // namespace ocirun
