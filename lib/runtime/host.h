// Looks at the host once.
#pragma once

#include "lib/plan/host_facts.h"
#include "oci/result.h"

namespace oci::runtime {

Result<plan::HostFacts> probe_host();

}  // namespace oci::runtime
