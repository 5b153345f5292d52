// What CRIU needs to know of the container's file systems before it makes them again.
#pragma once

#include <string>
#include <vector>

#include "lib/criu/rpc.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::runtime {

// Destinations of the mounts that show files of the host, and of the configuration's devices, which
// may be bound; without the default devices, which may be as well.
spec::Strings bound_destinations(const spec::Spec& spec);
// Where they come from: the names of the images with what the bundle puts there.
std::vector<criu::Pair> external_sources(const spec::Spec& spec, const std::string& bundle);
// CRIU mounts only on what is there: the mount points that the root file system or a bind mount's
// source lacks are made, as create would make them. What lies in another mount is in the images.
Status make_mount_points(const spec::Spec& spec, const std::string& bundle,
                         const std::string& rootfs);

}  // namespace oci::runtime
