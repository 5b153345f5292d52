// Mounts of type `cgroup`, which mean different things on v1 and v2 hosts.
// Spec: config-linux.md#default-filesystems; runc's behaviour for what it leaves open
#pragma once

#include "lib/plan/mounts.h"

namespace oci::plan {

// Decides the kind of the entry, its parts and sources. Errors: kUnsupported on a host without
// cgroups.
Status read_cgroup_mount(Draft& draft, MountEntry& entry);
// Whether the container's user shall own its cgroup on v2: a user and a cgroup namespace of its
// own, and cgroups mounted to be written. Spec: config-linux.md#cgroup-ownership
bool writes_own_cgroup(const Draft& draft, const std::vector<MountEntry>& mounts);
// A tmpfs with one directory for each hierarchy and links for the controllers that share one.
void add_cgroup1(Draft& draft, MountEntry& entry);

}  // namespace oci::plan
