// run: create, start, wait, remove.
#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

Result<ExitStatus> run_container(const Context& context, std::string_view id,
                                 const RunOptions& options);
// Removes a stopped (or, forced, any) container and runs its poststop hooks, whose failure is only
// a warning.
Status remove_container(const Context& context, const Store& store, Entry& entry,
                        const Record& record);

}  // namespace oci::runtime
