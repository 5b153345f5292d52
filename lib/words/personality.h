// linux.personality: execution domains. Spec: config-linux.md#personality; personality(2)
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr auto kPersonalityDomains = std::to_array<base::Named<std::uint32_t>>({
    {"LINUX", 0},
    {"LINUX32", 8},
});
static_assert(base::is_sorted_by_name(kPersonalityDomains));

}  // namespace oci::words
