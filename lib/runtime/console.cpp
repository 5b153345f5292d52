#include "lib/runtime/console.h"

#include <sys/socket.h>

#include <string_view>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/socket.h"

namespace oci::runtime {

namespace {

Status send_fd(FdRef dir, const std::string& path, std::string_view data, FdRef fd) {
  auto socket = sys::connect_unix_at(dir, path, SOCK_STREAM);
  // Go's words, as engines know them from runc.
  if (!socket)
    return sys::call_error("dial unix " + path + ": connect", "", socket.error().sys_errno);
  const int fds[] = {fd.get()};
  auto sent = sys::send_message(*socket, data, fds);
  if (!sent) return sys::call_error("sendmsg", path, sent.error().sys_errno);
  return {};
}

}  // namespace

Status send_console(FdRef dir, const std::string& path, FdRef master) {
  // Receivers log the name and want at least one byte; it is what the descriptor's link says
  // inside.
  return send_fd(dir, path, "/dev/pts/ptmx", master);
}

Status send_pidfd(FdRef dir, const std::string& path, FdRef pidfd, PidfdOf which) {
  return send_fd(dir, path, which == PidfdOf::kInit ? "standard" : "setns", pidfd);
}

Status check_console(const std::string& console_socket, bool terminal, bool detached) {
  const auto refuse = [](const char* text) {
    return Error{Code::kInvalidArgument, text, 0, "--console-socket", {}};
  };
  if (!console_socket.empty() && !(terminal && detached))
    return refuse("cannot use console socket if runc will not detach or allocate tty");
  if (terminal && detached && console_socket.empty())
    return refuse("cannot allocate tty if runc will detach without setting console socket");
  return {};
}

}  // namespace oci::runtime
