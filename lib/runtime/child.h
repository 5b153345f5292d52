#pragma once

#include <sys/types.h>

#include <utility>

#include "oci/fd.h"

namespace oci::runtime {

// A process that the caller has made. Killed and reaped unless committed.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  Child& operator=(Child&& other) noexcept;
  ~Child() { end(); }
  pid_t pid() const noexcept { return pid_; }
  FdRef pidfd() const noexcept { return FdRef(pidfd_); }
  // From here on it lives on its own.
  UniqueFd commit() noexcept {
    pid_ = 0;
    return std::move(pidfd_);
  }

 private:
  void end() noexcept;
  pid_t pid_ = 0;
  UniqueFd pidfd_;
};

}  // namespace oci::runtime
