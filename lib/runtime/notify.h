// The sd_notify(3) proxy: tells the service manager that the container is ready.
//
// create makes a directory for a socket and binds it into the container; start listens there until
// the program says READY=, and then says READY=1, MAINPID=<host pid> and BARRIER=1 to the manager.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

inline constexpr const char* kNotifyDir = "notify";          // below the container's directory
inline constexpr const char* kNotifySocket = "notify.sock";  // in it
inline constexpr std::chrono::seconds kNotifyBarrierTimeout{
    30};  // as sd_notify_barrier's callers choose it

// The directory that is bound at /run/notify. An existing one is fine.
Status make_notify_dir(FdRef container_dir);

class NotifyProxy {
 public:
  // Binds the socket. `manager` is the value of NOTIFY_SOCKET: a path or "@abstract".
  // `container_path` is the container's directory in words. Errors: `listen unixgram PATH: bind:
  // ...`.
  static Result<NotifyProxy> open(FdRef container_dir, const std::string& container_path,
                                  std::string manager);

  // For a poll loop: readable when something was said. Then on_readable(); true once READY was
  // passed on, after which the proxy is done.
  FdRef fd() const { return FdRef(socket_); }
  Result<bool> on_readable(pid_t main_pid);

  // Blocks until READY was passed on and the manager has seen it (at most kNotifyBarrierTimeout):
  // true. Or until the process has ended: false. Never longer.
  Result<bool> wait_ready(FdRef pidfd, pid_t main_pid);

 private:
  NotifyProxy(UniqueFd socket, std::string manager)
      : socket_(std::move(socket)), manager_(std::move(manager)) {}
  Status announce(pid_t main_pid);
  UniqueFd socket_;
  UniqueFd barrier_;  // hangs up when the manager has handled everything before it
  std::string manager_;
};

}  // namespace oci::runtime
