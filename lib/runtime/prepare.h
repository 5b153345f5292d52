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

struct Loaded {
  std::string bundle;  // the real path
  spec::Spec spec;     // valid
  Warnings warnings;
};
struct Prepared : Loaded {
  Stage1 stage1;
  std::uint64_t early;  // namespaces that stage 1 makes already
};
Result<Prepared> prepare(const Context& context, std::string_view id, const CreateOptions& options);
// The same without stage 1.
Result<Loaded> load_bundle(const Context& context, std::string_view id,
                           const CreateOptions& options);

// The parts of it. What no configuration is needed for:
Status check_request(const Context& context, std::string_view id, const CreateOptions& options);
// The real path; empty is the current directory.
Result<std::string> absolute_bundle(const std::string& bundle);
// A directory whose path leads over no symlink (S015).
Result<std::string> absolute_rootfs(const std::string& bundle, const spec::Spec& spec);

// For the plan. Nothing of it comes from the configuration but the rootfs, which must be there.
Result<plan::CreateInput> create_input(const Context& context, std::string_view id,
                                       std::string bundle, const CreateOptions& options,
                                       const spec::Spec& spec, bool gate_on_disk);

// For a caller without rights: the cgroups that it cannot make are left out, if the configuration
// does not name one (C035).
void leave_out_cgroups(const Context& context, const spec::Spec& spec, plan::HostFacts& host,
                       plan::CreateInput& input);

// first_record.cpp. What a record says before anything of the container exists.
Record first_record(std::string_view id, const CreateOptions& options, const spec::Spec& spec,
                    const plan::CreateInput& input, const plan::Plan& plan);

// Makes the container's cgroup, and puts down in `record` what of it is the container's own.
Result<cgroup::Cgroup> make_cgroup(Record& record, const plan::Plan& plan);

inline const spec::Linux* linux_of(const spec::Spec& spec) {
  return spec.linux_ ? &*spec.linux_ : nullptr;
}
inline bool wants_terminal(const spec::Spec& spec) {
  return spec.process && spec.process->terminal;
}

}  // namespace oci::runtime
