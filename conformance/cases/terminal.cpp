// A terminal for the process. Spec: config.md#process
#include <sys/ioctl.h>
#include <unistd.h>

#include "conformance/suite.h"
#include "tests/support/console_socket.h"

using namespace oci::conformance;

namespace {

// Creates with a console socket and starts; the master.
int terminal_of(Container& c) {
  c.config.set("/process/terminal", "true");
  oci::test::ConsoleSocket socket(c.scratch("console"));
  REQUIRE_OK(c.create({"--console-socket", c.scratch("console")}));
  const int master = socket.receive();
  BOOST_REQUIRE(master >= 0);
  REQUIRE_OK(c.start());
  return master;
}

// What is written to it, until `end` has come.
std::string read_until(int master, const std::string& end) {
  std::string text;
  for (pollfd ready{master, POLLIN, 0}; !oci::test::contains(text, end);) {
    char buffer[512];
    if (::poll(&ready, 1, 5000) != 1) break;
    const ssize_t n = ::read(master, buffer, sizeof buffer);
    if (n <= 0) break;
    text.append(buffer, static_cast<std::size_t>(n));
  }
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(the_streams_are_one, *proves({"S067", "S131"})) {
  Container c;
  c.shell("tty; test -c /dev/console && test -t 0 && test -t 1 && test -t 2 && echo all; echo end");
  const int master = terminal_of(c);
  const std::string text = read_until(master, "end");
  CHECK_HAS(text, "/dev/");
  CHECK_HAS(text, "all");
  ::close(master);
}

BOOST_AUTO_TEST_CASE(its_size, *proves({"S068"})) {
  Container c;
  c.config.set("/process/consoleSize", R"({"height":33,"width":77})");
  c.shell("stty size; echo end");
  const int master = terminal_of(c);
  CHECK_HAS(read_until(master, "end"), "33 77");
  ::close(master);
}

BOOST_AUTO_TEST_CASE(a_size_without_one, *proves({"S068"})) {
  Container c;
  c.config.set("/process/consoleSize", R"({"height":33,"width":77})");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(it_is_the_console_and_controls, *proves({"S091", "S135"})) {
  Container c;
  c.shell(
      "stat -L -c %t:%T /dev/console /proc/self/fd/0 | uniq | wc -l; echo it is >/dev/tty; echo "
      "end");
  const int master = terminal_of(c);
  const std::string text = read_until(master, "end");
  CHECK_HAS(text, "1\r\nit is\r\nend");
  ::close(master);
}

BOOST_AUTO_TEST_SUITE_END()
