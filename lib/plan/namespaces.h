// Which namespaces are new, which are joined, and the id maps.
// Spec: config-linux.md#namespaces, #user-namespace-mappings, #offset-for-time-namespace
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

struct JoinedNamespace {
  std::uint64_t flag;  // CLONE_NEW*
  std::string path;    // absolute
  std::string pointer;
};

struct Namespaces {
  std::uint64_t fresh = 0;               // CLONE_NEW* of the new ones
  std::uint64_t joined = 0;              // and of those joined by path
  std::vector<JoinedNamespace> by_path;  // in the order of joining: user first, mount late

  bool is_new(std::uint64_t flag) const { return (fresh & flag) != 0; }
  bool has(std::uint64_t flag) const { return ((fresh | joined) & flag) != 0; }
};

// Relative paths are below the bundle. Errors: kInvalidConfig for an unknown or a repeated type.
Result<Namespaces> read_namespaces(const std::vector<spec::Namespace>& list,
                                   const std::string& bundle);

// The maps to write for a new user namespace. Errors: kInvalidConfig if there are none, or none for
// id 0.
Result<IdMaps> read_id_maps(const spec::Linux& linux_);

// Whether the group map can be written only with setgroups(2) denied: an unprivileged caller that
// maps nothing but its own group. user_namespaces(7)
bool setgroups_denied(const spec::Linux& linux_, const HostFacts& host);

// Lines for /proc/self/timens_offsets; time_namespaces(7).
Result<std::string> time_offset_lines(const spec::Linux& linux_, const Namespaces& namespaces);

}  // namespace oci::plan
