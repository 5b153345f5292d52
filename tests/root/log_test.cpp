// --log to syslog and to journald, by sockets of the tests' own at their places.
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

// A service that listens at scratch("s"), and the runtime in a mount namespace where `at` leads
// there.
struct Service {
  Bundle b;
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  Service() {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, b.scratch("s").c_str(), sizeof address.sun_path - 1);
    BOOST_REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service() { ::close(socket); }

  Outcome fail_with(std::vector<std::string> flags, bool listening = true) {
    Command command = b.command({"state", "nobody"});
    command.argv.insert(command.argv.begin() + 1, flags.begin(), flags.end());
    command.in_child = [this, listening] {
      ::unshare(CLONE_NEWNS);
      ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      for (const char* dir : {"/dev", "/run"}) ::mount("tests", dir, "tmpfs", 0, nullptr);
      ::mknod("/dev/null", S_IFCHR | 0666, 0x103);
      ::mkdir("/run/systemd", 0755);
      ::mkdir("/run/systemd/journal", 0755);
      if (!listening) return;
      static_cast<void>(::symlink(b.scratch("s").c_str(), "/dev/log") +
                        ::symlink(b.scratch("s").c_str(), "/run/systemd/journal/socket"));
    };
    return run(command);
  }
  std::string heard() const {
    char bytes[4096];
    const ssize_t n = ::recv(socket, bytes, sizeof bytes, 0);
    return n < 0 ? std::string() : std::string(bytes, static_cast<std::size_t>(n));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(logs)

BOOST_AUTO_TEST_CASE(journald) {
  OCI_NOT_RUNC("an extension of crun");
  Service service;
  const Outcome r = service.fail_with({"--log=journald:box-1"});
  BOOST_TEST(r.code == 1);
  BOOST_TEST(r.err == "container does not exist\n");
  const std::string heard = service.heard();
  OCI_CHECK_HAS(heard, "MESSAGE=container does not exist\n");
  OCI_CHECK_HAS(heard, "PRIORITY=3\n");
  OCI_CHECK_HAS(heard, "SYSLOG_IDENTIFIER=box-1\n");
  OCI_CHECK_HAS(heard, "OCI_CODE=not-found\n");
}

BOOST_AUTO_TEST_CASE(syslog) {
  OCI_NOT_RUNC("an extension of crun");
  Service service;
  const Outcome r = service.fail_with({"--log=syslog:box-1", "--log-format=json"});
  BOOST_TEST(r.code == 1);
  BOOST_TEST(r.err == "container does not exist\n");
  const std::string heard = service.heard();
  BOOST_TEST(heard.starts_with("<11>"), heard);
  OCI_CHECK_HAS(heard, " box-1[");
  BOOST_TEST(heard.ends_with("]: container does not exist"), heard);
}

BOOST_AUTO_TEST_CASE(nobody_listens) {
  OCI_NOT_RUNC("an extension of crun");
  Service service;
  for (const char* log : {"--log=journald:x", "--log=syslog:x"}) {
    const Outcome r = service.fail_with({log}, false);
    BOOST_TEST(r.code == 1);
    OCI_CHECK_HAS(r.err, "connect ");
    OCI_CHECK_HAS(r.err, ": no such file or directory");
  }
}

BOOST_AUTO_TEST_CASE(a_file_with_and_without_its_prefix) {
  OCI_NOT_RUNC("an extension of crun");
  Bundle b;
  for (const char* prefix : {"", "file:"}) {
    Command command = b.command({"state", "nobody"});
    command.argv.insert(command.argv.begin() + 1, prefix == std::string()
                                                      ? "--log=" + b.scratch("l")
                                                      : "--log=file:" + b.scratch("l"));
    BOOST_TEST(run(command).code == 1);
  }
  BOOST_TEST(lines(read_file(b.scratch("l"))).size() == 2u);
}

BOOST_AUTO_TEST_CASE(levels) {
  OCI_NOT_RUNC("an extension of crun");
  Bundle b;
  const auto warned = [&](std::vector<std::string> flags) {
    Command command = b.command({"state", "nobody"});
    flags.push_back("--criu=x");  // which warns
    command.argv.insert(command.argv.begin() + 1, flags.begin(), flags.end());
    return contains(run(command).err, "criu has no effect");
  };
  BOOST_TEST(warned({}));
  BOOST_TEST(warned({"--log-level=warning"}));
  BOOST_TEST(!warned({"--log-level=error"}));
  BOOST_TEST(!warned({"--log-format=json"}));
  BOOST_TEST(warned({"--log-format=json", "--log-level=warning"}));
  BOOST_TEST(warned({"--log-level=error", "--debug"}));
  Command bad = b.command({"state", "nobody"});
  bad.argv.insert(bad.argv.begin() + 1, "--log-level=loud");
  OCI_CHECK_HAS(said(run(bad)), "unknown log level \"loud\"");
}

BOOST_AUTO_TEST_SUITE_END()
