// The rules that this host decides, as tables like those of lib/validate.
#pragma once

#include <span>
#include <string>

#include "lib/check/host.h"
#include "lib/check/root_view.h"
#include "lib/plan/plan.h"
#include "lib/validate/rules.h"
#include "oci/spec.h"

namespace oci::check_rules {

// What a rule looks at.
struct Ground {
  const spec::Spec& spec;
  const Host& host;
  const std::string& bundle;
  const RootView& root;
  const plan::Plan* plan;  // null where there is none

  const spec::Linux* linux_block() const { return spec.linux_ ? &*spec.linux_ : nullptr; }
  const spec::Namespace* find_namespace(std::string_view type) const {
    return spec.linux_ ? validate_rules::find_namespace(*spec.linux_, type) : nullptr;
  }
  // The container gets a user namespace, in which it has all rights.
  bool has_user_namespace() const { return find_namespace("user") != nullptr; }
};

using HostRule = validate_rules::Rule<Ground>;
using validate_rules::at;
using validate_rules::quote;
using validate_rules::Report;
using validate_rules::token;

std::span<const HostRule> process_host_rules();
std::span<const HostRule> file_host_rules();
std::span<const HostRule> namespace_host_rules();
std::span<const HostRule> resource_host_rules();
std::span<const HostRule> kernel_host_rules();

}  // namespace oci::check_rules
