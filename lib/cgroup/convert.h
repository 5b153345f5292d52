// From the spec's values, which are cgroup v1's, to those of cgroup v2. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oci/result.h"

namespace oci::cgroup {

// cpu.weight for cpu.shares: 2 → 1, 1024 → 100, 262144 → 10000, between them on a curve. 0 (unset)
// stays 0.
std::uint64_t weight_of_shares(std::uint64_t shares);
// io.weight for blkio.weight (10..1000): linear to 1..10000.
std::uint64_t io_weight_of(std::uint16_t weight);
// memory.swap.max for limit and memory+swap: a number or "max"; empty: not to be written. 0 is
// unset in both.
Result<std::optional<std::string>> swap_max(std::int64_t limit, std::int64_t memory_and_swap);
// Of a page size as the spec has it: ^[1-9][0-9]*[KMG]B$
bool is_page_size(std::string_view text);
// A token for a JSON pointer. RFC 6901
std::string pointer_token(std::string_view name);

}  // namespace oci::cgroup
