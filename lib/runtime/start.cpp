#include "lib/runtime/start.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/runtime/serve.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"

namespace oci::runtime {
namespace {

// EOF: init has executed the program (both FIFO ends of it are close-on-exec), or is dead.
Status read_report(FdRef fifo, const Record& record) {
  plan::Report report{};
  ssize_t n;
  do n = ::read(fifo.get(), &report, sizeof report);
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("read", kReportFifo);
  if (n != static_cast<ssize_t>(sizeof report)) return {};
  Error error = sys::call_error("exec", record.process.args.empty() ? "" : record.process.args.front(), report.err);
  error.code = Code::kExec;
  return error;
}

Status kill_and_return(FdRef pidfd, Error error) {
  (void)sys::send_signal(pidfd, SIGKILL);
  return error;
}

}  // namespace

Status start_container(const Context& context, Entry& entry, Record& record, FdRef pidfd, const Gate& gate) {
  const pid_t pid = record.init.pid;
  if (auto done = run_hooks(context, record, record.hooks.start_container, "startContainer", HookPlace::kProcess,
                            state_document(record, "created", pid), pidfd);
      !done)
    return kill_and_return(pidfd, std::move(done).error());
  TRY(gate.go());
  TRY(gate.executed());
  record.phase = Phase::kRunning;
  TRY(entry.save(record));
  if (auto done = run_hooks(context, record, record.hooks.poststart, "poststart", HookPlace::kRuntime,
                            state_document(record, "running", pid), pidfd);
      !done)
    return kill_and_return(pidfd, std::move(done).error());
  return {};
}

Status start_by_fifo(const Context& context, Entry& entry, Record& record) {
  switch (TRY(status_of(entry, record))) {
    case ContainerStatus::kCreated: break;
    case ContainerStatus::kStopped:
      return Error{Code::kWrongState, "cannot start a container that has stopped", 0, {}, {}};
    case ContainerStatus::kRunning:
      return Error{Code::kWrongState, "cannot start an already running container", 0, {}, {}};
    default:
      return Error{Code::kWrongState, "cannot start a container in the " +
                   std::string(status_name(TRY(status_of(entry, record)))) + " state", 0, {}, {}};
  }
  const UniqueFd pidfd = TRY(sys::open_identified(record.init));
  // Open for reading before the word is said: init's own end keeps it from ending early.
  const UniqueFd report = TRY(sys::open_at(entry.dir(), kReportFifo, O_RDONLY | O_NONBLOCK));
  ::fcntl(report.get(), F_SETFL, 0);
  const Gate gate{[&]() -> Status {
                    const UniqueFd word = TRY(sys::open_at(entry.dir(), kGateFifo, O_WRONLY | O_NONBLOCK));
                    return sys::write_all(word, "G");
                  },
                  // The program that cannot be executed is the container's own end, not an error of start (C009).
                  [&]() -> Status {
                    auto said = read_report(report, record);
                    if (!said) context.log(LogLevel::kWarning, said.error().text);
                    return {};
                  }};
  TRY(start_container(context, entry, record, pidfd, gate));
  ::unlinkat(entry.dir().get(), kGateFifo, 0);
  ::unlinkat(entry.dir().get(), kReportFifo, 0);
  return {};
}

}  // namespace oci::runtime
