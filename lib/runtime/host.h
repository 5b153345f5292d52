// Looks at the host once.
#pragma once

#include "lib/plan/host_facts.h"
#include "oci/result.h"

namespace oci::runtime {

// All but the cgroups, which joining a container needs no more.
plan::HostFacts probe_kernel();
Result<plan::HostFacts> probe_host();

}  // namespace oci::runtime
