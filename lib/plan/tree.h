// Sources of bind mounts: host paths that become detached mounts.
#pragma once

#include <string>

#include "lib/plan/id_mapped.h"

namespace oci::plan {

struct Tree {
  std::string path;  // absolute, on the host
  bool recursive = false;
  bool no_follow = false;
  bool copy_symlink = false;
  std::uint32_t type = 0;  // S_IFCHR or S_IFBLK if it must be that device
  std::uint64_t device = 0;
  IdMapUse id_map;
  Slot slot = kNoSlot;  // where it is, once it is open
};

// Stage 1, in a plan with a user namespace: the caller's rights count for the path, and the mount
// still is one that may be cloned.
void open_early(Draft& draft, Tree& tree, const std::string& subject, const std::string& pointer);

// Stage 2: the slot of the tree, opened now if it was not opened early.
Slot opened(Draft& draft, Tree& tree, const std::string& subject, const std::string& pointer);

}  // namespace oci::plan
