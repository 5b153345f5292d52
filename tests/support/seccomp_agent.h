// The agent of a seccomp listener: mkdir fails with ENOMEDIUM, every other call goes on.
#pragma once

#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/child.h"
#include "tests/support/console_socket.h"
#include "tests/support/process.h"

namespace oci::test {

class SeccompAgent {
 public:
  explicit SeccompAgent(std::string path)
      : path_(std::move(path)), socket_(listen_at(path_)), child_([this] { return work(); }) {
    ::close(socket_);
  }

  const std::string& path() const { return path_; }
  // What came with a listener, in order: one document for each.
  std::vector<std::string> told() const {
    std::vector<std::string> documents;
    for (const std::string& line : lines(read_file(log())))
      if (line.starts_with('{')) documents.push_back(line);
    return documents;
  }
  // How many times it was asked about the call with this number.
  int asked(long call) const {
    int count = 0;
    for (const std::string& line : lines(read_file(log()))) count += line == call_line(call);
    return count;
  }

 private:
  std::string log() const { return path_ + ".log"; }
  static std::string call_line(long call) { return "call " + std::to_string(call); }

  // One write for each line: readers see whole ones.
  void note(std::string line) const {
    line += '\n';
    const int fd = ::open(log().c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    [[maybe_unused]] const ssize_t n = ::write(fd, line.data(), line.size());
    ::close(fd);
  }

  // The listener of a connection, -1 for none.
  int accept_one() const {
    const int connection = ::accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    // There is one message in a connection.
    FdMessage got = take_message(connection, true);
    if (!got.last || got.fds.size() != 1) return -1;
    note(std::move(got.data));
    return got.fds.front();
  }

  void answer(int listener) const {
    // Kernels may have longer ones than the headers tell.
    union {
      seccomp_notif call;
      std::array<char, 256> room;
    } got{};
    got.room.fill(0);
    if (::ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &got) != 0) return;
    note(call_line(got.call.data.nr));
    union {
      seccomp_notif_resp answer;
      std::array<char, 256> room;
    } reply{};
    reply.room.fill(0);
    reply.answer.id = got.call.id;
    const bool make_dir = got.call.data.nr == SYS_mkdirat
#ifdef SYS_mkdir
                          || got.call.data.nr == SYS_mkdir
#endif
        ;
    if (make_dir)
      reply.answer.error = -ENOMEDIUM;
    else
      reply.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ::ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply);
  }

  int work() const {
    std::vector<pollfd> watched{{socket_, POLLIN, 0}};
    for (;;) {
      if (::poll(watched.data(), watched.size(), -1) < 0) continue;
      for (std::size_t i = 1; i < watched.size(); ++i) {
        if ((watched[i].revents & POLLIN) != 0) answer(watched[i].fd);
        if ((watched[i].revents & (POLLHUP | POLLERR)) == 0) continue;
        ::close(watched[i].fd);
        watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i--));
      }
      if (watched[0].revents == 0) continue;
      if (const int fd = accept_one(); fd >= 0) watched.push_back({fd, POLLIN, 0});
    }
  }

  std::string path_;
  int socket_;
  Child child_;
};

}  // namespace oci::test
