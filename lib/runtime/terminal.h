// The caller's terminal while a process with a console runs in the foreground.
#pragma once

#include <optional>

#include "lib/sys/tty.h"
#include "oci/fd.h"
#include "oci/result.h"
#include "oci/runtime.h"

namespace oci::runtime {

class CallerTerminal {
 public:
  // The first of the three descriptors that is a terminal, else the controlling one.
  // Errors: `open /dev/tty: no such device or address`.
  static Result<CallerTerminal> find(const Stdio& stdio);

  // Gives `master` this terminal's size, unless that is unknown (0 by 0).
  Status copy_size(FdRef master) const;
  // Raw from now on, until restore() or the end.
  Status make_raw();
  void restore() noexcept { raw_.reset(); }

 private:
  explicit CallerTerminal(UniqueFd tty) : tty_(std::move(tty)) {}
  UniqueFd tty_;
  std::optional<sys::RawMode> raw_;
};

}  // namespace oci::runtime
