#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

// What is set in `from` replaces what `into` has; devices stay.
void merge_resources(spec::Resources& into, const spec::Resources& from);

// The kernel forgets an idle cgroup's weight: with the recorded one where `change` ends idleness
// and names none.
spec::Resources with_weight(const spec::Resources& change, const spec::Resources& recorded);

// Precondition: the entry is locked, the container has not stopped. All or nothing.
Status update_container(const Context& context, const Entry& entry, Record& record,
                        const spec::Resources& change, const RdtChange& rdt = {});

}  // namespace oci::runtime
