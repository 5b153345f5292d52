// process.ioPriority: classes. Spec: config.md#linux-process; ioprio_set(2)
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr auto kIoPriorityClasses = std::to_array<base::Named<std::uint32_t>>({
    {"IOPRIO_CLASS_BE", 2},
    {"IOPRIO_CLASS_IDLE", 3},
    {"IOPRIO_CLASS_RT", 1},
});
static_assert(base::is_sorted_by_name(kIoPriorityClasses));

// The kernel's ioprio value. level: 0 (highest) to 7.
constexpr std::uint32_t io_priority(std::uint32_t io_class, std::uint32_t level) {
  return io_class << 13 | level;
}

}  // namespace oci::words
