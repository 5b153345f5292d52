// Where the container's cgroup is, in each hierarchy. Pure.
// Spec: config-linux.md#cgroups-path
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/base/text.h"
#include "lib/cgroup/layout.h"
#include "lib/cgroup/plan.h"
#include "oci/result.h"

namespace oci::cgroup {

using base::clean_path;
// `path` is what clean_path() gives, not the root, and short enough to be one.
bool is_safe_path(std::string_view path);

// The directories for `cgroups_path`: absolute, below the mount point; relative, below the caller's
// own cgroup (v1, hybrid) or the parent of it (v2), as runc does; empty, like the relative path
// `id`. Errors (kInvalidConfig): it names a root, or holds what no cgroup's name can.
Result<std::vector<Dir>> place(std::string_view cgroups_path, std::string_view id,
                               const Layout& layout);

// Only the hierarchies in which the caller may make a cgroup at the place of an empty cgroupsPath:
// what a caller without rights does without, as with runc.
Layout writable(Layout layout);

}  // namespace oci::cgroup
