#include "lib/sys/tty.h"

#include <unistd.h>

#include <array>
#include <string>

#include <boost/test/unit_test.hpp>

#include "lib/base/try.h"
#include "lib/sys/file.h"

using namespace oci;

namespace {
termios mode_of(FdRef tty) {
  termios mode{};
  BOOST_REQUIRE(::tcgetattr(tty.get(), &mode) == 0);
  return mode;
}
std::string read_some(FdRef fd) {
  std::array<char, 256> buffer;
  const ssize_t n = ::read(fd.get(), buffer.data(), buffer.size());
  return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
}
}  // namespace

BOOST_AUTO_TEST_SUITE(tty)

BOOST_AUTO_TEST_CASE(only_terminals_are_terminals) {
  auto pty = sys::open_pty();
  auto pipe = sys::make_pipe();
  BOOST_REQUIRE_MESSAGE(pty.ok(), (pty.ok() ? "" : pty.error().text));
  BOOST_REQUIRE(pipe.ok());
  BOOST_CHECK(sys::is_terminal(pty->slave));
  BOOST_CHECK(!sys::is_terminal(pipe->read));
  BOOST_CHECK(!sys::is_terminal(FdRef(-1)));
  BOOST_CHECK(!sys::window_size(pipe->read).ok());
}

BOOST_AUTO_TEST_CASE(size_set_on_one_side_is_seen_on_the_other) {
  auto pty = sys::open_pty();
  BOOST_REQUIRE(pty.ok());
  BOOST_REQUIRE(sys::set_window_size(pty->master, {33, 101}).ok());
  const auto size = sys::window_size(pty->slave);
  BOOST_REQUIRE(size.ok());
  BOOST_CHECK_EQUAL(size->rows, 33);
  BOOST_CHECK_EQUAL(size->columns, 101);
}

BOOST_AUTO_TEST_CASE(without_onlcr_newlines_stay_bare) {
  auto pty = sys::open_pty();
  BOOST_REQUIRE(pty.ok());
  BOOST_REQUIRE(::write(pty->slave.get(), "a\n", 2) == 2);
  BOOST_CHECK_EQUAL(read_some(pty->master), "a\r\n");
  BOOST_REQUIRE(sys::clear_onlcr(pty->master).ok());
  BOOST_REQUIRE(::write(pty->slave.get(), "b\n", 2) == 2);
  BOOST_CHECK_EQUAL(read_some(pty->master), "b\n");
}

BOOST_AUTO_TEST_CASE(raw_mode_ends_with_its_guard) {
  auto pty = sys::open_pty();
  BOOST_REQUIRE(pty.ok());
  const termios before = mode_of(pty->slave);
  BOOST_REQUIRE((before.c_lflag & (ICANON | ECHO | ISIG)) == (ICANON | ECHO | ISIG));
  {
    auto raw = sys::RawMode::enter(sys::duplicate(pty->slave).value());
    BOOST_REQUIRE(raw.ok());
    const termios during = mode_of(pty->slave);
    BOOST_CHECK_EQUAL(during.c_lflag & (ICANON | ECHO | ISIG), 0u);
    BOOST_CHECK((during.c_oflag & (OPOST | ONLCR)) == (OPOST | ONLCR));
  }
  const termios after = mode_of(pty->slave);
  BOOST_CHECK_EQUAL(after.c_lflag, before.c_lflag);
  BOOST_CHECK_EQUAL(after.c_iflag, before.c_iflag);
  BOOST_CHECK_EQUAL(after.c_oflag, before.c_oflag);
  BOOST_CHECK_EQUAL(after.c_cflag, before.c_cflag);
}

BOOST_AUTO_TEST_CASE(raw_mode_of_something_else_fails) {
  auto pipe = sys::make_pipe();
  BOOST_REQUIRE(pipe.ok());
  BOOST_CHECK(!sys::RawMode::enter(std::move(pipe->read)).ok());
}

BOOST_AUTO_TEST_SUITE_END()
