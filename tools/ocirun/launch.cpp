#include "tools/ocirun/launch.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "tools/ocirun/go_text.h"

namespace ocirun {

int listen_fds(const char* fds, const char* pid, pid_t self) {
  if (fds == nullptr || pid == nullptr || parse_int(pid, 10).value != self) return 0;
  const std::int64_t count = parse_int(fds, 10).value;  // 0 when it is no number
  return static_cast<int>(std::clamp<std::int64_t>(count, 0, std::numeric_limits<int>::max()));
}

void fill_create_options(const FlagValues& flags, oci::CreateOptions& options) {
  options.bundle = flags.text("bundle");
  options.pid_file = flags.text("pid-file");
  options.console_socket = flags.text("console-socket");
  options.pidfd_socket = flags.text("pidfd-socket");
  options.no_pivot = flags.on("no-pivot");
  options.no_new_keyring = flags.on("no-new-keyring");
  options.preserve_fds = std::max(0, flags.integer("preserve-fds"));
  options.listen_fds = listen_fds(std::getenv("LISTEN_FDS"), std::getenv("LISTEN_PID"), ::getpid());
  if (const char* socket = std::getenv("NOTIFY_SOCKET")) options.notify_socket = socket;
  // Hooks and helpers must not take them for theirs.
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"})
    ::unsetenv(name);
}

}  // namespace ocirun
