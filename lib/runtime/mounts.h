// Mounts of a running container.
#pragma once

#include <vector>

#include "lib/runtime/context.h"

namespace oci::runtime {

// Preconditions of both: the container lives, and is locked.
Status add_mounts(const Context& context, const Record& record,
                  const std::vector<spec::Mount>& mounts);
Status remove_mounts(const Context& context, const Record& record,
                     const std::vector<spec::Mount>& mounts);

}  // namespace oci::runtime
