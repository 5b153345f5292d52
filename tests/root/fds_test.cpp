// Descriptors that go in, and those that must not.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

// An open file of the caller, without close-on-exec where the test says so.
struct Open {
  explicit Open(const std::string& path) : fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    BOOST_REQUIRE(fd >= 0);
  }
  Open(const Open&) = delete;
  Open& operator=(const Open&) = delete;
  ~Open() { ::close(fd); }
  int fd;
};

struct Given : Bundle {
  Given() {
    write_file(scratch("one"), "one");
    write_file(scratch("two"), "two");
    write_file(scratch("three"), "three");
    args({"/bin/probe"});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fds)

BOOST_AUTO_TEST_CASE(leaked_ones_do_not_go_in) {
  Given b;
  const Open one(b.scratch("one")), dir("/");
  for (const char* verb : {"run", "exec"}) {
    Command command = b.args({"/bin/probe", "fds"}).creation("run", {});
    if (std::string(verb) == "exec") {
      b.start_sleeper();
      command = b.command({"exec", b.id(), "/bin/probe", "fds"});
    }
    command.fds = {{one.fd, 3}, {dir.fd, 7}, {dir.fd, 30}};
    const Outcome r = run(command);
    OCI_REQUIRE_OK(r);
    BOOST_TEST(facts(r.out).size() == 3u, verb << ": " << r.out);
  }
}

BOOST_AUTO_TEST_CASE(preserved_ones_keep_their_numbers) {
  Given b;
  const Open one(b.scratch("one")), two(b.scratch("two")), three(b.scratch("three"));
  Command command = b.args({"/bin/probe", "fds"}).creation("run", {"--preserve-fds", "2"});
  command.fds = {{one.fd, 3}, {two.fd, 4}, {three.fd, 5}};
  auto f = facts(run(command).out);
  OCI_CHECK_HAS(f["fd.3"], "/one");
  OCI_CHECK_HAS(f["fd.4"], "/two");
  BOOST_TEST(f.size() == 5u);
}

BOOST_AUTO_TEST_CASE(exec_preserves_too) {
  Given b;
  b.start_sleeper();
  const Open one(b.scratch("one"));
  Command command = b.command({"exec", "--preserve-fds", "1", b.id(), "/bin/probe", "fds"});
  command.fds = {{one.fd, 3}};
  auto f = facts(run(command).out);
  OCI_CHECK_HAS(f["fd.3"], "/one");
  BOOST_TEST(f.size() == 4u);
}

BOOST_AUTO_TEST_CASE(one_that_is_not_open_is_an_error) {
  OCI_NOT_RUNC("it hands over descriptors of its own");
  Given b;
  const Traces traces(b);
  const Outcome r = b.run({"--preserve-fds", "1"});
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "unable to stat preserved-fd 0 (of 1)");
  b.start_sleeper();
  const Outcome executed = b.exec({"/bin/true"}, {"--preserve-fds", "40"});
  BOOST_TEST(executed.code == 255, executed.text());
  OCI_CHECK_HAS(executed.err, "preserved-fd");
  BOOST_TEST(b.remove().ok());
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(socket_activation, *proves({"S284"})) {
  Given b;
  const Open one(b.scratch("one")), two(b.scratch("two"));
  Command command = b.creation("run", {"--preserve-fds", "1"});
  command.fds = {{one.fd, 3}, {two.fd, 4}};
  command.env = {"LISTEN_FDS=1"};
  command.in_child = [] { ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1); };
  const Outcome r = run(command);
  OCI_REQUIRE_OK(r);
  auto f = facts(r.out);
  OCI_CHECK_HAS(f["fd.3"], "/one");
  OCI_CHECK_HAS(f["fd.4"], "/two");
  BOOST_TEST(f["env.LISTEN_FDS"] == "1");
  BOOST_TEST(f["env.LISTEN_PID"] == "1");
}

BOOST_AUTO_TEST_CASE(socket_activation_of_somebody_else) {
  Given b;
  const Open one(b.scratch("one"));
  Command command = b.creation("run", {});
  command.fds = {{one.fd, 3}};
  command.env = {"LISTEN_FDS=1", "LISTEN_PID=1"};
  const Outcome r = run(command);
  OCI_REQUIRE_OK(r);
  BOOST_TEST(facts(r.out).count("fd.3") == 0u);
  BOOST_TEST(facts(r.out).count("env.LISTEN_FDS") == 0u);
}

BOOST_AUTO_TEST_CASE(closed_streams_are_replaced) {
  OCI_NOT_RUNC("old ones differ");
  Given b;
  b.shell("ls /proc/self/fd >/tmp/fds; true");
  Command command = b.creation("run", {});
  command.in_child = [] {
    for (int fd = 0; fd < 3; ++fd) ::close(fd);
  };
  OCI_REQUIRE_OK(run(command));
  BOOST_TEST(read_file(b.rootfs() + "/tmp/fds") == "0\n1\n2\n3\n");
}

BOOST_AUTO_TEST_CASE(the_waiting_init_holds_nothing_of_the_caller) {
  Given b;
  struct stat mine, held;
  BOOST_REQUIRE(::stat(b.scratch("one").c_str(), &mine) == 0);
  const Open one(b.scratch("one"));
  Command command = b.args({"/bin/sleep", "1000"}).creation("create", {});
  command.fds = {{one.fd, 9}};
  OCI_REQUIRE_OK(run(command));
  const std::string fds = "/proc/" + std::to_string(b.pid()) + "/fd/";
  for (int fd = 0; fd < 64; ++fd)
    if (::stat((fds + std::to_string(fd)).c_str(), &held) == 0)
      BOOST_TEST((held.st_dev != mine.st_dev || held.st_ino != mine.st_ino), fd);
}

BOOST_AUTO_TEST_SUITE_END()
