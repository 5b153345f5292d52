#include "lib/runtime/notify.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/socket.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::Child;
using oci::test::TempDir;
using runtime::NotifyProxy;

namespace {

// A service manager, and a container's directory with its notify directory.
struct Scene {
  Scene() : dir(sys::open(temp.path(), O_PATH | O_DIRECTORY).value()) {
    manager = sys::bind_unix_at(dir, "manager", SOCK_DGRAM, 0600).value();
    BOOST_REQUIRE(runtime::make_notify_dir(dir).ok());
  }
  NotifyProxy open() {
    auto proxy = NotifyProxy::open(dir, temp.path(), temp / "manager");
    BOOST_REQUIRE_MESSAGE(proxy.ok(), (proxy.ok() ? "" : proxy.error().text));
    return proxy.take();
  }
  UniqueFd program() const {
    return sys::connect_unix_at(FdRef(sys::kCwd), temp / "notify/notify.sock", SOCK_DGRAM).value();
  }
  std::string told(std::vector<UniqueFd>* fds = nullptr) const {
    std::array<char, 256> buffer;
    auto message = sys::receive_message(manager, buffer, MSG_DONTWAIT);
    if (!message) return "(nothing)";
    if (fds != nullptr) *fds = std::move(message->fds);
    return std::string(buffer.data(), message->size);
  }
  TempDir temp;
  UniqueFd dir, manager;
};

int sleep_for_ever() {
  for (;;) ::pause();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notify)

BOOST_AUTO_TEST_CASE(ready_goes_on_with_the_host_pid_and_a_barrier) {
  Scene scene;
  NotifyProxy proxy = scene.open();
  const UniqueFd program = scene.program();
  BOOST_CHECK_EQUAL(proxy.on_readable(77).value(), false);
  BOOST_REQUIRE(sys::send_message(program, "STATUS=starting").ok());
  BOOST_CHECK_EQUAL(proxy.on_readable(77).value(), false);
  BOOST_CHECK_EQUAL(scene.told(), "(nothing)");
  BOOST_REQUIRE(sys::send_message(program, "READY=1").ok());
  BOOST_CHECK_EQUAL(proxy.on_readable(77).value(), true);
  BOOST_CHECK_EQUAL(scene.told(), "READY=1\n");
  BOOST_CHECK_EQUAL(scene.told(), "MAINPID=77\n");
  std::vector<UniqueFd> fds;
  BOOST_CHECK_EQUAL(scene.told(&fds), "BARRIER=1");
  BOOST_CHECK_EQUAL(fds.size(), 1u);
  BOOST_CHECK_EQUAL(scene.told(), "(nothing)");
}

BOOST_AUTO_TEST_CASE(any_line_of_a_datagram_counts) {
  for (const char* text : {"STATUS=x\nREADY=1\n", "A=1\n\nREADY=1\nB=2", "READY=1\nSTATUS=y"}) {
    Scene scene;
    NotifyProxy proxy = scene.open();
    const UniqueFd program = scene.program();
    BOOST_REQUIRE(sys::send_message(program, text).ok());
    BOOST_CHECK_MESSAGE(proxy.on_readable(1).value(), text);
  }
  for (const char* text : {"STATUS=READY=1", "XREADY=1", "READY", "\n"}) {
    Scene scene;
    NotifyProxy proxy = scene.open();
    const UniqueFd program = scene.program();
    BOOST_REQUIRE(sys::send_message(program, text).ok());
    BOOST_CHECK_MESSAGE(!proxy.on_readable(1).value(), text);
  }
}

BOOST_AUTO_TEST_CASE(any_user_may_send) {
  Scene scene;
  const NotifyProxy proxy = scene.open();
  struct stat st;
  BOOST_REQUIRE(::stat((scene.temp / "notify").c_str(), &st) == 0);
  BOOST_CHECK_EQUAL(st.st_mode & 07777, 0755u);
  BOOST_REQUIRE(::stat((scene.temp / "notify/notify.sock").c_str(), &st) == 0);
  BOOST_CHECK_EQUAL(st.st_mode & 07777, 0777u);
}

BOOST_AUTO_TEST_CASE(waiting_ends_when_the_manager_has_seen_the_barrier) {
  Scene scene;
  NotifyProxy proxy = scene.open();
  Child child(sleep_for_ever);
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  std::thread others([&] {
    const UniqueFd program = scene.program();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    static_cast<void>(sys::send_message(program, "READY=1").ok());
    std::array<char, 256> buffer;
    for (int i = 0; i < 3; ++i) static_cast<void>(sys::receive_message(scene.manager, buffer).ok());
  });
  const auto start = std::chrono::steady_clock::now();
  const auto ready = proxy.wait_ready(pidfd, child.pid());
  others.join();
  BOOST_REQUIRE(ready.ok());
  BOOST_CHECK(*ready);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_process) {
  Scene scene;
  NotifyProxy proxy = scene.open();
  Child child([] { return 0; });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  BOOST_CHECK_EQUAL(proxy.wait_ready(pidfd, child.pid()).value(), false);
  BOOST_CHECK_EQUAL(scene.told(), "(nothing)");
}

BOOST_AUTO_TEST_CASE(a_last_word_is_heard) {
  Scene scene;
  NotifyProxy proxy = scene.open();
  const UniqueFd program = scene.program();
  Child child([&] { return sys::send_message(program, "STATUS=x\nREADY=1").ok() ? 0 : 1; });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  BOOST_REQUIRE(sys::wait_ended(pidfd, std::chrono::seconds(5)).value());
  BOOST_CHECK_EQUAL(proxy.wait_ready(pidfd, child.pid()).value(), true);
  BOOST_CHECK_EQUAL(scene.told(), "READY=1\n");
}

BOOST_AUTO_TEST_CASE(oversized_messages_do_not_end_it) {
  Scene scene;
  NotifyProxy proxy = scene.open();
  const UniqueFd program = scene.program();
  BOOST_REQUIRE(sys::send_message(program, std::string(20000, 'x')).ok());
  BOOST_REQUIRE(sys::send_message(program, "READY=1").ok());
  BOOST_CHECK_EQUAL(proxy.on_readable(1).value(), true);
}

BOOST_AUTO_TEST_CASE(a_second_start_takes_the_place_of_a_dead_one) {
  Scene scene;
  { const NotifyProxy dead = scene.open(); }
  NotifyProxy proxy = scene.open();
  const UniqueFd program = scene.program();
  BOOST_REQUIRE(sys::send_message(program, "READY=1").ok());
  BOOST_CHECK(proxy.on_readable(1).value());
}

BOOST_AUTO_TEST_CASE(without_the_directory_it_says_what_runc_says) {
  TempDir temp;
  const UniqueFd dir = sys::open(temp.path(), O_PATH | O_DIRECTORY).value();
  const auto proxy = NotifyProxy::open(dir, temp.path(), "/nowhere");
  BOOST_REQUIRE(!proxy.ok());
  BOOST_CHECK_EQUAL(proxy.error().text, "listen unixgram " + temp.path() +
                                            "/notify/notify.sock: bind: no such file or directory");
}

BOOST_AUTO_TEST_CASE(a_link_in_place_of_the_directory_is_refused) {
  TempDir temp;
  std::filesystem::create_directory(temp / "victim");
  std::filesystem::create_directory_symlink("victim", temp / "notify");
  const UniqueFd dir = sys::open(temp.path(), O_PATH | O_DIRECTORY).value();
  BOOST_CHECK(!NotifyProxy::open(dir, temp.path(), "/nowhere").ok());
  BOOST_CHECK(std::filesystem::is_empty(temp / "victim"));
}

BOOST_AUTO_TEST_SUITE_END()
