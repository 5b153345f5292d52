// exec in a running container.
#pragma once

#include "lib/runtime/context.h"
#include "lib/runtime/serve.h"

namespace oci::runtime {

// `entry` need not be locked: nothing of the container's record changes.
Result<ExecResult> exec_in(const Context& context, const Entry& entry, const Record& record,
                           const ExecOptions& options);

// Starts init with a plan that has neither gate nor console. Returns when its program runs, or, of
// one without a program, when it has ended. `on_listener`: only for plans with a filter.
Result<Launched> execute(const Context& context, const plan::Plan& plan, std::vector<OpenedFd> fds,
                         const OnListener& on_listener = {});

}  // namespace oci::runtime
