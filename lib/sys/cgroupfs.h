// The cgroup file systems through descriptors: what is mounted where, opening below a mount,
// walking, events.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

enum class CgroupFs { kNone, kTmpfs, kV1, kV2 };
// What statfs(2) says of `path`; kNone also for a path that does not exist.
CgroupFs cgroup_filesystem(const std::string& path) noexcept;
CgroupFs cgroup_filesystem(FdRef fd) noexcept;

// `path` relative to `top`, without symlinks, without leaving `top` or its mount. "." is `top`
// itself. Errors: `openat2 PATH: …`; EXDEV where the path would leave.
Result<UniqueFd> open_beneath(FdRef top, const std::string& path, int flags);

// All directories below `top`, children before parents, in constant descriptors however deep:
// `enter` gets each one including `top`, `leave` each one but `top` by its parent and name. Either
// may be empty. What vanishes meanwhile is left out. An error of either ends the walk.
using EnterDir = std::function<Status(FdRef dir)>;
using LeaveDir = std::function<Status(FdRef parent, const std::string& name)>;
Status walk_directories(FdRef top, const EnterDir& enter, const LeaveDir& leave);

// True when the kernel has notified a change of that file (cgroup.events), false at the end of
// `timeout`. The caller has read the file before.
Result<bool> wait_notified(FdRef file, std::chrono::milliseconds timeout);

}  // namespace oci::sys
