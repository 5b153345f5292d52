// Cgroup::freeze and thaw.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/events.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"

namespace oci::cgroup {
namespace {

// A process in an uninterruptible sleep delays the state; 10 s are what the peers wait, too.
constexpr std::chrono::seconds kLimit{10};

constexpr std::string_view kFrozen = "FROZEN", kThawed = "THAWED";

// All of a small kernel file again, through the descriptor that is polled.
Result<std::string> read_again(FdRef file, const std::string& name) {
  char buffer[512];
  const ssize_t n = ::pread(file.get(), buffer, sizeof buffer, 0);
  if (n < 0) return sys::last_error("read", name);
  return std::string(buffer, static_cast<std::size_t>(n));
}

Error timed_out(const char* what, const std::string& path) {
  return Error{Code::kCgroup, std::string(what) + " " + path + ": timed out", ETIMEDOUT, path, {}};
}

// v2: cgroup.events tells, and notifies.
Status wait_event(FdRef events, std::string_view key, std::uint64_t wanted, const std::string& path,
                  Clock::time_point deadline) {
  for (;;) {
    const auto text = read_again(events, path);
    // The cgroup is gone, and with it what could be in another state.
    if (!text && text.error().sys_errno == ENODEV) return {};
    if (!text) return text.error();
    if (keyed_value(*text, key) == wanted) return {};
    const auto left = time_left(deadline);
    if (left.count() == 0) return timed_out("waiting for", path);
    TRY(sys::wait_notified(events, left));
  }
}

}  // namespace

Status Cgroup::wait_empty(Clock::time_point deadline) const {
  const std::size_t index = unified();
  auto events = open_file(index, "cgroup.events", O_RDONLY);
  if (!events && events.error().sys_errno == ENOENT) return {};
  const UniqueFd fd = TRY(std::move(events));
  return wait_event(fd, "populated", 0, absolute(index, "cgroup.events"), deadline);
}

Status Cgroup::freeze_at(std::size_t index, Clock::time_point deadline) const {
  if (dirs_[index].unified) {
    const UniqueFd events = TRY(open_file(index, "cgroup.events", O_RDONLY));
    TRY(write(index, "cgroup.freeze", "1"));
    return wait_event(events, "frozen", 1, absolute(index, "cgroup.events"), deadline);
  }
  // v1 has no event. FREEZING may last until the state is written again, for new tasks slip in:
  // kernel documentation, freezer-subsystem. A state above that is frozen cannot be told from one's
  // own, and need not.
  Backoff backoff(deadline);
  do {
    TRY(write(index, "freezer.state", kFrozen));
    if (TRY(read(index, "freezer.state")).starts_with(kFrozen)) return {};
  } while (backoff.wait());
  return timed_out("freezing", absolute(index));
}

Status Cgroup::thaw_at(std::size_t index, Clock::time_point deadline) const {
  if (dirs_[index].unified) {
    const UniqueFd events = TRY(open_file(index, "cgroup.events", O_RDONLY));
    TRY(write(index, "cgroup.freeze", "0"));
    return wait_event(events, "frozen", 0, absolute(index, "cgroup.events"), deadline);
  }
  Backoff backoff(deadline);
  do {
    TRY(write(index, "freezer.state", kThawed));
    if (TRY(read(index, "freezer.state")).starts_with(kThawed)) return {};
  } while (backoff.wait());
  return timed_out("thawing", absolute(index));
}

Status Cgroup::freeze() {
  const std::size_t index = freezer();
  if (index == kNone) return Error{Code::kUnsupported, "no freezer cgroup on this host", 0, {}, {}};
  TRY(check_foreign("freeze"));
  auto frozen = freeze_at(index, Clock::now() + kLimit);
  if (!frozen)
    static_cast<void>(write(index, dirs_[index].unified ? "cgroup.freeze" : "freezer.state",
                            dirs_[index].unified ? "0" : kThawed));
  return frozen;
}

Status Cgroup::thaw() {
  const std::size_t index = freezer();
  if (index == kNone) return Error{Code::kUnsupported, "no freezer cgroup on this host", 0, {}, {}};
  return thaw_at(index, Clock::now() + kLimit);
}

}  // namespace oci::cgroup
