// Which map the ids of a mount get, and the user namespaces that mount_setattr(2) takes it from.
// Spec: config.md#posix-platform-mounts (uidMappings, gidMappings), #linux-mount-options (idmap)
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lib/plan/draft.h"
#include "lib/plan/mount_options.h"

namespace oci::plan {

// Of one mount.
struct IdMapUse {
  Slot user_namespace = kNoSlot;  // that has the map; none: the mount is not id-mapped
  bool below = false;             // all that is mounted below as well
  bool last = false;              // no later mount uses this namespace
};

// The maps of all mounts: a user namespace for each that differs, however many mounts share it.
class MountMaps {
 public:
  MountMaps(Draft& draft, const spec::Linux& container) : draft_(draft), container_(container) {}
  // The mount's own maps; else those of the option; else those of the container's user namespace.
  // Errors: kInvalidConfig where there are none, kUnsupported for a caller without rights.
  Result<IdMapUse> use(const spec::Mount& mount, const IdMapOption& option,
                       const std::string& pointer);

 private:
  Slot share(IdMaps maps, const std::string& pointer);
  Result<Slot> of_container(const std::string& pointer);

  Draft& draft_;
  const spec::Linux& container_;
  std::vector<Slot> slots_;  // in the order of Plan::mount_maps
  Slot joined_ = kNoSlot;    // the container's namespace, where that is there already
};

// The step, right after the one that has made the detached mount: afterwards it cannot be done.
void add_id_map(Draft& draft, Slot mount, const IdMapUse& use, const std::string& subject,
                const std::string& pointer, std::uint32_t flags = 0);

}  // namespace oci::plan
