// The listener of a seccomp filter and the agent that decides there.
#pragma once

#include <sys/types.h>

#include <string_view>

#include "lib/runtime/record.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// Takes from the profile what the record has to keep of an agent.
void take_agent(Record& record, const spec::Seccomp& profile);

// Gives `listener`, the one of the filter of process `pid`, to the agent that the record names, on
// a connection of its own. `status`: the container's. Spec: config-linux.md#containerprocessstate
Status tell_agent(const Record& record, std::string_view status, pid_t pid, FdRef listener);

}  // namespace oci::runtime
