// Intel RDT: the group of the resctrl file system that the container gets. Spec:
// config-linux.md#intelrdt
#pragma once

#include <string>
#include <string_view>

#include "lib/plan/host_facts.h"
#include "lib/plan/plan.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

// Errors: kUnsupported where this host has not what is asked for.
Result<Rdt> plan_rdt(const spec::IntelRdt& wanted, const std::string& id, const HostFacts& host);

// The lines for `schemata`, in the order of the specification. "MB:" lines have no place in the
// cache schema.
spec::Strings schemata_lines(const spec::IntelRdt& wanted);
// What of `lines` does not hold in a `schemata` file with this content, as "L3:0=f"; empty: all
// does. Leading zeros and the order of domains do not matter.
std::string schemata_difference(const spec::Strings& lines, std::string_view file);

}  // namespace oci::plan
