#include "lib/sys/tty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::sys {

bool is_terminal(FdRef fd) noexcept {
  const int saved = errno;
  const bool yes = ::isatty(fd.get()) == 1;
  errno = saved;
  return yes;
}

Result<WindowSize> window_size(FdRef tty) {
  winsize size{};
  if (::ioctl(tty.get(), TIOCGWINSZ, &size) < 0) return last_error("ioctl(TIOCGWINSZ)", "");
  return WindowSize{size.ws_row, size.ws_col};
}

Status set_window_size(FdRef tty, WindowSize size) {
  winsize kernel{};
  kernel.ws_row = size.rows;
  kernel.ws_col = size.columns;
  if (::ioctl(tty.get(), TIOCSWINSZ, &kernel) < 0) return last_error("ioctl(TIOCSWINSZ)", "");
  return {};
}

Status clear_onlcr(FdRef tty) {
  termios mode{};
  if (::tcgetattr(tty.get(), &mode) < 0) return last_error("tcgetattr", "");
  mode.c_oflag &= ~static_cast<tcflag_t>(ONLCR);
  if (::tcsetattr(tty.get(), TCSANOW, &mode) < 0) return last_error("tcsetattr", "");
  return {};
}

Result<Pty> open_pty() {
  Pty pty;
  pty.master = TRY(open("/dev/ptmx", O_RDWR | O_NOCTTY));
  const int unlock = 0;
  if (::ioctl(pty.master.get(), TIOCSPTLCK, &unlock) < 0)
    return last_error("ioctl(TIOCSPTLCK)", "");
  const int slave = ::ioctl(pty.master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) return last_error("ioctl(TIOCGPTPEER)", "");
  pty.slave = UniqueFd(slave);
  return pty;
}

Result<RawMode> RawMode::enter(UniqueFd tty) {
  termios saved{};
  if (::tcgetattr(tty.get(), &saved) < 0) return last_error("tcgetattr", "");
  termios raw = saved;
  ::cfmakeraw(&raw);
  // The pty inside sends bare LF (clear_onlcr), so this terminal must go on making CR LF of it.
  raw.c_oflag |= saved.c_oflag & OPOST;
  if (::tcsetattr(tty.get(), TCSANOW, &raw) < 0) return last_error("tcsetattr", "");
  return RawMode(std::move(tty), saved);
}

void RawMode::restore() noexcept {
  if (!tty_) return;
  const int saved_errno = errno;
  ::tcsetattr(tty_.get(), TCSANOW, &saved_);
  errno = saved_errno;
  tty_.reset();
}

}  // namespace oci::sys
