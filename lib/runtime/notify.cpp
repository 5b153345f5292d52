#include "lib/runtime/notify.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/socket.h"

namespace oci::runtime {

namespace {

// Any line counts, also behind STATUS= and the like.
bool says_ready(std::string_view datagram) {
  while (!datagram.empty()) {
    const std::size_t end = datagram.find('\n');
    if (datagram.substr(0, end).starts_with("READY=")) return true;
    if (end == std::string_view::npos) return false;
    datagram.remove_prefix(end + 1);
  }
  return false;
}

// Waits until one of both is readable or hung up; the index of it, or -1 after the timeout.
Result<int> wait_first(FdRef first, FdRef second, int timeout_ms) {
  std::array<pollfd, 2> polled{pollfd{first.get(), POLLIN, 0}, pollfd{second.get(), POLLIN, 0}};
  int n;
  do n = ::poll(polled.data(), polled.size(), timeout_ms);
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("poll", "notify socket");
  if (n == 0) return -1;
  return polled[0].revents != 0 ? 0 : 1;
}

}  // namespace

Status make_notify_dir(FdRef container_dir) {
  if (::mkdirat(container_dir.get(), kNotifyDir, 0755) < 0 && errno != EEXIST)
    return sys::last_error("mkdir", kNotifyDir);
  // Any user of the container may have to reach the socket, whatever the caller's umask.
  if (::fchmodat(container_dir.get(), kNotifyDir, 0755, 0) < 0)
    return sys::last_error("chmod", kNotifyDir);
  return {};
}

Result<NotifyProxy> NotifyProxy::open(FdRef container_dir, const std::string& container_path,
                                      std::string manager) {
  const auto fail = [&](int err) {
    return sys::call_error(
        "listen unixgram " + container_path + "/" + kNotifyDir + "/" + kNotifySocket + ": bind", "",
        err);
  };
  auto dir = sys::open_at(container_dir, kNotifyDir, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!dir) return fail(dir.error().sys_errno);
  // Left by a start that was killed.
  if (::unlinkat(dir->get(), kNotifySocket, 0) < 0 && errno != ENOENT) return fail(errno);
  auto socket = sys::bind_unix_at(*dir, kNotifySocket, SOCK_DGRAM, 0777);
  if (!socket) return fail(socket.error().sys_errno);
  return NotifyProxy(socket.take(), std::move(manager));
}

Status NotifyProxy::announce(pid_t main_pid) {
  const auto socket = sys::connect_unix_at(FdRef(sys::kCwd), manager_, SOCK_DGRAM);
  if (!socket)
    return sys::call_error("dial unixgram " + manager_ + ": connect", "", socket.error().sys_errno);
  TRY(sys::send_message(*socket, "READY=1\n"));
  TRY(sys::send_message(*socket, "MAINPID=" + std::to_string(main_pid) + "\n"));
  sys::Pipe pipe = TRY(sys::make_pipe());
  const int fds[] = {pipe.write.get()};
  // The manager closes its copy when it has come to this message; then the reading end hangs up.
  if (sys::send_message(*socket, "BARRIER=1", fds).ok()) barrier_ = std::move(pipe.read);
  return {};
}

Result<bool> NotifyProxy::on_readable(pid_t main_pid) {
  std::array<char, 8192> buffer;
  // Bounded: a program that talks without end must not hold up what else the caller waits for.
  for (int count = 0; count < 64; ++count) {
    auto message = sys::receive_message(socket_, buffer, MSG_DONTWAIT);
    if (!message) {
      const int err = message.error().sys_errno;
      if (err == EAGAIN || err == EINTR) return false;
      if (err == EMSGSIZE)
        continue;  // longer than any sd_notify message; what the program says is its own affair
      return std::move(message).error();
    }
    if (!says_ready({buffer.data(), message->size})) continue;
    TRY(announce(main_pid));
    return true;
  }
  return false;
}

Result<bool> NotifyProxy::wait_ready(FdRef pidfd, pid_t main_pid) {
  bool ended = false;
  for (;;) {
    // What was said before the end still counts, so the socket is looked at once more then.
    if (TRY(on_readable(main_pid))) break;
    if (ended) return false;
    ended = TRY(wait_first(socket_, pidfd, -1)) == 1;
  }
  if (barrier_) {
    const auto limit = std::chrono::duration_cast<std::chrono::milliseconds>(kNotifyBarrierTimeout);
    TRY(wait_first(barrier_, pidfd, static_cast<int>(limit.count())));
  }
  return true;
}

}  // namespace oci::runtime
