// A plan with all its errors at once: what is in the way of it is told and left out, until one can
// be made. Pure.
#pragma once

#include <string>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/validate.h"

namespace oci::check_rules {

struct Compiled {
  std::vector<Finding> errors;  // with Scope::kRuntime: unsupported; else the caller has to say
  // The configuration without what is in the way; the plan is of that. Empty: even so there is
  // none.
  spec::Spec rest;
  std::optional<plan::Plan> plan;
};
Compiled compile_rest(spec::Spec spec, const plan::CreateInput& input, const plan::HostFacts& host);

// A finding with the requirement that is about this member.
Finding finding_at(Level level, std::string_view pointer, std::string text);
// Takes the member, or what is around it, out of the configuration. False: it has to stay.
bool leave_out(spec::Spec& spec, std::string_view pointer);
// A host that has everything: what fails on it fails everywhere.
plan::HostFacts ideal_host();

}  // namespace oci::check_rules
