#include "lib/cgroup/cgroup.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/numbers.h"
#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/events.h"
#include "lib/cgroup/placement.h"
#include "lib/cgroup/probe.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::cgroup {
namespace {

// A directory that went away meanwhile; ENODEV is what its open files say then.
bool is_gone(const Error& error) { return error.sys_errno == ENOENT || error.sys_errno == ENODEV; }

void append_pids(std::string_view text, std::vector<pid_t>& pids) {
  while (!text.empty()) {
    const auto pid = base::parse_number<pid_t>(base::take_until(text, '\n'));
    // 0: a process outside of the caller's pid namespace.
    if (pid && *pid > 0) pids.push_back(*pid);
  }
}

Status append_procs(FdRef dir, std::vector<pid_t>& pids) {
  const auto text = sys::read_file_at(dir, "cgroup.procs");
  if (text) {
    append_pids(*text, pids);
    return {};
  }
  // A threaded cgroup does not list processes: its threaded domain above does. cgroups(7)
  if (is_gone(text.error()) || text.error().sys_errno == EOPNOTSUPP) return {};
  return text.error();
}

bool same_hierarchy(const Dir& dir, const Membership& member) {
  if (dir.unified) return member.controllers.empty();
  return std::any_of(dir.controllers.begin(), dir.controllers.end(), [&](const std::string& name) {
    return std::find(member.controllers.begin(), member.controllers.end(), name) !=
           member.controllers.end();
  });
}

}  // namespace

Cgroup::Cgroup(std::vector<Dir> dirs, Mode mode, std::vector<bool> made)
    : dirs_(std::move(dirs)), made_(std::move(made)), mode_(mode), leaves_(dirs_.size()) {
  made_.resize(dirs_.size(), false);
}

Result<Cgroup> Cgroup::open(std::vector<Dir> dirs, Mode mode, std::vector<bool> made) {
  for (const Dir& dir : dirs)
    if (!is_safe_path(dir.path) || !dir.mount_point.starts_with('/'))
      return Error{Code::kCgroup, "invalid cgroup path \"" + dir.path + "\"", 0, dir.path, {}};
  return Cgroup(std::move(dirs), mode, std::move(made));
}

std::size_t Cgroup::unified() const noexcept {
  for (std::size_t i = 0; i < dirs_.size(); ++i)
    if (dirs_[i].unified) return i;
  return kNone;
}

std::size_t Cgroup::with(std::string_view controller) const noexcept {
  for (std::size_t i = 0; i < dirs_.size(); ++i) {
    const auto& list = dirs_[i].controllers;
    if (std::find(list.begin(), list.end(), controller) != list.end()) return i;
  }
  return kNone;
}

std::size_t Cgroup::freezer() const noexcept {
  const std::size_t v1 = with("freezer");
  return v1 != kNone ? v1 : unified();
}

std::size_t Cgroup::listing() const noexcept {
  for (const std::string_view controller : {"devices", "freezer", "pids"})
    if (const std::size_t index = with(controller); index != kNone) return index;
  const std::size_t v2 = unified();
  return v2 != kNone || dirs_.empty() ? v2 : 0;
}

std::string Cgroup::absolute(std::size_t index, std::string_view file) const {
  std::string path = dirs_[index].mount_point + dirs_[index].path;
  if (!file.empty()) path.append("/").append(file);
  return path;
}

std::vector<std::string> Cgroup::created() const {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < dirs_.size(); ++i)
    if (made_[i]) out.push_back(absolute(i));
  return out;
}

// Whatever a damaged record says: nothing but cgroups is ever written to or removed.
Status Cgroup::check_kind(std::size_t index, sys::CgroupFs kind) const {
  if (kind == (dirs_[index].unified ? sys::CgroupFs::kV2 : sys::CgroupFs::kV1)) return {};
  return Error{Code::kCgroup, absolute(index) + " is not a cgroup", 0, absolute(index), {}};
}

Status Cgroup::check_mount(std::size_t index) const {
  return check_kind(index, sys::cgroup_filesystem(dirs_[index].mount_point));
}

Result<FdRef> Cgroup::leaf(std::size_t index) const {
  if (leaves_[index]) return FdRef(leaves_[index]);
  leaves_[index] = TRY(open_dir(index));
  return FdRef(leaves_[index]);
}

Result<UniqueFd> Cgroup::open_file(std::size_t index, const std::string& file, int flags) const {
  const auto dir = leaf(index);
  if (!dir && dir.error().sys_errno == 0) return dir.error();
  if (!dir) return sys::call_error("openat2", absolute(index, file), dir.error().sys_errno);
  auto fd = sys::open_beneath(*dir, file, flags);
  if (!fd) return sys::call_error("openat2", absolute(index, file), fd.error().sys_errno);
  return fd;
}

Result<std::string> Cgroup::read(std::size_t index, const std::string& file) const {
  const UniqueFd fd = TRY(open_file(index, file, O_RDONLY));
  auto text = sys::read_all(fd);
  if (!text) return sys::call_error("read", absolute(index, file), text.error().sys_errno);
  return text;
}

Status Cgroup::write(std::size_t index, const std::string& file, std::string_view value) const {
  const UniqueFd fd = TRY(open_file(index, file, O_WRONLY));
  ssize_t n;
  do n = ::write(fd.get(), value.data(), value.size());
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("write", absolute(index, file));
  return {};
}

Result<UniqueFd> Cgroup::open_dir(std::size_t index) const {
  UniqueFd fd = TRY(sys::open(absolute(index), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  TRY(check_kind(index, sys::cgroup_filesystem(fd)));
  return fd;
}

// Errors in the words that people know, whatever the call.
Result<UniqueFd> Cgroup::open_enter(std::size_t index) const {
  const std::string path = absolute(index, dirs_[index].unified ? "cgroup.procs" : "tasks");
  auto fd = sys::open(path, O_WRONLY | O_NOFOLLOW);
  if (!fd) return sys::call_error("openat2", path, fd.error().sys_errno);
  TRY(check_kind(index, sys::cgroup_filesystem(*fd)));
  return fd;
}

Result<std::vector<pid_t>> Cgroup::list(std::size_t index, bool recursive) const {
  std::vector<pid_t> pids;
  if (index == kNone) return pids;
  const auto dir = leaf(index);
  if (!dir && is_gone(dir.error())) return pids;
  if (!dir) return dir.error();
  if (recursive)
    TRY(sys::walk_directories(*dir, [&](FdRef at) { return append_procs(at, pids); }, {}));
  else
    TRY(append_procs(*dir, pids));
  return pids;
}

Result<std::vector<pid_t>> Cgroup::list_everywhere() const {
  std::vector<pid_t> all;
  for (std::size_t i = 0; i < dirs_.size(); ++i) {
    const std::vector<pid_t> pids = TRY(list(i, true));
    all.insert(all.end(), pids.begin(), pids.end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

Result<std::vector<pid_t>> Cgroup::processes(bool recursive) const {
  return list(listing(), recursive);
}

Result<bool> Cgroup::populated() const {
  const std::size_t v2 = unified();
  if (v2 != kNone) {
    const auto events = read(v2, "cgroup.events");
    if (!events && !is_gone(events.error())) return events.error();
    if (events && keyed_value(*events, "populated").value_or(0) != 0) return true;
    if (mode_ == Mode::kV2) return false;
  }
  return !TRY(list(listing(), true)).empty();
}

Result<bool> Cgroup::frozen_at(std::size_t index) const {
  const auto text = read(index, dirs_[index].unified ? "cgroup.events" : "freezer.state");
  if (!text && is_gone(text.error())) return false;
  if (!text) return text.error();
  if (dirs_[index].unified) return keyed_value(*text, "frozen").value_or(0) != 0;
  return !text->starts_with("THAWED");
}

Result<bool> Cgroup::frozen() const {
  const std::size_t index = freezer();
  if (index == kNone) return false;
  return frozen_at(index);
}

Result<std::uint64_t> Cgroup::oom_kills() const {
  const std::size_t v1 = with("memory"), index = v1 != kNone ? v1 : unified();
  if (index == kNone) return std::uint64_t{0};
  const auto text = read(index, v1 != kNone ? "memory.oom_control" : "memory.events");
  if (!text && is_gone(text.error())) return std::uint64_t{0};
  if (!text) return text.error();
  return keyed_value(*text, "oom_kill").value_or(0);
}

Status Cgroup::check_foreign(std::string_view verb) const {
  const auto refuse = [&](std::size_t index) {
    return Error{Code::kCgroup,
                 "refusing to " + std::string(verb) + " cgroup " + absolute(index) +
                     ": the calling process is in it",
                 0,
                 absolute(index),
                 {}};
  };
  const std::string own = TRY(sys::read_file("/proc/self/cgroup"));
  for (const Membership& member : parse_membership(own))
    for (std::size_t i = 0; i < dirs_.size(); ++i)
      if (same_hierarchy(dirs_[i], member) && (member.path + "/").starts_with(dirs_[i].path + "/"))
        return refuse(i);
  // The paths above do not tell where only a part of the hierarchy is mounted.
  for (const std::size_t index : {unified(), listing()}) {
    const std::vector<pid_t> pids = TRY(list(index, true));
    if (std::find(pids.begin(), pids.end(), ::getpid()) != pids.end()) return refuse(index);
  }
  return {};
}

}  // namespace oci::cgroup
