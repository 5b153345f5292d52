// process.scheduler: policies and flags. Spec: config.md#linux-process; sched_setattr(2)
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr std::uint32_t kSchedOther = 0, kSchedFifo = 1, kSchedRr = 2, kSchedBatch = 3,
                               kSchedIso = 4, kSchedIdle = 5, kSchedDeadline = 6;

inline constexpr auto kSchedulerPolicies = std::to_array<base::Named<std::uint32_t>>({
    {"SCHED_BATCH", kSchedBatch},
    {"SCHED_DEADLINE", kSchedDeadline},
    {"SCHED_FIFO", kSchedFifo},
    {"SCHED_IDLE", kSchedIdle},
    {"SCHED_ISO", kSchedIso},
    {"SCHED_OTHER", kSchedOther},
    {"SCHED_RR", kSchedRr},
});
static_assert(base::is_sorted_by_name(kSchedulerPolicies));

inline constexpr auto kSchedulerFlags = std::to_array<base::Named<std::uint64_t>>({
    {"SCHED_FLAG_DL_OVERRUN", 0x04},
    {"SCHED_FLAG_KEEP_PARAMS", 0x10},
    {"SCHED_FLAG_KEEP_POLICY", 0x08},
    {"SCHED_FLAG_RECLAIM", 0x02},
    {"SCHED_FLAG_RESET_ON_FORK", 0x01},
    {"SCHED_FLAG_UTIL_CLAMP_MAX", 0x40},
    {"SCHED_FLAG_UTIL_CLAMP_MIN", 0x20},
});
static_assert(base::is_sorted_by_name(kSchedulerFlags));

}  // namespace oci::words
