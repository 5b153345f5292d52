// The end of a container: undoing what its record names, item by item; each may be gone already.
#include <signal.h>

#include <cerrno>
#include <cstdlib>
#include <string_view>

#include "lib/base/try.h"
#include "lib/runtime/context.h"
#include "lib/runtime/drill.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/words/namespaces.h"

namespace oci::runtime {
namespace {

// A frozen one does not end before it is thawed, others do at once.
constexpr std::chrono::milliseconds kSoon{50};
// What a CRIU needs that has saved all.
constexpr std::chrono::milliseconds kCriuEnds{2000};

// The CRIU that traces the process; 0: none.
pid_t find_criu(pid_t pid) {
  constexpr std::string_view kKey = "TracerPid:\t";
  const auto status = sys::read_file("/proc/" + std::to_string(pid) + "/status");
  const std::size_t at = status ? status->find(kKey) : std::string::npos;
  if (at == std::string::npos) return 0;
  const pid_t tracer = std::atoi(status->c_str() + at + kKey.size());
  if (tracer == 0) return 0;
  const auto name = sys::read_file("/proc/" + std::to_string(tracer) + "/comm");
  return name && *name == "criu\n" ? tracer : 0;
}

// While CRIU saves a container, nothing of it ends before CRIU does, which with lazy pages is when
// somebody has fetched them all. The call that has started it may be gone.
Status end_criu(pid_t init) {
  const pid_t criu = find_criu(init);
  if (criu == 0) return {};
  const auto pidfd = sys::open_pidfd(criu);
  if (!pidfd || TRY(sys::wait_ended(FdRef(*pidfd), kCriuEnds)) || find_criu(init) != criu)
    return {};
  (void)sys::send_signal(FdRef(*pidfd), SIGKILL);
  return {};
}

Status kill_init(const Record& record) {
  if (record.init.pid == 0) return {};
  const auto pidfd = sys::open_identified(record.init);
  if (!pidfd) return pidfd.error().sys_errno == ESRCH ? Status() : Status(pidfd.error());
  if (auto sent = sys::send_signal(FdRef(*pidfd), SIGKILL);
      !sent && sent.error().sys_errno != ESRCH)
    return sent;
  if (TRY(sys::wait_ended(FdRef(*pidfd), kSoon))) return {};
  return end_criu(record.init.pid);
}

Status wait_init(const Record& record) {
  if (record.init.pid == 0) return {};
  const auto pidfd = sys::open_identified(record.init);
  if (!pidfd) return {};
  if (!TRY(sys::wait_ended(FdRef(*pidfd), kKillDeadline)))
    return Error{Code::kSystem, "container init still running", ETIMEDOUT, {}, {}};
  return {};
}

Status remove_own_cgroup(const Record& record) {
  if (record.cgroup.mode == cgroup::Mode::kNone || record.cgroup.dirs.empty()) return {};
  auto group = TRY(open_own_cgroup(record));
  if (TRY(group.remove_empty())) return {};
  // Whether another runtime made the cgroup or found it is not recorded. With the init all of its
  // pid namespace ends, so what stays is somebody else's.
  if (record.maker != Maker::kOcirun && (record.namespaces & words::kNewPid) != 0) {
    if (TRY(group.frozen())) TRY(group.thaw());
    TRY(wait_init(record));
    return group.remove();
  }
  TRY(group.kill_all(kKillDeadline));
  TRY(wait_init(record));
  drill_point();
  return group.remove();
}

Status remove_cgroup(const Record& record) {
  TRY(remove_own_cgroup(record));
  if (record.around.empty()) return {};
  auto group = TRY(cgroup::Cgroup::open(record.around, record.cgroup.mode,
                                        std::vector<bool>(record.around.size(), true)));
  // Whatever else is in it is not ours.
  (void)TRY(group.remove_empty());
  return {};
}

}  // namespace

Status undo(const Context&, const Store& store, Entry& entry, const Record& record) {
  drill_point();
  TRY(kill_init(record));
  drill_point();
  TRY(remove_cgroup(record));
  drill_point();
  TRY(wait_init(record));
  drill_point();
  TRY(store.remove(entry));
  drill_point();
  return {};
}

}  // namespace oci::runtime
