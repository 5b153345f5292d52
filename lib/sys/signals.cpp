#include "lib/sys/signals.h"

#include <pthread.h>
#include <sys/signalfd.h>

#include <cerrno>

#include "lib/sys/error.h"

namespace oci::sys {

BlockedSignals::BlockedSignals() noexcept {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &saved_);
}

BlockedSignals::BlockedSignals(BlockedSignals&& other) noexcept
    : saved_(other.saved_), armed_(other.armed_) {
  other.armed_ = false;
}

void BlockedSignals::restore() noexcept {
  if (!armed_) return;
  armed_ = false;
  pthread_sigmask(SIG_SETMASK, &saved_, nullptr);
}

Result<UniqueFd> open_signal_fd() {
  sigset_t all;
  sigfillset(&all);
  const int fd = ::signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
  if (fd < 0) return last_error("signalfd", "");
  return UniqueFd(fd);
}

}  // namespace oci::sys
