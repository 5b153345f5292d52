// What create and run begin with: the request checked, stage 1 under way, the configuration read.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "lib/plan/plan.h"
#include "lib/runtime/context.h"
#include "lib/runtime/stage1.h"

namespace oci::runtime {

// What several rooms notice is said once.
class Warnings {
 public:
  void say(const Context& context, const std::string& text) {
    if (said_.insert(text).second) context.log(LogLevel::kWarning, text);
  }

 private:
  std::set<std::string> said_;
};

struct Prepared {
  std::string bundle;  // the real path
  spec::Spec spec;     // valid
  Stage1 stage1;
  Warnings warnings;
};
Result<Prepared> prepare(const Context& context, std::string_view id, const CreateOptions& options);

// For the plan. Nothing of it comes from the configuration but the rootfs, which must be there.
Result<plan::CreateInput> create_input(const Context& context, std::string_view id,
                                       std::string bundle, const CreateOptions& options,
                                       const spec::Spec& spec, bool gate_on_disk);

// For a caller without rights: the cgroups that it cannot make are left out, if the configuration
// does not name one (C035).
void leave_out_cgroups(const Context& context, const spec::Spec& spec, plan::HostFacts& host,
                       plan::CreateInput& input);

inline bool wants_terminal(const spec::Spec& spec) {
  return spec.process && spec.process->terminal;
}

}  // namespace oci::runtime
