// linux.memoryPolicy: modes and flags. Spec: config-linux.md#memory-policy; set_mempolicy(2)
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr std::uint32_t kMpolDefault = 0, kMpolPreferred = 1, kMpolBind = 2,
                               kMpolInterleave = 3, kMpolLocal = 4, kMpolPreferredMany = 5,
                               kMpolWeightedInterleave = 6;

inline constexpr auto kMemoryPolicyModes = std::to_array<base::Named<std::uint32_t>>({
    {"MPOL_BIND", kMpolBind},
    {"MPOL_DEFAULT", kMpolDefault},
    {"MPOL_INTERLEAVE", kMpolInterleave},
    {"MPOL_LOCAL", kMpolLocal},
    {"MPOL_PREFERRED", kMpolPreferred},
    {"MPOL_PREFERRED_MANY", kMpolPreferredMany},
    {"MPOL_WEIGHTED_INTERLEAVE", kMpolWeightedInterleave},
});
static_assert(base::is_sorted_by_name(kMemoryPolicyModes));

// Or-ed into the mode.
inline constexpr auto kMemoryPolicyFlags = std::to_array<base::Named<std::uint32_t>>({
    {"MPOL_F_NUMA_BALANCING", 1u << 13},
    {"MPOL_F_RELATIVE_NODES", 1u << 14},
    {"MPOL_F_STATIC_NODES", 1u << 15},
});
static_assert(base::is_sorted_by_name(kMemoryPolicyFlags));

}  // namespace oci::words
