// The cgroup of an exec'd process below its container's. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/cgroup/plan.h"
#include "lib/cgroup/probe.h"
#include "oci/result.h"

namespace oci::cgroup {

// `arguments` as of `exec --cgroup [controller,...:]path`: without controllers, for all
// directories; on pure v2 the controllers do not count. Errors (kInvalidArgument): a path that
// leaves the container's cgroup, an unknown controller.
Result<std::vector<Dir>> sub_cgroup(std::vector<Dir> dirs,
                                    const std::vector<std::string>& arguments);

// The container's cgroup may take no process any more, for it has given controllers or threads to
// cgroups below it (cgroups(7), "no internal processes", "thread mode"): then where its init is, if
// that is below. `init` as of /proc/PID/cgroup.
std::optional<std::vector<Dir>> cgroup_of_init(std::vector<Dir> dirs,
                                               const std::vector<Membership>& init);

}  // namespace oci::cgroup
