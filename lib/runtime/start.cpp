#include "lib/runtime/start.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "lib/base/try.h"
#include "lib/runtime/drill.h"
#include "lib/runtime/notify.h"
#include "lib/runtime/serve.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"

namespace oci::runtime {
namespace {

// EOF: init has executed the program (both FIFO ends of it are close-on-exec), or is dead.
Status read_report(FdRef fifo) {
  plan::Report report{};
  ssize_t n;
  do n = ::read(fifo.get(), &report, sizeof report);
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("read", kReportFifo);
  if (n != static_cast<ssize_t>(sizeof report)) return {};
  return sys::call_error(std::string_view(report.note, ::strnlen(report.note, sizeof report.note)),
                         "", report.err);
}

Status kill_and_return(FdRef pidfd, Error error) {
  (void)sys::send_signal(pidfd, SIGKILL);
  return error;
}

}  // namespace

Status start_container(const Context& context, Entry& entry, Record& record, FdRef pidfd,
                       const Gate& gate) {
  const pid_t pid = record.init.pid;
  std::vector<std::byte> seccomp;
  if (record.has_seccomp && !record.hooks.start_container.empty())
    seccomp = TRY(entry.load_seccomp());
  if (auto done =
          run_hooks(context, record, record.hooks.start_container, "startContainer",
                    HookPlace::kProcess, state_document(record, "created", pid), pidfd, seccomp);
      !done)
    return kill_and_return(pidfd, std::move(done).error());
  drill_point();
  TRY(gate.go());
  drill_point();
  TRY(gate.executed());
  drill_point();
  if (record.phase != Phase::kStarting) {
    record.phase = Phase::kRunning;
    TRY(entry.save(record));
  }
  drill_point();
  if (auto done = run_hooks(context, record, record.hooks.poststart, "poststart",
                            HookPlace::kRuntime, state_document(record, "running", pid), pidfd);
      !done)
    return kill_and_return(pidfd, std::move(done).error());
  return {};
}

Status start_by_fifo(const Context& context, const Store& store, Entry& entry, Record& record,
                     const StartOptions& options) {
  const ContainerStatus status = TRY(status_of(entry, record));
  switch (status) {
    case ContainerStatus::kCreated: break;
    case ContainerStatus::kStopped:
      return Error{Code::kWrongState, "cannot start a container that has stopped", 0, {}, {}};
    case ContainerStatus::kRunning:
      return Error{Code::kWrongState, "cannot start an already running container", 0, {}, {}};
    default:
      return Error{Code::kWrongState,
                   "cannot start a container in the " + std::string(status_name(status)) + " state",
                   0,
                   {},
                   {}};
  }
  const UniqueFd pidfd = TRY(sys::open_identified(record.init));
  // Open for reading before the word is said: init's own end keeps it from ending early.
  const UniqueFd report = TRY(sys::open_at(entry.dir(), kReportFifo, O_RDONLY | O_NONBLOCK));
  ::fcntl(report.get(), F_SETFL, 0);
  std::optional<NotifyProxy> notify;
  if (!options.notify_socket.empty())
    notify.emplace(
        TRY(NotifyProxy::open(entry.dir(), store.path_of(record.id), options.notify_socket)));
  const Gate gate{[&]() -> Status {
                    const UniqueFd word =
                        TRY(sys::open_at(entry.dir(), kGateFifo, O_WRONLY | O_NONBLOCK));
                    return sys::write_all(word, "G");
                  },
                  [&] { return read_report(report); }};
  TRY(start_container(context, entry, record, pidfd, gate));
  drill_point();
  ::unlinkat(entry.dir().get(), kGateFifo, 0);
  ::unlinkat(entry.dir().get(), kReportFifo, 0);
  // Whoever kills or deletes it meanwhile must not wait for its readiness.
  entry.unlock();
  if (notify) (void)TRY(notify->wait_ready(pidfd, record.init.pid));
  return {};
}

}  // namespace oci::runtime
