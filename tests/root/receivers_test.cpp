// Sockets that get a pidfd of the container's processes.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

#include "tests/root/support.h"
#include "tests/support/console_socket.h"

using namespace oci::test;

namespace {

struct Received {
  std::string data;
  int pid = 0;  // of the pidfd
  int count = 0;
};

class Receiver {
 public:
  explicit Receiver(const std::string& path) : socket_(listen_at(path)) {
    ::fcntl(socket_, F_SETFL, O_NONBLOCK);
  }
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  ~Receiver() { ::close(socket_); }

  // What the one peer said; everything is there already.
  Received take() const {
    Received got;
    const int peer = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (peer < 0) return got;
    FdMessage message = take_message(peer, true);
    got.data = std::move(message.data);
    for (const int fd : message.fds) {
      ++got.count;
      auto info = read_file("/proc/self/fdinfo/" + std::to_string(fd));
      if (const auto at = info.find("Pid:\t"); at != std::string::npos)
        got.pid = std::stoi(info.substr(at + 5));
      ::close(fd);
    }
    BOOST_TEST(message.last);  // closed behind it
    return got;
  }

 private:
  int socket_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(receivers)

BOOST_AUTO_TEST_CASE(create_gives_its_init) {
  OCI_NOT_RUNC("1.1 has no --pidfd-socket");
  Bundle b;
  const Receiver receiver(b.scratch("s"));
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create({"--pidfd-socket", b.scratch("s")}));
  const Received got = receiver.take();
  BOOST_TEST(got.data == "standard");
  BOOST_TEST(got.count == 1);
  BOOST_TEST(got.pid == b.pid());
}

BOOST_AUTO_TEST_CASE(a_relative_path_is_below_the_bundle) {
  OCI_NOT_RUNC("1.1 has no --pidfd-socket");
  Bundle b;
  b.write_config();
  const Receiver receiver(b.dir() + "/s");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).run({"--detach", "--pidfd-socket", "s"}));
  BOOST_TEST(receiver.take().pid == b.pid());
  const std::string pid_file = b.scratch("pid");
  OCI_REQUIRE_OK(
      b.exec({"/bin/sleep", "1000"}, {"--detach", "--pid-file", pid_file, "--pidfd-socket", "s"}));
  const Received got = receiver.take();
  BOOST_TEST(got.data == "setns");
  BOOST_TEST(std::to_string(got.pid) == read_file(pid_file));
}

BOOST_AUTO_TEST_CASE(nobody_listens) {
  OCI_NOT_RUNC("1.1 has no --pidfd-socket");
  Bundle b;
  const Traces traces(b);
  b.args({"/bin/sleep", "1000"});
  const Outcome r = b.create({"--pidfd-socket", "/nowhere"});
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err,
                "failed to dial /nowhere: dial unix /nowhere: connect: no such file or directory");
  BOOST_TEST(traces.left() == "");
  b.start_sleeper();
  // The program must not have run.
  const Outcome executed =
      b.exec({"/bin/sh", "-c", "echo x >/tmp/ran"}, {"--pidfd-socket", "/nowhere"});
  BOOST_TEST(executed.code == 255);
  BOOST_TEST(read_file(b.rootfs() + "/tmp/ran") == "");
}

BOOST_AUTO_TEST_CASE(the_annotation_of_crun, *proves({"S259"})) {
  OCI_NOT_RUNC("an extension of crun");
  Bundle b;
  const Receiver receiver(b.scratch("s"));
  b.config.set("/annotations", R"({"run.oci.pidfd_receiver":")" + b.scratch("s") + "\"}");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  const Received got = receiver.take();
  BOOST_TEST(got.data.size() == 1u);
  BOOST_TEST(got.pid == b.pid());
  BOOST_TEST(b.remove().ok());
  b.config.set("/annotations", R"({"run.oci.pidfd_receiver":"/nowhere"})");
  const Outcome r = b.create();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "run.oci.pidfd_receiver: dial unix /nowhere: connect");
}

BOOST_AUTO_TEST_SUITE_END()
