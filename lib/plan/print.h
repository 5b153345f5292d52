// An init plan for people: one line for each step.
#pragma once

#include <string>
#include <string_view>

#include "lib/plan/plan.h"

namespace oci::plan {

// The op's name in snake_case, "fs_mount"; empty for no op.
std::string_view op_name(Op op);

// `index name argument=value ... # pointer`. Arguments carry the names of their meaning, empty ones
// are left out; binary ones are shown as numbers or counted. Slots are shown as %N.
std::string print(const Plan& plan);

}  // namespace oci::plan
