#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

// What is set in `from` replaces what `into` has; devices stay.
void merge_resources(spec::Resources& into, const spec::Resources& from);

// Precondition: the entry is locked, the container has not stopped. All or nothing.
Status update_container(const Context& context, const Entry& entry, Record& record,
                        const spec::Resources& resources);

}  // namespace oci::runtime
