// An init plan for people: one line for each step.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/check.h"

namespace oci::plan {

// The op's name in snake_case, "fs_mount"; empty for no op.
std::string_view op_name(Op op);

// The steps as data. Arguments carry the names of their meaning, empty ones are left out; binary
// ones are shown as numbers or counted. Slots are shown as %N. Empty: not a plan.
std::vector<OutlineStep> outline_steps(const Plan& plan);
// `name argument=value ... # pointer`
std::string step_text(const OutlineStep& step);

// `index name argument=value ... # pointer`. Arguments carry the names of their meaning, empty ones
// are left out; binary ones are shown as numbers or counted. Slots are shown as %N.
std::string print(const Plan& plan);

}  // namespace oci::plan
