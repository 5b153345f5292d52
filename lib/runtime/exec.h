// exec in a running container.
#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

// `entry` need not be locked: nothing of the container's record changes.
Result<ExecResult> exec_in(const Context& context, const Entry& entry, const Record& record,
                           const ExecOptions& options);

// Takes what a gateless init says until its program runs.
Status finish_exec(const plan::Plan& plan, Launched& launched, UniqueFd& master);

}  // namespace oci::runtime
