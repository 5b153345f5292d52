// What a container is at this moment.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/runtime/context.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "oci/version.h"

namespace oci {

std::string_view status_name(ContainerStatus status) noexcept {
  switch (status) {
    case ContainerStatus::kCreating: return "creating";
    case ContainerStatus::kCreated: return "created";
    case ContainerStatus::kRunning: return "running";
    case ContainerStatus::kPaused: return "paused";
    case ContainerStatus::kStopped: return "stopped";
  }
  return "stopped";
}

namespace runtime {
namespace {

// Tells what the record cannot: `run` opens the gate ahead, and a `start` that was killed after it
// had opened it left the record behind.
bool executes_init(pid_t pid) {
  const auto target = sys::read_link("/proc/" + std::to_string(pid) + "/exe");
  return !target || target->find("oci-init") != std::string::npos;
}

}  // namespace

Result<cgroup::Cgroup> open_cgroup(const Record& record) {
  return cgroup::Cgroup::open(record.cgroup.dirs, record.cgroup.mode, record.cgroup.made);
}

Result<cgroup::Cgroup> need_cgroup(const Record& record) {
  if (record.cgroup.mode == cgroup::Mode::kNone)
    return Error{Code::kUnsupported, "container has no cgroup", 0, {}, {}};
  return open_cgroup(record);
}

Result<cgroup::Cgroup> open_own_cgroup(const Record& record) {
  std::vector<cgroup::Dir> own;
  for (std::size_t i = 0; i < record.cgroup.dirs.size(); ++i)
    if (record.cgroup.made_by_us(i)) own.push_back(record.cgroup.dirs[i]);
  std::vector<bool> made(own.size(), true);
  return cgroup::Cgroup::open(std::move(own), record.cgroup.mode, std::move(made));
}

Result<ContainerStatus> status_of(const Entry&, const Record& record) {
  if (record.init.pid == 0)
    return record.phase == Phase::kCreating ? ContainerStatus::kCreating
                                            : ContainerStatus::kStopped;
  const auto pidfd = sys::open_identified(record.init);
  if (!pidfd) {
    if (pidfd.error().sys_errno == ESRCH) return ContainerStatus::kStopped;
    return pidfd.error();
  }
  if (record.cgroup.mode != cgroup::Mode::kNone) {
    auto group = open_cgroup(record);
    if (group) {
      const auto frozen = group->frozen();
      if (frozen && *frozen) return ContainerStatus::kPaused;
    }
  }
  switch (record.phase) {
    case Phase::kRunning: return ContainerStatus::kRunning;
    case Phase::kCreating: return ContainerStatus::kCreating;
    case Phase::kCreated:
      // That of another runtime was found out just now.
      return record.maker != Maker::kOcirun || executes_init(record.init.pid)
                 ? ContainerStatus::kCreated
                 : ContainerStatus::kRunning;
    case Phase::kStarting:
      return executes_init(record.init.pid) ? ContainerStatus::kCreating
                                            : ContainerStatus::kRunning;
  }
  return ContainerStatus::kRunning;
}

spec::State state_document(const Record& record, std::string_view status, pid_t pid) {
  return {kSpecVersion, record.id, std::string(status), pid, record.bundle, record.annotations};
}

}  // namespace runtime
}  // namespace oci
