// Cgroup::remove and remove_empty.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/events.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::cgroup {
namespace {

// A process that has just died may count as being there a little longer.
constexpr std::chrono::seconds kLimit{2};

bool is_gone(int err) { return err == ENOENT || err == ENODEV; }

Status remove_directory(FdRef parent, const std::string& name) {
  if (::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || is_gone(errno)) return {};
  return sys::last_error("rmdir", name);
}

}  // namespace

void Cgroup::forget(std::size_t index) {
  leaves_[index].reset();
  made_[index] = false;
}

Status Cgroup::remove_leaf(std::size_t index) const {
  TRY(check_mount(index));
  const std::string path = absolute(index);
  if (::rmdir(path.c_str()) == 0 || is_gone(errno)) return {};
  return sys::last_error("rmdir", path);
}

// rmdir(2) itself is the question whether anything is left in it.
Result<bool> Cgroup::remove_empty() {
  for (std::size_t i = 0; i < dirs_.size(); ++i) {
    if (!made_[i]) continue;
    const auto removed = remove_leaf(i);
    if (!removed) {
      const int err = removed.error().sys_errno;
      if (err == EBUSY || err == ENOTEMPTY) return false;
      return sys::call_error("rmdir", absolute(i), err);
    }
    forget(i);
  }
  return true;
}

Status Cgroup::remove_at(std::size_t index, Clock::time_point deadline) {
  const auto dir = leaf(index);
  if (!dir && is_gone(dir.error().sys_errno)) return {};
  if (!dir) return dir.error();
  const auto once = [&]() -> Status {
    TRY(sys::walk_directories(*dir, {}, remove_directory));
    return remove_leaf(index);
  };
  Backoff backoff(deadline);
  for (;;) {
    const auto removed = once();
    if (removed) break;
    // ENOTEMPTY: a directory was made below meanwhile.
    const int err = removed.error().sys_errno;
    if ((err != EBUSY && err != ENOTEMPTY) || Clock::now() >= deadline)
      return sys::call_error("rmdir", absolute(index), err);
    if (dirs_[index].unified) static_cast<void>(wait_empty(deadline));
    backoff.wait();
  }
  forget(index);
  return {};
}

// The kernel keeps what has processes; nothing here moves or ends them.
Status Cgroup::remove() {
  TRY(check_foreign("remove"));
  const auto deadline = Clock::now() + kLimit;
  Status first;
  for (std::size_t i = 0; i < dirs_.size(); ++i) {
    if (!made_[i]) continue;
    auto removed = remove_at(i, deadline);
    if (!removed && first) first = std::move(removed);
  }
  return first;
}

}  // namespace oci::cgroup
