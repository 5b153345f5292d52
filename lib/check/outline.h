// From a plan to what people and programs read of it.
#pragma once

#include "lib/plan/plan.h"
#include "oci/check.h"

namespace oci::check_rules {

Outline outline_of(const spec::Spec& spec, const plan::CreateInput& input, const plan::Plan& plan);

}  // namespace oci::check_rules
