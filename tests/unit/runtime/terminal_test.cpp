// The foreground with a terminal: a real pty as the caller's, another as the console.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "lib/runtime/foreground.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/tty.h"
#include "tests/support/child.h"
#include "tests/unit/runtime/foreground_support.h"

using namespace oci;
using namespace oci::test;
using runtime::Foreground;

BOOST_AUTO_TEST_SUITE(foreground_terminal)

namespace {

// The caller's terminal, and the console of the process.
struct Consoles {
  sys::Pty caller = sys::open_pty().value(), process = sys::open_pty().value();
  ForegroundOptions options() const {
    ForegroundOptions o;
    o.terminal = true;
    o.stdio = {caller.slave.get(), caller.slave.get(), caller.slave.get()};
    return o;
  }
};

template <class F>
int as_session(FdRef slave, F body) {
  ::setsid();
  ::ioctl(slave.get(), TIOCSCTTY, 0);
  for (int fd = 0; fd < 3; ++fd) ::dup2(slave.get(), fd);
  for (int fd = 3; fd < 64; ++fd) ::close(fd);
  no_signals_blocked();
  return body();
}

std::string size_text() {
  winsize size{};
  ::ioctl(0, TIOCGWINSZ, &size);
  return std::to_string(size.ws_row) + "x" + std::to_string(size.ws_col);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_terminal_session) {
  Consoles consoles;
  BOOST_REQUIRE(sys::set_window_size(consoles.caller.master, {24, 80}).ok());
  termios before{}, after{};
  BOOST_REQUIRE(::tcgetattr(consoles.caller.slave.get(), &before) == 0);
  auto foreground = Foreground::prepare(consoles.options());
  BOOST_REQUIRE_MESSAGE(foreground.ok(), (foreground.ok() ? "" : foreground.error().text));
  BOOST_CHECK_EQUAL(foreground->child_stdio().in, -1);
  UniqueFd slave = std::move(consoles.process.slave);
  BOOST_REQUIRE(foreground->attach(std::move(consoles.process.master)).ok());
  Child child([&] {
    return as_session(slave, [] {
      say("size " + size_text() + "\n");
      char line[64];
      const ssize_t n = ::read(0, line, sizeof line);
      say("got " + std::string(line, n > 0 ? static_cast<std::size_t>(n) : 0));
      for (int i = 0; i < 500 && size_text() == "24x80"; ++i) ::usleep(10000);
      say("size " + size_text() + "\nlast words\n");
      return 9;
    });
  });
  slave.reset();
  std::string seen;
  termios during{};
  std::thread user([&] {
    seen += read_for(consoles.caller.master, "size 24x80\r\n");
    ::tcgetattr(consoles.caller.slave.get(), &during);
    static_cast<void>(sys::write_all(consoles.caller.master, "hello\r").ok());
    seen += read_for(consoles.caller.master, "got hello\r\n");
    static_cast<void>(sys::set_window_size(consoles.caller.master, {50, 132}).ok());
    ::kill(::getpid(),
           SIGWINCH);  // the kernel sends it to the terminal's foreground group, which we are not
    seen += read_for(consoles.caller.master, "last words\r\n");
  });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  const auto exit = foreground->wait(child.pid(), pidfd);
  child.forget();
  user.join();
  BOOST_REQUIRE_MESSAGE(exit.ok(), (exit.ok() ? "" : exit.error().text));
  BOOST_CHECK_EQUAL(exit->value, 9);
  BOOST_CHECK_EQUAL(seen, "size 24x80\r\nhello\r\ngot hello\r\nsize 50x132\r\nlast words\r\n");
  BOOST_CHECK_EQUAL(during.c_lflag & (ICANON | ECHO | ISIG), 0u);
  BOOST_REQUIRE(::tcgetattr(consoles.caller.slave.get(), &after) == 0);
  BOOST_CHECK_EQUAL(before.c_lflag, after.c_lflag);
  BOOST_CHECK_EQUAL(before.c_iflag, after.c_iflag);
}

BOOST_AUTO_TEST_CASE(ctrl_c_goes_through_the_console) {
  Consoles consoles;
  auto foreground = Foreground::prepare(consoles.options());
  BOOST_REQUIRE(foreground.ok());
  UniqueFd slave = std::move(consoles.process.slave);
  BOOST_REQUIRE(foreground->attach(std::move(consoles.process.master)).ok());
  Child child([&] {
    return as_session(slave, [] {
      ::signal(SIGINT, SIG_DFL);
      say("ready\n");
      return sleep_for_ever();
    });
  });
  slave.reset();
  std::thread user([&] {
    read_for(consoles.caller.master, "ready");
    static_cast<void>(sys::write_all(consoles.caller.master, "\x03").ok());
  });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  const auto exit = foreground->wait(child.pid(), pidfd);
  child.forget();
  user.join();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK(exit->signaled);
  BOOST_CHECK_EQUAL(exit->value, SIGINT);
}

BOOST_AUTO_TEST_CASE(much_output_is_drained_after_the_end) {
  Consoles consoles;
  Caller redirected;
  ForegroundOptions options = consoles.options();
  options.stdio.out = redirected.out.write.get();  // `run -t > file`: newlines stay bare
  auto foreground = Foreground::prepare(options);
  BOOST_REQUIRE(foreground.ok());
  UniqueFd slave = std::move(consoles.process.slave);
  BOOST_REQUIRE(foreground->attach(std::move(consoles.process.master)).ok());
  Child child([&] {
    return as_session(slave, [] {
      for (int i = 0; i < 400; ++i) say("line\n");
      return 0;
    });
  });
  slave.reset();
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  // Nothing is copied before wait(); the kernel holds what fits, the rest of the process waits for
  // us.
  const auto exit = foreground->wait(child.pid(), pidfd);
  child.forget();
  BOOST_REQUIRE(exit.ok());
  const std::string text = redirected.output();
  BOOST_CHECK_EQUAL(text.size(), 400u * 5u);
  BOOST_CHECK(text.find('\r') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_terminal_is_put_back_when_nothing_was_started) {
  Consoles consoles;
  termios before{}, after{};
  BOOST_REQUIRE(::tcgetattr(consoles.caller.slave.get(), &before) == 0);
  {
    auto foreground = Foreground::prepare(consoles.options());
    BOOST_REQUIRE(foreground.ok());
    BOOST_REQUIRE(foreground->attach(std::move(consoles.process.master)).ok());
    BOOST_REQUIRE(::tcgetattr(consoles.caller.slave.get(), &after) == 0);
    BOOST_CHECK_NE(before.c_lflag, after.c_lflag);
  }
  BOOST_REQUIRE(::tcgetattr(consoles.caller.slave.get(), &after) == 0);
  BOOST_CHECK_EQUAL(before.c_lflag, after.c_lflag);
}

BOOST_AUTO_TEST_CASE(a_caller_without_a_terminal_is_told_so) {
  Child child([] {
    ::setsid();
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ForegroundOptions options;
    options.terminal = true;
    options.stdio = {null, null, null};
    const auto foreground = Foreground::prepare(options);
    if (foreground.ok()) return 1;
    return foreground.error().text == "open /dev/tty: no such device or address" ? 0 : 2;
  });
  BOOST_CHECK_EQUAL(child.join(), 0);
}

BOOST_AUTO_TEST_SUITE_END()
