// Cgroup work as data: where the container's cgroup is and what is written there. Pure.
// Spec: config-linux.md#cgroups-path, #control-groups
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/layout.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::cgroup {

// One directory of the container, in one hierarchy.
struct Dir {
  std::vector<std::string> controllers;  // v1: of the hierarchy; v2: empty
  std::string mount_point;               // "/sys/fs/cgroup/cpu"
  std::string path;                      // below the mount point, starts with "/", never "/" itself
  bool unified = false;
};

struct Write {
  std::size_t dir;   // index into Plan::dirs
  std::string file;  // "memory.max"
  std::string value;
  std::string pointer;     // JSON pointer of the property
  bool optional = false;   // a file that does not exist is no error
  bool otherwise = false;  // only if the write before it found no file
};

struct Plan {
  Mode mode = Mode::kNone;
  std::vector<Dir>
      dirs;  // v2: one; v1: one for each hierarchy; hybrid: v1 first, the unified one last
  std::vector<Write> writes;  // resources in order; v1 device rules among them
  std::vector<std::byte>
      device_program;               // v2 (not hybrid): eBPF instructions to attach; empty: none
  std::vector<std::string> needed;  // v2 controllers that the writes need
};

// For a container that stays in the cgroup of its caller. `warnings` gets what limits have no
// effect. Errors: kInvalidConfig.
Result<Plan> plan_without_cgroup(const spec::Resources* resources,
                                 std::vector<std::string>* warnings);

// `resources` may be null. Relative and absent paths are resolved against the caller's own cgroup
// as runc does (S142, S143); `..` cannot escape (S144); "/" is an error (S306). `warnings` collects
// values that are ignored. Errors: kInvalidConfig, kCgroup.
Result<Plan> plan(std::string_view cgroups_path, std::string_view id,
                  const spec::Resources* resources, bool user_namespace, const Layout& layout,
                  std::vector<std::string>* warnings);

}  // namespace oci::cgroup
