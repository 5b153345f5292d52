#include "lib/runtime/console.h"

#include <sys/socket.h>

#include <string_view>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/socket.h"

namespace oci::runtime {

namespace {

Status send_fd(FdRef receiver, std::string_view data, FdRef fd) {
  const int fds[] = {fd.get()};
  return sys::send_message(receiver, data, fds);
}

}  // namespace

Result<UniqueFd> connect_receiver(FdRef dir, const std::string& path) {
  auto socket = sys::connect_unix_at(dir, path, SOCK_STREAM);
  // Go's words, as engines know them from runc.
  if (!socket)
    return sys::call_error("dial unix " + path + ": connect", "", socket.error().sys_errno);
  return socket;
}

Status send_console(FdRef receiver, FdRef master) {
  // Receivers log the name and want at least one byte; it is what the descriptor's link says
  // inside.
  return send_fd(receiver, "/dev/pts/ptmx", master);
}

Status send_pidfd(FdRef receiver, FdRef pidfd, PidfdOf which) {
  switch (which) {
    case PidfdOf::kInit: return send_fd(receiver, "standard", pidfd);
    case PidfdOf::kExec: return send_fd(receiver, "setns", pidfd);
    case PidfdOf::kPlain: return send_fd(receiver, " ", pidfd);
  }
  return {};
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
