#include "lib/runtime/terminal.h"

#include <fcntl.h>

#include "lib/base/try.h"
#include "lib/sys/file.h"

namespace oci::runtime {

Result<CallerTerminal> CallerTerminal::find(const Stdio& stdio) {
  const int given[] = {stdio.in < 0 ? 0 : stdio.in, stdio.out < 0 ? 1 : stdio.out,
                       stdio.err < 0 ? 2 : stdio.err};
  for (const int fd : given)
    if (sys::is_terminal(FdRef(fd))) return CallerTerminal(TRY(sys::duplicate(FdRef(fd))));
  return CallerTerminal(TRY(sys::open("/dev/tty", O_RDWR | O_NOCTTY)));
}

Status CallerTerminal::copy_size(FdRef master) const {
  const sys::WindowSize size = TRY(sys::window_size(tty_));
  if (size.rows == 0 && size.columns == 0) return {};
  return sys::set_window_size(master, size);
}

Status CallerTerminal::make_raw() {
  raw_.emplace(TRY(sys::RawMode::enter(TRY(sys::duplicate(tty_)))));
  return {};
}

}  // namespace oci::runtime
