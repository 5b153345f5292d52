// Cgroup::make: the directories of a plan.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <sstream>

#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/placement.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::cgroup {
namespace {

constexpr mode_t kMode = 0755;

std::vector<std::string> names_of(const std::string& path) {
  std::vector<std::string> names;
  for (std::size_t at = 1; at < path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    names.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return names;
}

// What one make() has made, to be undone if it fails later. Names below a cgroup mount are not
// links, and nobody but the host's root can put something else there.
class Journal {
 public:
  Journal() = default;
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal() {
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) ::rmdir(path->c_str());
  }
  void commit() { paths_.clear(); }
  void add(std::string path) { paths_.push_back(std::move(path)); }

 private:
  std::vector<std::string> paths_;
};

// False: it was there.
Result<bool> make_directory(const std::string& path, Journal& journal) {
  if (::mkdir(path.c_str(), kMode) == 0) {
    journal.add(path);
    return true;
  }
  if (errno == EEXIST) return false;
  Error error = sys::last_error("mkdir", path);
  if (error.code == Code::kSystem) error.code = Code::kCgroup;
  return std::move(error).with_context("unable to apply cgroup configuration");
}

// The whole way down, step by step.
Result<bool> make_path(const Dir& dir, Journal& journal) {
  std::string path = dir.mount_point;
  bool made = false;
  for (const std::string& name : names_of(dir.path)) {
    path.append("/").append(name);
    made = TRY(make_directory(path, journal));
  }
  return made;
}

// Usually the parent is there and one mkdir does it.
Result<bool> make_leaf(const Dir& dir, Journal& journal) {
  // Another container's removal may take a parent away between two steps.
  constexpr int kTries = 5;
  auto made = make_directory(dir.mount_point + dir.path, journal);
  for (int i = 0; !made && made.error().sys_errno == ENOENT && i < kTries; ++i)
    made = make_path(dir, journal);
  return made;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> out;
  for (std::string word; in >> word;) out.push_back(word);
  return out;
}

// Every controller that a parent offers is given to its children, for engines read statistics of
// all of them. Each level only has what the one above enables, so from the top down. What is
// refused (a process beside the children, a part of the tree that is another's) shows when a value
// needs the controller. cgroups(7), "Enabling and disabling"
void enable_controllers(const Dir& dir) {
  auto opened = sys::open(dir.mount_point, O_RDONLY | O_DIRECTORY);
  if (!opened) return;
  UniqueFd at = opened.take();
  for (const std::string& name : names_of(dir.path)) {
    const auto offered = sys::read_file_at(at, "cgroup.controllers");
    const auto enabled = sys::read_file_at(at, "cgroup.subtree_control");
    if (!offered || !enabled) return;
    const std::vector<std::string> have = words(*enabled);
    std::vector<std::string> missing;
    for (const std::string& controller : words(*offered))
      if (std::find(have.begin(), have.end(), controller) == have.end())
        missing.push_back("+" + controller);
    std::string all;
    for (const std::string& word : missing) all.append(all.empty() ? "" : " ").append(word);
    // One write is taken or refused as a whole.
    if (!missing.empty() && !sys::write_file_at(at, "cgroup.subtree_control", all))
      for (const std::string& word : missing)
        static_cast<void>(sys::write_file_at(at, "cgroup.subtree_control", word));
    auto next = sys::open_beneath(at, name, O_RDONLY | O_DIRECTORY);
    if (!next) return;
    at = next.take();
  }
}

bool is_blank(const std::string& text) {
  return text.find_first_not_of(" \n") == std::string::npos;
}

// A v1 cpuset without cpus or memory nodes takes no process (ENOSPC); new ones are empty. cpuset(7)
Status fill_cpuset(const Dir& dir, bool new_leaf) {
  UniqueFd at = TRY(sys::open(dir.mount_point, O_RDONLY | O_DIRECTORY));
  std::string absolute = dir.mount_point;
  for (const std::string& name : names_of(dir.path)) {
    absolute.append("/").append(name);
    UniqueFd child = TRY(sys::open_beneath(at, name, O_RDONLY | O_DIRECTORY));
    for (const char* file : {"cpuset.cpus", "cpuset.mems"}) {
      const bool is_new = new_leaf && absolute.size() == dir.mount_point.size() + dir.path.size();
      if (!is_new && !is_blank(TRY_CTX(absolute, sys::read_file_at(child, file)))) continue;
      const std::string above = TRY_CTX(absolute, sys::read_file_at(at, file));
      TRY_CTX(absolute, sys::write_file_at(child, file, above));
    }
    at = std::move(child);
  }
  return {};
}

}  // namespace

std::vector<bool> Cgroup::missing(const Plan& plan) {
  std::vector<bool> out;
  for (const Dir& dir : plan.dirs)
    out.push_back(::faccessat(AT_FDCWD, (dir.mount_point + dir.path).c_str(), F_OK,
                              AT_SYMLINK_NOFOLLOW) != 0 &&
                  errno == ENOENT);
  return out;
}

Status Cgroup::check_fit(std::size_t index) const {
  const auto unfit = [&](std::string text) {
    return Error{Code::kCgroup, std::move(text), 0, absolute(index), {}};
  };
  if (!made_[index]) {
    const std::size_t count = TRY(list(index, true)).size();
    if (count != 0)
      return unfit("container's cgroup is not empty: " + std::to_string(count) +
                   " process(es) found");
  }
  // Also of a new one: below a frozen parent the container's first process would hang for ever. The
  // top cannot be frozen.
  const bool below_top = made_[index] && dirs_[index].path.find('/', 1) == std::string::npos;
  const bool has_freezer = dirs_[index].unified || index == with("freezer");
  if (!below_top && has_freezer && TRY(frozen_at(index)))
    return unfit("container's cgroup unexpectedly frozen");
  return {};
}

Result<Cgroup> Cgroup::make(const Plan& plan) {
  Cgroup out = TRY(open(plan.dirs, plan.mode));
  Journal journal;
  for (std::size_t i = 0; i < out.dirs_.size(); ++i) {
    out.made_[i] = TRY(make_leaf(out.dirs_[i], journal));
  }
  for (std::size_t i = 0; i < out.dirs_.size(); ++i) TRY(out.check_fit(i));
  if (const std::size_t index = out.with("cpuset"); index != kNone)
    TRY(fill_cpuset(out.dirs_[index], out.made_[index]));
  if (const std::size_t index = out.unified(); index != kNone && plan.mode == Mode::kV2)
    enable_controllers(out.dirs_[index]);
  journal.commit();
  return out;
}

}  // namespace oci::cgroup
