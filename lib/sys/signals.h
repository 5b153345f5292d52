// The calling thread's signal mask, and signals as a descriptor.
#pragma once

#include <csignal>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// All signals are blocked for the calling thread until the end, or restore(). End it on the same
// thread.
class BlockedSignals {
 public:
  BlockedSignals() noexcept;
  BlockedSignals(BlockedSignals&& other) noexcept;
  BlockedSignals& operator=(BlockedSignals&&) = delete;
  ~BlockedSignals() { restore(); }
  void restore() noexcept;

 private:
  sigset_t saved_;
  bool armed_ = true;
};

// signalfd(2) of every signal; non-blocking.
Result<UniqueFd> open_signal_fd();

}  // namespace oci::sys
