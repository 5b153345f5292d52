// exec in a running container.
#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

// `entry` need not be locked: nothing of the container's record changes.
Result<ExecResult> exec_in(const Context& context, const Entry& entry, const Record& record,
                           const ExecOptions& options);

// Starts init with a plan that has neither gate nor console. Returns when its program runs, or, of
// one without a program, when it has ended.
Result<Launched> execute(const Context& context, const plan::Plan& plan, std::vector<OpenedFd> fds);

// Takes what a gateless init says until its program runs.
Status finish_exec(const plan::Plan& plan, Launched& launched, UniqueFd& master);

}  // namespace oci::runtime
