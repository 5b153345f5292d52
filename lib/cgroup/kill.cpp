// Cgroup::kill_all.
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/events.h"
#include "lib/sys/process.h"

namespace oci::cgroup {
namespace {

// As many passes may find processes that were forked meanwhile; then the cgroup is frozen for each
// further one.
constexpr int kPlainPasses = 3;

struct Target {
  pid_t pid;
  UniqueFd pidfd;
};

std::vector<Target> open_targets(const std::vector<pid_t>& pids) {
  std::vector<Target> targets;
  for (const pid_t pid : pids)
    if (auto pidfd = sys::open_pidfd(pid)) targets.push_back({pid, pidfd.take()});
  return targets;
}

}  // namespace

// A listed number may have passed on to a process elsewhere before it is opened. What is listed
// again afterwards is the opened process, or its number is in use here again and the signal fails.
Status Cgroup::kill_by_pids(Clock::time_point deadline) {
  const std::size_t ice = freezer();
  Backoff backoff(deadline);
  for (int pass = 0;; ++pass) {
    const std::vector<pid_t> before = TRY(list_everywhere());
    if (before.empty()) return {};
    // Bounded by itself: what cannot be frozen soon is killed as it runs.
    constexpr std::chrono::milliseconds kFreezing{200};
    const bool freezing =
        pass >= kPlainPasses && ice != kNone && freeze_at(ice, Clock::now() + kFreezing).ok();
    const std::vector<Target> targets = open_targets(freezing ? TRY(list_everywhere()) : before);
    const std::vector<pid_t> after = TRY(list_everywhere());
    for (const Target& target : targets)
      if (target.pid != ::getpid() && std::binary_search(after.begin(), after.end(), target.pid))
        static_cast<void>(sys::send_signal(target.pidfd, SIGKILL));
    // On v1 a frozen process dies only when it is thawed.
    if (ice != kNone && TRY(frozen_at(ice))) static_cast<void>(thaw_at(ice, deadline));
    for (const Target& target : targets)
      if (!TRY(sys::wait_ended(target.pidfd, time_left(deadline)))) break;
    if (pass > 0 || targets.empty()) backoff.wait();
    if (Clock::now() >= deadline && !TRY(list_everywhere()).empty())
      return Error{Code::kCgroup,
                   "processes in cgroup " + absolute(listing()) + " do not end",
                   ETIMEDOUT,
                   absolute(listing()),
                   {}};
  }
}

Status Cgroup::kill_all(std::chrono::milliseconds deadline, KillBy by) {
  const auto end = Clock::now() + deadline;
  if (dirs_.empty()) return {};
  TRY(check_foreign("kill"));
  const std::size_t v2 = unified();
  bool killed = false;
  if (v2 != kNone && by == KillBy::kBest) {
    // Linux 5.14. One write, and no fork escapes it. A threaded cgroup refuses it.
    const auto written = write(v2, "cgroup.kill", "1");
    killed = written.ok();
  }
  if (killed) {
    // cgroup.kill wakes what v2 has frozen, but not what v1 has.
    if (const std::size_t ice = with("freezer"); ice != kNone && TRY(frozen_at(ice)))
      TRY(thaw_at(ice, end));
    TRY(wait_empty(end));
    if (mode_ == Mode::kV2) return {};
  }
  return kill_by_pids(end);
}

}  // namespace oci::cgroup
