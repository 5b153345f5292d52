// A message of a socket with the descriptors that come beside it.
#pragma once

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string>
#include <vector>

namespace oci::test {

struct FdMessage {
  std::string data;
  std::vector<int> fds;  // closed by their owner
  bool last = false;     // the peer has nothing more to say
};

// The first message of `connection`, which is closed.
inline FdMessage take_message(int connection, bool then_to_the_end) {
  FdMessage got;
  std::array<char, 65536> data;
  alignas(cmsghdr) char control[256];
  iovec part{data.data(), data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = ::recvmsg(connection, &message, MSG_CMSG_CLOEXEC);
  if (n > 0) got.data.assign(data.data(), static_cast<std::size_t>(n));
  for (cmsghdr* c = CMSG_FIRSTHDR(&message); n > 0 && c != nullptr; c = CMSG_NXTHDR(&message, c))
    for (std::size_t at = 0; at + sizeof(int) <= c->cmsg_len - CMSG_LEN(0); at += sizeof(int)) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(c) + at, sizeof fd);
      got.fds.push_back(fd);
    }
  got.last = then_to_the_end && ::read(connection, data.data(), 1) == 0;
  ::close(connection);
  return got;
}

}  // namespace oci::test
