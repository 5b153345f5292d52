#include "lib/runtime/child.h"

#include <signal.h>

#include "lib/sys/process.h"

namespace oci::runtime {

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

void Child::end() noexcept {
  if (pid_ == 0) return;
  (void)sys::send_signal(FdRef(pidfd_), SIGKILL);
  (void)sys::reap(FdRef(pidfd_));
  pid_ = 0;
}

}  // namespace oci::runtime
