// Changing the limits of a cgroup that lives. Pure, but for what Cgroup does with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/plan.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::cgroup {

// The writes for those properties that are set; never device rules. `cpu_max`: what v2's cpu.max
// holds now, for a quota or a period that is given alone; empty elsewhere. `warnings` may be null.
// Errors: kInvalidConfig, kCgroup.
Result<std::vector<Write>> update_writes(const spec::Resources& resources,
                                         const std::vector<Dir>& dirs, Mode mode,
                                         std::string_view cpu_max,
                                         std::vector<std::string>* warnings);

// Memory.checkBeforeUpdate, on v2; v1's kernel checks by itself. `usage`: of memory.current.
// Error (kInvalidConfig): the limit is not above it.
Status check_memory_usage(const spec::Memory& memory, std::uint64_t usage);

// What must be written to bring back what `before`, the text of the file, says of the part that
// `value` changes. Empty: there is no way.
std::optional<std::string> undo_value(std::string_view file, std::string_view before,
                                      std::string_view value);

// A write and the text of its file before it.
struct Undo {
  Write write;
  std::string before;
  // v2's blank cpuset files cannot be blank again while processes are there: what the parent gave.
  std::string inherited = {};
};

}  // namespace oci::cgroup
