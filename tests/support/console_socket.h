// Where a runtime sends the terminal of a container that it creates.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>

#include "tests/support/fd_message.h"

namespace oci::test {

// A listening socket at `path`; closed by its owner.
inline int listen_at(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  BOOST_REQUIRE(path.size() < sizeof address.sun_path);
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  BOOST_REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  BOOST_REQUIRE(::listen(fd, 4) == 0);
  return fd;
}

// The receiving end that an engine has.
class ConsoleSocket {
 public:
  explicit ConsoleSocket(const std::string& path) : fd_(listen_at(path)) {}
  ConsoleSocket(const ConsoleSocket&) = delete;
  ConsoleSocket& operator=(const ConsoleSocket&) = delete;
  ~ConsoleSocket() { ::close(fd_); }

  // The descriptor that came, or -1. `name` is the data beside it.
  int receive(std::string* name = nullptr) {
    pollfd ready{fd_, POLLIN, 0};
    if (::poll(&ready, 1, 5000) != 1) return -1;
    const int connection = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
    const FdMessage got = take_message(connection, false);
    if (got.fds.size() != 1) return -1;
    if (name != nullptr) *name = got.data;
    return got.fds.front();
  }

 private:
  int fd_;
};

}  // namespace oci::test
