// The cgroup of an exec'd process below its container's. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/cgroup/plan.h"
#include "oci/result.h"

namespace oci::cgroup {

// `arguments` as of `exec --cgroup [controller,...:]path`: without controllers, for all
// directories; on pure v2 the controllers do not count. Errors (kInvalidArgument): a path that
// leaves the container's cgroup, an unknown controller.
Result<std::vector<Dir>> sub_cgroup(std::vector<Dir> dirs,
                                    const std::vector<std::string>& arguments);

}  // namespace oci::cgroup
