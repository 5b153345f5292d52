// What the tests of the foreground share.
#pragma once

#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <string>

#include "lib/runtime/foreground.h"
#include "lib/sys/file.h"

namespace oci::test {

using runtime::ForegroundOptions;

// The caller's descriptors 0, 1 and 2 of a run: pipes that the test holds the other ends of.
struct Caller {
  sys::Pipe in = sys::make_pipe().value(), out = sys::make_pipe().value(),
            err = sys::make_pipe().value();
  ForegroundOptions options() const {
    ForegroundOptions o;
    o.owner_uid = ::geteuid();
    o.owner_gid = ::getegid();
    o.stdio = {in.read.get(), out.write.get(), err.write.get()};
    return o;
  }
  std::string output() {
    out.write.reset();
    return sys::read_all(out.read).value();
  }
  std::string errors() {
    err.write.reset();
    return sys::read_all(err.read).value();
  }
};

inline void say(const std::string& text) {
  if (::write(1, text.data(), text.size()) < 0) ::_exit(99);
}

inline void no_signals_blocked() {
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

inline int sleep_for_ever() {
  for (;;) ::pause();
}

inline std::string read_for(FdRef fd, const std::string& until) {
  std::string text;
  std::array<char, 4096> buffer;
  while (text.find(until) == std::string::npos) {
    pollfd p{fd.get(), POLLIN, 0};
    if (::poll(&p, 1, 5000) <= 0) return text + "(time-out)";
    const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
    if (n <= 0) return text + "(end)";
    text.append(buffer.data(), static_cast<std::size_t>(n));
  }
  return text;
}

}  // namespace oci::test
