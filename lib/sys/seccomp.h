// seccomp(2): what this kernel has of it.
#pragma once

#include <cstdint>

namespace oci::sys {

// Whether a filter could be loaded with these SECCOMP_FILTER_FLAG_* together. Loads none.
bool has_filter_flags(std::uint32_t flags) noexcept;

}  // namespace oci::sys
