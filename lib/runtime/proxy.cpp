#include "lib/runtime/proxy.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>

#include "lib/sys/tty.h"

namespace oci::runtime {

namespace {

// More than the kernel keeps for a pty.
constexpr std::size_t kTerminalBacklog = std::size_t{1} << 20;

bool takes_any_amount(FdRef sink) {
  struct stat st;
  const int flags = ::fcntl(sink.get(), F_GETFL);
  return (flags >= 0 && (flags & O_NONBLOCK) != 0) ||
         (::fstat(sink.get(), &st) == 0 && S_ISREG(st.st_mode));
}

}  // namespace

Flow::Flow(FdRef from, FdRef to) : from_(from.get()), to_(to.get()), state_(State::kOpen) {
  chunk_ = takes_any_amount(to) ? kBufferSize : PIPE_BUF;
}

pollfd Flow::wanted() const {
  if (state_ != State::kOpen) return {-1, 0, 0};
  if (buffered()) return {to_, POLLOUT, 0};
  return {from_, POLLIN, 0};
}

void Flow::advance(short revents) {
  if (state_ != State::kOpen || revents == 0) return;
  if (buffered())
    flush();
  else
    fill();
}

void Flow::limit_to_ready() {
  int ready = 0;
  // A terminal's count leaves out what the line discipline has not taken yet, so there the kernel's
  // bound counts.
  if (sys::is_terminal(FdRef(from_)))
    left_ = kTerminalBacklog;
  else if (::ioctl(from_, FIONREAD, &ready) == 0)
    left_ = static_cast<std::size_t>(std::max(ready, 0));
  else
    left_ = 0;
}

void Flow::fill() {
  if (left_ == 0) {
    state_ = State::kEnded;
    return;
  }
  if (!buffer_) buffer_ = std::make_unique_for_overwrite<char[]>(kBufferSize);
  const ssize_t n = ::read(from_, buffer_.get(), std::min(kBufferSize, left_));
  if (n > 0) {
    begin_ = 0;
    end_ = static_cast<std::size_t>(n);
    left_ -= end_;
    return;
  }
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
  // The kernel's answer to a background process that does not stop at SIGTTIN. A pty master says
  // EIO too, when nobody holds its other side; but that is another session's terminal.
  const bool background = n < 0 && errno == EIO && ::tcgetsid(from_) == ::getsid(0) &&
                          ::tcgetpgrp(from_) != ::getpgrp();
  state_ = background ? State::kPaused : State::kEnded;
}

void Flow::flush() {
  const ssize_t n = ::write(to_, buffer_.get() + begin_, std::min(chunk_, end_ - begin_));
  if (n >= 0) {
    begin_ += static_cast<std::size_t>(n);
  } else if (errno != EAGAIN && errno != EINTR) {
    begin_ = end_ = 0;
    state_ = State::kBroken;
  }
}

}  // namespace oci::runtime
