#pragma once

#include <cstdint>
#include <string>

#include "lib/plan/init_plan.h"

namespace oci::runtime {

// Why the kernel has refused the kIdMap step `at`, in words: it says no more than EINVAL, also for
// a file system that knows no id-mapped mounts.
std::string id_map_error(const plan::View& view, std::size_t at, int err);

}  // namespace oci::runtime
