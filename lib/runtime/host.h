// Looks at the host once.
#pragma once

#include "lib/plan/host_facts.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::runtime {

// All but the cgroups, which joining a container needs no more.
plan::HostFacts probe_kernel();
// `spec`: what few ask for is looked for only then.
Result<plan::HostFacts> probe_host(const spec::Spec& spec);

}  // namespace oci::runtime
