#include "lib/runtime/console.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/socket.h"
#include "lib/sys/tty.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::TempDir;

namespace {

struct Listener {
  explicit Listener(const std::string& directory)
      : dir(sys::open(directory, O_PATH | O_DIRECTORY).value()),
        socket(sys::bind_unix_at(dir, "s", SOCK_STREAM, 0600).value()) {
    BOOST_REQUIRE(::listen(socket.get(), 1) == 0);
  }
  // The one message of the one connection, and that the sender then hangs up.
  std::string accept_one(std::vector<UniqueFd>& fds) {
    const UniqueFd peer(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    std::array<char, 4096> buffer;
    auto message = sys::receive_message(peer, buffer);
    BOOST_REQUIRE(message.ok());
    const std::string data(buffer.data(), message->size);
    fds = std::move(message->fds);
    BOOST_CHECK_EQUAL(sys::receive_message(peer, buffer).value().size, 0u);
    return data;
  }
  UniqueFd connected() const { return runtime::connect_receiver(dir, "s").value(); }
  UniqueFd dir, socket;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(console)

BOOST_AUTO_TEST_CASE(the_receiver_gets_the_master_and_a_name) {
  TempDir temp;
  Listener listener(temp.path());
  auto pty = sys::open_pty();
  BOOST_REQUIRE(pty.ok());
  {
    const UniqueFd receiver = listener.connected();
    BOOST_REQUIRE(runtime::send_console(receiver, pty->master).ok());
  }
  pty->master.reset();
  std::vector<UniqueFd> fds;
  BOOST_CHECK_EQUAL(listener.accept_one(fds), "/dev/pts/ptmx");
  BOOST_REQUIRE_EQUAL(fds.size(), 1u);
  // It is the other side of our slave, and readable and writable.
  BOOST_REQUIRE(sys::set_window_size(fds[0], {12, 34}).ok());
  BOOST_CHECK_EQUAL(sys::window_size(pty->slave).value().columns, 34);
  BOOST_CHECK_EQUAL(::fcntl(fds[0].get(), F_GETFL) & O_ACCMODE, O_RDWR);
}

BOOST_AUTO_TEST_CASE(pidfds_go_the_same_way) {
  TempDir temp;
  Listener listener(temp.path());
  auto pidfd = sys::open_pidfd(::getpid());
  BOOST_REQUIRE(pidfd.ok());
  std::vector<UniqueFd> fds;
  const auto send = [&](runtime::PidfdOf which) {
    const UniqueFd receiver = listener.connected();
    return runtime::send_pidfd(receiver, *pidfd, which).ok();
  };
  BOOST_REQUIRE(send(runtime::PidfdOf::kInit));
  BOOST_CHECK_EQUAL(listener.accept_one(fds), "standard");
  BOOST_REQUIRE_EQUAL(fds.size(), 1u);
  BOOST_CHECK(sys::send_signal(fds[0], 0).ok());
  BOOST_REQUIRE(send(runtime::PidfdOf::kExec));
  BOOST_CHECK_EQUAL(listener.accept_one(fds), "setns");
  BOOST_REQUIRE(send(runtime::PidfdOf::kPlain));
  BOOST_CHECK_EQUAL(listener.accept_one(fds).size(), 1u);
}

BOOST_AUTO_TEST_CASE(errors_are_worded_as_engines_know_them) {
  TempDir temp;
  const UniqueFd dir = sys::open(temp.path(), O_PATH | O_DIRECTORY).value();
  const auto missing = runtime::connect_receiver(dir, "none.sock");
  BOOST_REQUIRE(!missing.ok());
  BOOST_CHECK_EQUAL(missing.error().text,
                    "dial unix none.sock: connect: no such file or directory");
  BOOST_CHECK_EQUAL(missing.error().sys_errno, ENOENT);
  const auto deaf = sys::bind_unix_at(dir, "deaf", SOCK_STREAM, 0600);
  const auto refused = runtime::connect_receiver(FdRef(sys::kCwd), temp / "deaf");
  BOOST_REQUIRE(!refused.ok());
  BOOST_CHECK_EQUAL(refused.error().text,
                    "dial unix " + (temp / "deaf") + ": connect: connection refused");
}

BOOST_AUTO_TEST_SUITE_END()
