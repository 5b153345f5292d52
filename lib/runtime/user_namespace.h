// User namespaces that nobody lives in.
#pragma once

#include "lib/plan/plan.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// A new one with these maps, for mount_setattr(2). The process that it takes to make it has ended
// when this returns, and ends by itself if the caller is killed before.
Result<UniqueFd> make_user_namespace(const plan::IdMaps& maps);

}  // namespace oci::runtime
