// Scheduling and resource limits of the process, as steps.
// Spec: config.md#posix-process, #linux-process; config-linux.md#memory-policy, #personality
#pragma once

#include <vector>

#include "lib/plan/draft.h"

namespace oci::plan {

// `only_raise`: hard limits that are below; a user namespace takes the right to do so from those in
// it.
Status add_rlimits(Draft& draft, const std::vector<spec::Rlimit>& rlimits, bool only_raise);
// process.scheduler and process.ioPriority
Status add_scheduler(Draft& draft, const spec::Process& process);
Status add_memory_policy(Draft& draft, const spec::Linux& linux_);
Status add_personality(Draft& draft, const spec::Linux& linux_);

}  // namespace oci::plan
