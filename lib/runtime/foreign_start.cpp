// start of a container whose init is runc's or crun's. Neither tells what becomes of its execve.
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "lib/base/try.h"
#include "lib/runtime/foreign.h"
#include "lib/runtime/notify.h"
#include "lib/runtime/start.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

Result<UniqueFd> open_fifo(FdRef dir, int flags) {
  UniqueFd fifo = TRY(sys::open_at(dir, kGateFifo, flags | O_NONBLOCK | O_NOFOLLOW));
  struct stat st;
  if (::fstat(fifo.get(), &st) < 0) return sys::last_error("stat", kGateFifo);
  if (!S_ISFIFO(st.st_mode))
    return Error{Code::kCorruptState, std::string(kGateFifo) + " is not a FIFO", 0, kGateFifo, {}};
  return fifo;
}

Status remove_fifo(FdRef dir) {
  if (::unlinkat(dir.get(), kGateFifo, 0) < 0 && errno != ENOENT)
    return sys::last_error("unlink", kGateFifo);
  return {};
}

// runc's init waits in an open for writing until somebody opens for reading; then it writes a byte
// and goes on.
Status pass_runc_gate(FdRef dir, FdRef pidfd) {
  const UniqueFd fifo = TRY(open_fifo(dir, O_RDONLY));
  std::array<pollfd, 2> polled{pollfd{fifo.get(), POLLIN, 0}, pollfd{pidfd.get(), POLLIN, 0}};
  int n;
  do n = ::poll(polled.data(), polled.size(), -1);
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("poll", kGateFifo);
  char byte;
  ssize_t got;
  do got = ::read(fifo.get(), &byte, 1);
  while (got < 0 && errno == EINTR);
  if (got == 1) return remove_fifo(dir);
  if (polled[1].revents != 0)
    return Error{Code::kNotRunning, "container process is already dead", 0, {}, {}};
  return Error{Code::kWrongState, "cannot start an already running container", 0, {}, {}};
}

// crun's init waits for a byte.
Status pass_crun_gate(FdRef dir) {
  // For reading as well: a write to an init that has just died must not raise SIGPIPE.
  const UniqueFd fifo = TRY(open_fifo(dir, O_RDWR));
  TRY(sys::write_all(fifo, std::string_view("\0", 1)));
  return remove_fifo(dir);
}

}  // namespace

Status start_foreign(const Context& context, const Store& store, Entry& entry, Record& record,
                     const StartOptions& options, FdRef pidfd) {
  if (record.maker == Maker::kCrun && !options.notify_socket.empty())
    return Error{Code::kUnsupported,
                 "start with NOTIFY_SOCKET is not supported for a container that crun created",
                 0,
                 "NOTIFY_SOCKET",
                 {}};
  std::optional<NotifyProxy> notify;
  if (!options.notify_socket.empty())
    notify.emplace(
        TRY(NotifyProxy::open(entry.dir(), store.path_of(record.id), options.notify_socket)));
  const Gate gate{[&] {
                    return record.maker == Maker::kRunc ? pass_runc_gate(entry.dir(), pidfd)
                                                        : pass_crun_gate(entry.dir());
                  },
                  [] { return Status(); }};
  TRY(start_container(context, entry, record, pidfd, gate));
  entry.unlock();
  if (notify) (void)TRY(notify->wait_ready(pidfd, record.init.pid));
  return {};
}

}  // namespace oci::runtime
