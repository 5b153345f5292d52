// Mount propagation words, both as mount options and as linux.rootfsPropagation.
// Spec: config.md#mounts, config-linux.md#rootfs-mount-propagation; mount(2)
#pragma once

#include <array>
#include <cstdint>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr std::uint64_t kMsRec = 1u << 14, kMsUnbindable = 1u << 17, kMsPrivate = 1u << 18,
                               kMsSlave = 1u << 19, kMsShared = 1u << 20;

inline constexpr auto kPropagations = std::to_array<base::Named<std::uint64_t>>({
    {"private", kMsPrivate},
    {"rprivate", kMsPrivate | kMsRec},
    {"rshared", kMsShared | kMsRec},
    {"rslave", kMsSlave | kMsRec},
    {"runbindable", kMsUnbindable | kMsRec},
    {"shared", kMsShared},
    {"slave", kMsSlave},
    {"unbindable", kMsUnbindable},
});
static_assert(base::is_sorted_by_name(kPropagations));

}  // namespace oci::words
