#include "lib/sys/socket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "lib/sys/file.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::TempDir;

namespace {
// Two descriptors of one open file.
bool same_file(int a, int b) {
  struct stat x, y;
  return ::fstat(a, &x) == 0 && ::fstat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}
}  // namespace

BOOST_AUTO_TEST_SUITE(unix_socket)

BOOST_AUTO_TEST_CASE(packets_keep_their_bounds_and_carry_descriptors) {
  auto pair = sys::make_seqpacket_pair();
  auto pipe = sys::make_pipe();
  BOOST_REQUIRE(pair.ok() && pipe.ok());
  const int fds[] = {pipe->read.get(), pipe->write.get()};
  BOOST_REQUIRE(sys::send_message(pair->first, "one", fds).ok());
  BOOST_REQUIRE(sys::send_message(pair->first, "second").ok());
  std::array<char, 64> buffer;
  auto first = sys::receive_message(pair->second, buffer);
  BOOST_REQUIRE(first.ok());
  BOOST_CHECK_EQUAL(std::string(buffer.data(), first->size), "one");
  BOOST_REQUIRE_EQUAL(first->fds.size(), 2u);
  BOOST_CHECK(same_file(first->fds[0].get(), pipe->read.get()));
  BOOST_CHECK_NE(first->fds[0].get(), pipe->read.get());
  BOOST_CHECK((::fcntl(first->fds[1].get(), F_GETFD) & FD_CLOEXEC) != 0);
  auto second = sys::receive_message(pair->second, buffer);
  BOOST_REQUIRE(second.ok());
  BOOST_CHECK_EQUAL(std::string(buffer.data(), second->size), "second");
  BOOST_CHECK(second->fds.empty());
  pair->first.reset();
  BOOST_CHECK_EQUAL(sys::receive_message(pair->second, buffer).value().size, 0u);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_an_error) {
  auto pair = sys::make_seqpacket_pair();
  BOOST_REQUIRE(pair.ok());
  std::array<char, 4> small;
  BOOST_REQUIRE(sys::send_message(pair->first, "12345").ok());
  BOOST_CHECK_EQUAL(sys::receive_message(pair->second, small).error().sys_errno, EMSGSIZE);
  BOOST_CHECK_EQUAL(sys::receive_message(pair->second, small, MSG_DONTWAIT).error().sys_errno,
                    EAGAIN);
  BOOST_CHECK_EQUAL(sys::send_message(pair->first, "").error().sys_errno, EINVAL);
  const std::vector<int> many(sys::kMaxPassedFds + 1, 0);
  BOOST_CHECK_EQUAL(sys::send_message(pair->first, "x", many).error().sys_errno, EINVAL);
}

BOOST_AUTO_TEST_CASE(a_closed_peer_is_epipe_not_a_signal) {
  auto pair = sys::make_seqpacket_pair();
  BOOST_REQUIRE(pair.ok());
  pair->second.reset();
  BOOST_CHECK_EQUAL(sys::send_message(pair->first, "x").error().sys_errno, EPIPE);
}

BOOST_AUTO_TEST_CASE(connects_below_a_directory_and_over_long_paths) {
  TempDir temp;
  const std::string deep = temp / (std::string(100, 'd') + "/" + std::string(100, 'e'));
  std::filesystem::create_directories(deep);
  auto dir = sys::open(deep, O_PATH | O_DIRECTORY);
  BOOST_REQUIRE(dir.ok());
  auto server = sys::bind_unix_at(*dir, "s", SOCK_STREAM, 0600);
  BOOST_REQUIRE_MESSAGE(server.ok(), (server.ok() ? "" : server.error().text));
  struct stat st;
  BOOST_REQUIRE(::stat((deep + "/s").c_str(), &st) == 0);
  BOOST_CHECK(S_ISSOCK(st.st_mode));
  BOOST_CHECK_EQUAL(st.st_mode & 07777, 0600u);
  BOOST_CHECK_EQUAL(sys::connect_unix_at(*dir, "s").error().sys_errno, ECONNREFUSED);
  BOOST_REQUIRE(::listen(server->get(), 2) == 0);
  BOOST_CHECK(sys::connect_unix_at(*dir, "s").ok());
  BOOST_CHECK(sys::connect_unix_at(FdRef(sys::kCwd), deep + "/s").ok());
  BOOST_CHECK_EQUAL(sys::connect_unix_at(*dir, "none").error().sys_errno, ENOENT);
  BOOST_CHECK_EQUAL(sys::connect_unix_at(FdRef(sys::kCwd), deep + "/none").error().sys_errno,
                    ENOENT);
  BOOST_CHECK_EQUAL(sys::connect_unix_at(*dir, "").error().sys_errno, ENOENT);
}

BOOST_AUTO_TEST_CASE(the_mode_does_not_depend_on_the_umask) {
  TempDir temp;
  auto dir = sys::open(temp.path(), O_PATH | O_DIRECTORY);
  BOOST_REQUIRE(dir.ok());
  const mode_t before = ::umask(077);
  auto server = sys::bind_unix_at(*dir, "s", SOCK_DGRAM, 0777);
  ::umask(before);
  BOOST_REQUIRE(server.ok());
  struct stat st;
  BOOST_REQUIRE(::stat((temp / "s").c_str(), &st) == 0);
  BOOST_CHECK_EQUAL(st.st_mode & 07777, 0777u);
  BOOST_CHECK_EQUAL(sys::bind_unix_at(*dir, "s", SOCK_DGRAM, 0777).error().sys_errno, EADDRINUSE);
  BOOST_CHECK_EQUAL(sys::bind_unix_at(*dir, "../s", SOCK_DGRAM, 0777).error().sys_errno, EINVAL);
}

BOOST_AUTO_TEST_CASE(a_full_backlog_does_not_block_for_ever) {
  TempDir temp;
  auto dir = sys::open(temp.path(), O_PATH | O_DIRECTORY);
  BOOST_REQUIRE(dir.ok());
  auto server = sys::bind_unix_at(*dir, "s", SOCK_STREAM, 0600);
  BOOST_REQUIRE(server.ok());
  BOOST_REQUIRE(::listen(server->get(), 0) == 0);
  std::vector<UniqueFd> waiting;
  for (;;) {
    auto one = sys::connect_unix_at(*dir, "s", SOCK_STREAM, std::chrono::seconds(1));
    if (!one) {
      BOOST_CHECK_EQUAL(one.error().sys_errno, EAGAIN);
      break;
    }
    waiting.push_back(one.take());
    BOOST_REQUIRE_LT(waiting.size(), 5u);
  }
}

BOOST_AUTO_TEST_CASE(abstract_names) {
  const std::string name = "@oci-test-" + std::to_string(::getpid());
  const int server = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path + 1, name.data() + 1, name.size() - 1);
  BOOST_REQUIRE(::bind(server, reinterpret_cast<sockaddr*>(&address),
                       static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())) == 0);
  auto client = sys::connect_unix_at(FdRef(sys::kCwd), name, SOCK_DGRAM);
  BOOST_CHECK_MESSAGE(client.ok(), (client.ok() ? "" : client.error().text));
  BOOST_CHECK_EQUAL(sys::connect_unix_at(FdRef(sys::kCwd), "@" + std::string(200, 'x'), SOCK_DGRAM)
                        .error()
                        .sys_errno,
                    ENAMETOOLONG);
  ::close(server);
}

BOOST_AUTO_TEST_SUITE_END()
