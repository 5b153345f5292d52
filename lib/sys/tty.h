// Terminals: window size, raw mode, the output flags of a pty.
#pragma once

#include <termios.h>

#include <utility>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

struct WindowSize {
  unsigned short rows = 0, columns = 0;
};

bool is_terminal(FdRef fd) noexcept;
Result<WindowSize> window_size(FdRef tty);
Status set_window_size(FdRef tty, WindowSize size);
// Output without CR before LF: a terminal that shows it adds its own.
Status clear_onlcr(FdRef tty);

struct Pty {
  UniqueFd master, slave;
};
// A new pseudoterminal of the caller's devpts; the slave by TIOCGPTPEER, never by path.
Result<Pty> open_pty();

// A terminal in raw mode (output processing stays on) until restore() or the end.
class RawMode {
 public:
  static Result<RawMode> enter(UniqueFd tty);
  RawMode(RawMode&&) noexcept = default;
  RawMode& operator=(RawMode&&) = delete;
  ~RawMode() { restore(); }
  void restore() noexcept;
  FdRef tty() const noexcept { return FdRef(tty_); }

 private:
  RawMode(UniqueFd tty, const termios& saved) : tty_(std::move(tty)), saved_(saved) {}
  UniqueFd tty_;
  termios saved_;
};

}  // namespace oci::sys
