// The flags of `update`.
#pragma once

#include "oci/result.h"
#include "oci/spec.h"
#include "tools/ocirun/flags.h"

namespace ocirun {

// What the flags say, without --resources. Error text: `invalid value for FLAG: …`.
oci::Result<oci::spec::Resources> update_resources(const FlagValues& flags);

}  // namespace ocirun
