// One direction of copying bytes between two descriptors, as a part of somebody's poll loop.
#pragma once

#include <poll.h>

#include <cstddef>
#include <memory>

#include "oci/fd.h"

namespace oci::runtime {

// Waits for one thing at a time: for input while its buffer is empty, for room while it is not.
// Descriptors are borrowed; they need not be non-blocking, but blocking sinks are given at most
// PIPE_BUF bytes per wake-up, which a pipe that polls writable takes without blocking (pipe(7)).
class Flow {
 public:
  enum class State {
    kOpen,
    kPaused,  // the source is a terminal that belongs to another process group now
    kEnded,   // the source has no more
    kBroken,  // the sink takes no more
  };

  Flow() = default;  // kEnded
  Flow(FdRef from, FdRef to);

  State state() const { return state_; }
  bool ended() const { return state_ == State::kEnded || state_ == State::kBroken; }
  bool buffered() const { return begin_ < end_; }
  // What to poll for; fd -1 (which poll skips) when there is nothing to wait for.
  pollfd wanted() const;
  // Takes the poll's answer to wanted().
  void advance(short revents);
  // The terminal is ours again.
  void resume() {
    if (state_ == State::kPaused) state_ = State::kOpen;
  }
  void end() { state_ = State::kEnded; }

  // Leave after this many further bytes: what is ready to be read now. For a source that others may
  // still feed.
  void limit_to_ready();

 private:
  void fill();
  void flush();

  int from_ = -1, to_ = -1;
  State state_ = State::kEnded;
  std::size_t chunk_ = 0;
  std::size_t left_ = static_cast<std::size_t>(-1);
  std::size_t begin_ = 0, end_ = 0;
  static constexpr std::size_t kBufferSize = 32768;
  std::unique_ptr<char[]> buffer_;  // from the first byte on
};

}  // namespace oci::runtime
