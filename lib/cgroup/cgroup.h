// The cgroup of one container, in all hierarchies that the host has mounted.
//
// Paths below a mount point are only used once it is known to be a cgroup file system, which has no
// symlinks, and after is_safe_path(). The root of a hierarchy, and a cgroup that holds the
// caller itself, are never killed, frozen or removed. Not thread-safe as an object; several objects
// for one cgroup are fine. Spec: config-linux.md#cgroups-path
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/layout.h"
#include "lib/cgroup/plan.h"
#include "lib/cgroup/update.h"
#include "lib/sys/cgroupfs.h"
#include "oci/fd.h"
#include "oci/result.h"
#include "oci/stats.h"

namespace oci::cgroup {

class Cgroup {
 public:
  // Makes the directories of the plan that do not exist yet. Errors (kCgroup): the cgroup has
  // processes, or is frozen. v1: cpuset is filled from the ancestors; v2: every
  // controller that the ancestors offer is enabled in them, refusals ignored (S155). On error
  // everything that was made is removed again.
  static Result<Cgroup> make(const Plan& plan);
  // One that exists. Missing directories are fine: they hold no process. `made` is parallel to
  // `dirs` (false where shorter): what remove() may remove.
  static Result<Cgroup> open(std::vector<Dir> dirs, Mode mode, std::vector<bool> made = {});
  // Which directories make() would make: what a record must name before that.
  static std::vector<bool> missing(const Plan& plan);

  // The plan's writes, then its device program. Text: `failed to write "V": write
  // /sys/fs/cgroup/…/F: …`; `where` is the JSON pointer. Where the program is refused for want of
  // rights: kPermission, "/linux/resources/devices".
  Status apply(const Plan& plan);
  // The writes alone, in the same way. On error those before the failed one stand; with kGoOn those
  // after it, too, and the first error is the result.
  enum class OnError { kStop, kGoOn };
  Status write_all(const std::vector<Write>& writes, OnError on_error = OnError::kStop);
  // v2 (not hybrid): the directory, and in it the files that the kernel names for that, belong to
  // this user of the host from now on; no other file. Spec: config-linux.md#cgroup-ownership
  Status give_to(uid_t owner) const;
  // What undo() needs; to be asked before the writes.
  std::vector<Undo> prepare_undo(const std::vector<Write>& writes) const;
  // Puts back what has changed since, the last write first: all that can be, whatever fails.
  Status undo(const std::vector<Undo>& undos);
  // For update_writes(): the text of v2's cpu.max.
  std::string cpu_max() const;
  // check_memory_usage() with the usage of now.
  Status check_memory(const spec::Memory& memory) const;
  // Of this moment. Error (ENOENT): there is no such cgroup.
  Result<Stats> stats() const;
  // Tells of a lack of memory. v1: `fd` is an eventfd, `control` the file it is bound to. v2: `fd`
  // is inotify of memory.events, after which oom_kills() may have grown; no `control`. Neither
  // blocks. Empty: no memory controller here.
  struct MemoryEvents {
    UniqueFd fd, control;
  };
  Result<std::optional<MemoryEvents>> watch_memory() const;

  const std::vector<Dir>& dirs() const noexcept { return dirs_; }
  const std::vector<bool>& made() const noexcept { return made_; }
  // Absolute paths of the leaf directories that are ours to remove.
  std::vector<std::string> created() const;

  Result<UniqueFd> open_dir(std::size_t index) const;    // O_RDONLY|O_DIRECTORY
  Result<UniqueFd> open_enter(std::size_t index) const;  // v1 tasks, v2 cgroup.procs; O_WRONLY

  // In the order of the kernel's list, without pids that the caller cannot see. `recursive`: of
  // cgroups below, too.
  Result<std::vector<pid_t>> processes(bool recursive) const;
  Result<bool> populated() const;  // recursively
  Result<bool> frozen() const;     // false where there is no freezer
  // Return when the state is reached. A freeze that does not succeed in time is undone.
  Status freeze();
  Status thaw();
  // SIGKILL for everything in it; returns when it is empty. kBest takes cgroup.kill where there is
  // one. ETIMEDOUT: something still is in it.
  enum class KillBy { kBest, kPids };
  Status kill_all(std::chrono::milliseconds deadline, KillBy by = KillBy::kBest);
  // Removes what made() names, with all cgroups below, never a parent.
  Status remove();
  // The same where nothing is in them, neither processes nor cgroups: a few calls. False: something
  // is; what was empty is gone, and remove() can still be called.
  Result<bool> remove_empty();
  // Processes that the kernel killed in it for want of memory. 0 where there is no such count.
  Result<std::uint64_t> oom_kills() const;

 private:
  class Applier;
  static constexpr std::size_t kNone = ~std::size_t{0};

  Cgroup(std::vector<Dir> dirs, Mode mode, std::vector<bool> made);
  std::size_t unified() const noexcept;  // index, or kNone
  std::size_t with(std::string_view controller) const noexcept;
  std::size_t freezer() const noexcept;  // v1's where there is one
  std::size_t listing() const noexcept;  // where to look for processes
  std::string absolute(std::size_t index, std::string_view file = {}) const;

  Result<FdRef> leaf(std::size_t index) const;  // kept open
  Result<UniqueFd> open_file(std::size_t index, const std::string& file, int flags) const;
  Result<std::string> read(std::size_t index, const std::string& file) const;
  Status write(std::size_t index, const std::string& file, std::string_view value) const;

  Result<std::vector<pid_t>> list(std::size_t index, bool recursive) const;
  Result<std::vector<pid_t>> list_everywhere() const;  // sorted, each once
  Result<bool> frozen_at(std::size_t index) const;
  Status check_fit(std::size_t index) const;
  // An error if the caller itself is in it.
  Status check_foreign(std::string_view verb) const;

  using Deadline = std::chrono::steady_clock::time_point;
  Status freeze_at(std::size_t index, Deadline deadline) const;
  Status thaw_at(std::size_t index, Deadline deadline) const;
  Status wait_empty(Deadline deadline) const;
  Status kill_by_pids(Deadline deadline);
  Status check_kind(std::size_t index, sys::CgroupFs kind) const;
  Status check_mount(std::size_t index) const;
  Status remove_leaf(std::size_t index) const;
  Status remove_at(std::size_t index, Deadline deadline);
  void forget(std::size_t index);

  std::vector<Dir> dirs_;
  std::vector<bool> made_;
  Mode mode_ = Mode::kNone;
  mutable std::vector<UniqueFd> leaves_;  // parallel to dirs_
};

}  // namespace oci::cgroup
