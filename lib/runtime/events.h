#pragma once

#include "lib/runtime/context.h"
#include "oci/stats.h"

namespace oci::runtime {

// Error kNotRunning: the container's init has ended.
Result<EventStream> watch_container(const Record& record);

}  // namespace oci::runtime
