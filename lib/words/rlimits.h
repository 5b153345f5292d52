// Resource limits by the spec's names. Spec: config.md#posix-process; getrlimit(2)
#pragma once

#include <array>

#include "lib/base/names.h"

namespace oci::words {

// The numbers are those of x86-64 and aarch64.
inline constexpr auto kRlimits = std::to_array<base::Named<unsigned>>({
    {"RLIMIT_AS", 9},
    {"RLIMIT_CORE", 4},
    {"RLIMIT_CPU", 0},
    {"RLIMIT_DATA", 2},
    {"RLIMIT_FSIZE", 1},
    {"RLIMIT_LOCKS", 10},
    {"RLIMIT_MEMLOCK", 8},
    {"RLIMIT_MSGQUEUE", 12},
    {"RLIMIT_NICE", 13},
    {"RLIMIT_NOFILE", 7},
    {"RLIMIT_NPROC", 6},
    {"RLIMIT_RSS", 5},
    {"RLIMIT_RTPRIO", 14},
    {"RLIMIT_RTTIME", 15},
    {"RLIMIT_SIGPENDING", 11},
    {"RLIMIT_STACK", 3},
});
static_assert(base::is_sorted_by_name(kRlimits));

}  // namespace oci::words
