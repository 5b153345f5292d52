// Terminals: the console socket, the foreground under a pty, exec with one. Requirements: console
// protocol of runc.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

#include "tests/root/support.h"
#include "tests/support/console_socket.h"

using namespace oci::test;

namespace {

// A pty of the test; the runtime gets the other side as its terminal.
struct Pty {
  Pty() : master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    BOOST_REQUIRE(master >= 0);
    ::grantpt(master);
    ::unlockpt(master);
    slave = ::open(::ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
    BOOST_REQUIRE(slave >= 0);
  }
  Pty(const Pty&) = delete;
  Pty& operator=(const Pty&) = delete;
  ~Pty() {
    ::close(slave);
    ::close(master);
  }
  // Of a command: its three streams and its controlling terminal.
  void give(Command& command) const {
    command.fds = {{slave, 0}, {slave, 1}, {slave, 2}};
    command.in_child = [] {
      ::setsid();
      ::ioctl(0, TIOCSCTTY, 0);
    };
  }
  int master, slave;
};

// What can be read until `text` comes or nothing more does.
std::string read_until(int fd, const std::string& text) {
  std::string all;
  for (pollfd ready{fd, POLLIN, 0}; !contains(all, text) && ::poll(&ready, 1, 5000) == 1;) {
    char buffer[4096];
    const ssize_t n = ::read(fd, buffer, sizeof buffer);
    if (n <= 0) break;
    all.append(buffer, static_cast<std::size_t>(n));
  }
  return all;
}

void type(int fd, const std::string& text) {
  BOOST_REQUIRE(::write(fd, text.data(), text.size()) > 0);
}

struct Terminal : Bundle {
  Terminal() { config.set("/process/terminal", "true"); }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(console)

BOOST_AUTO_TEST_CASE(the_master_comes_over_the_console_socket) {
  Terminal b;
  b.config.set("/process/consoleSize", R"({"height":33,"width":111})");
  ConsoleSocket socket(b.scratch("console"));
  OCI_REQUIRE_OK(b.shell("tty; stty size; /bin/probe stat /dev/console; /bin/probe fds; echo end")
                     .create({"--console-socket", b.scratch("console")}));
  std::string name;
  const int master = socket.receive(&name);
  BOOST_REQUIRE(master >= 0);
  OCI_CHECK_HAS(name, "ptmx");
  BOOST_TEST(((::fcntl(master, F_GETFL) & O_ACCMODE) == O_RDWR));
  OCI_REQUIRE_OK(b.start());
  const std::string out = read_until(master, "end");
  OCI_CHECK_HAS(out, "/dev/pts/0\r\n33 111\r\n");
  OCI_CHECK_HAS(out, "/dev/console=char");
  OCI_CHECK_HAS(out, " 136:0 ");
  for (const char* fd : {"fd.0=/dev/pts/0", "fd.1=/dev/pts/0", "fd.2=/dev/pts/0"})
    OCI_CHECK_HAS(out, fd);
  BOOST_TEST(!contains(out, "fd.3"));
  ::close(master);
}

BOOST_AUTO_TEST_CASE(it_is_the_controlling_terminal) {
  Terminal b;
  ConsoleSocket socket(b.scratch("console"));
  OCI_REQUIRE_OK(b.args({"/bin/probe"}).create({"--console-socket", b.scratch("console")}));
  const int master = socket.receive();
  BOOST_REQUIRE(master >= 0);
  OCI_REQUIRE_OK(b.start());
  auto f = facts(read_until(master, "env.TERM"));
  BOOST_TEST(f["tty"] == "1");
  BOOST_TEST(f["ctty"] == "yes");
  BOOST_TEST(f["foreground"] == "1");
  BOOST_TEST(f["sid"] == "1");
  ::close(master);
}

BOOST_AUTO_TEST_CASE(exec_with_a_console_socket) {
  Bundle b;
  b.start_sleeper();
  ConsoleSocket socket(b.scratch("console"));
  OCI_REQUIRE_OK(b.exec({"/bin/sh", "-c", "read line; echo got $line; tty; echo end"},
                        {"--tty", "--detach", "--console-socket", b.scratch("console")}));
  const int master = socket.receive();
  BOOST_REQUIRE(master >= 0);
  type(master, "word\n");
  const std::string out = read_until(master, "end");
  OCI_CHECK_HAS(out, "got word\r\n/dev/pts/0\r\n");
  ::close(master);
}

BOOST_AUTO_TEST_CASE(detached_run_with_a_console_socket) {
  Terminal b;
  ConsoleSocket socket(b.scratch("console"));
  OCI_REQUIRE_OK(b.shell("tty; echo end; sleep 1000")
                     .run({"--detach", "--console-socket", b.scratch("console")}));
  const int master = socket.receive();
  BOOST_REQUIRE(master >= 0);
  OCI_CHECK_HAS(read_until(master, "end"), "/dev/pts/0\r\n");
  BOOST_TEST(b.status() == "running");
  ::close(master);
}

BOOST_AUTO_TEST_CASE(foreground_run_under_a_terminal) {
  Terminal b;
  const Pty pty;
  winsize size{44, 122, 0, 0};
  BOOST_REQUIRE(::ioctl(pty.master, TIOCSWINSZ, &size) == 0);
  Command command = b.shell(
                         "sleep 0.2; stty size; echo ready; read line; echo got $line; sleep 0.1; "
                         "stty size; exit 5")
                        .creation("run", {});
  pty.give(command);
  Running process(command);
  std::string out = read_until(pty.master, "ready\r\n");
  OCI_CHECK_HAS(out, "44 122\r\nready\r\n");
  size.ws_row = 20;
  BOOST_REQUIRE(::ioctl(pty.master, TIOCSWINSZ, &size) == 0);
  type(pty.master, "word\n");
  OCI_CHECK_HAS(read_until(pty.master, "20 122"), "got word\r\n20 122");
  BOOST_TEST(process.wait().code == 5);
}

BOOST_AUTO_TEST_CASE(interrupts_go_to_the_container_and_the_terminal_is_restored) {
  Terminal b;
  const Pty pty;
  termios before{}, after{};
  BOOST_REQUIRE(::tcgetattr(pty.slave, &before) == 0);
  Command command =
      b.shell("trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done")
          .creation("run", {});
  pty.give(command);
  Running process(command);
  OCI_CHECK_HAS(read_until(pty.master, "ready"), "ready");
  type(pty.master, "\x03");
  OCI_CHECK_HAS(read_until(pty.master, "caught"), "caught");
  BOOST_TEST(process.wait().code == 3);
  BOOST_REQUIRE(::tcgetattr(pty.slave, &after) == 0);
  BOOST_TEST(after.c_lflag == before.c_lflag);
  BOOST_TEST(after.c_oflag == before.c_oflag);
  BOOST_TEST(after.c_iflag == before.c_iflag);
}

BOOST_AUTO_TEST_CASE(foreground_exec_under_a_terminal) {
  Bundle b;
  b.start_sleeper();
  const Pty pty;
  Command command = b.command({"exec", "--tty", b.id(), "/bin/sh", "-c", "tty; exit 6"});
  pty.give(command);
  Running process(command);
  OCI_CHECK_HAS(read_until(pty.master, "/dev/pts/0"), "/dev/pts/0");
  BOOST_TEST(process.wait().code == 6);
}

BOOST_AUTO_TEST_CASE(signals_are_forwarded_without_a_terminal) {
  Bundle b;
  Running process(
      b.shell("trap 'echo caught; exit 9' TERM; echo ready; while :; do sleep 0.05; done")
          .creation("run", {}));
  BOOST_REQUIRE(process.wait_for("ready"));
  ::kill(process.pid(), SIGTERM);
  const Outcome r = process.wait();
  BOOST_TEST(r.code == 9, r.text());
  OCI_CHECK_HAS(r.out, "caught");
}

BOOST_AUTO_TEST_CASE(a_container_survives_the_runtime) {  // C171
  Bundle b;
  {
    Running process(b.shell("echo ready; sleep 1000").creation("run", {}));
    BOOST_REQUIRE(process.wait_for("ready"));
  }
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(wrong_combinations_are_errors) {
  Terminal with;
  OCI_CHECK_HAS(with.create().err,
                "cannot allocate tty if runc will detach without setting console socket");
  Bundle without;
  OCI_CHECK_HAS(without.create({"--console-socket", without.scratch("none")}).err,
                "cannot use console socket if runc will not detach or allocate tty");
  OCI_CHECK_HAS(with.run({"--detach"}).err,
                "cannot allocate tty if runc will detach without setting console socket");
  OCI_CHECK_HAS(with.run({"--console-socket", with.scratch("none")}).err,
                "cannot use console socket if runc will not detach or allocate tty");
  const Traces traces(with);
  const Outcome r = with.create({"--console-socket", with.scratch("nobody-listens")});
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "no such file or directory");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_SUITE_END()
