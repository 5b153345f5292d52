#include "lib/check/outline.h"

#include <algorithm>

#include "lib/plan/print.h"

namespace oci::check_rules {
namespace {

constexpr std::size_t kInstruction = 8;  // struct sock_filter, struct bpf_insn

std::string_view mode_name(cgroup::Mode mode) {
  switch (mode) {
    case cgroup::Mode::kV1: return "v1";
    case cgroup::Mode::kHybrid: return "hybrid";
    case cgroup::Mode::kV2: return "v2";
    default: return "none";
  }
}

void add_cgroup(Outline& out, const cgroup::Plan& plan) {
  out.cgroup_mode = mode_name(plan.mode);
  for (const cgroup::Dir& dir : plan.dirs) out.cgroups.push_back(dir.mount_point + dir.path);
  for (const cgroup::Write& write : plan.writes)
    out.writes.push_back(
        {out.cgroups[write.dir] + "/" + write.file, write.value, write.pointer, write.optional});
  out.device_instructions = plan.device_program.size() / kInstruction;
}

OutlineSeccomp seccomp_of(const spec::Seccomp& profile, const plan::Plan& plan) {
  OutlineSeccomp out;
  out.default_action = profile.default_action;
  for (const spec::Syscall& rule : profile.syscalls) {
    auto found = std::find_if(out.actions.begin(), out.actions.end(),
                              [&](const auto& entry) { return entry.first == rule.action; });
    if (found == out.actions.end()) found = out.actions.insert(found, {rule.action, 0});
    found->second += rule.names.size();
    out.listener = out.listener || rule.action == "SCMP_ACT_NOTIFY";
  }
  out.architectures = profile.architectures;
  if (profile.flags) out.flags = *profile.flags;
  out.instructions = plan.seccomp.size() / kInstruction;
  return out;
}

void add_hooks(Outline& out, const spec::Hooks& hooks) {
  const auto add = [&](const char* name, const std::vector<spec::Hook>& list) {
    if (!list.empty()) out.hooks.emplace_back(name, list.size());
  };
  add("prestart", hooks.prestart);
  add("createRuntime", hooks.create_runtime);
  add("createContainer", hooks.create_container);
  add("startContainer", hooks.start_container);
  add("poststart", hooks.poststart);
  add("poststop", hooks.poststop);
}

}  // namespace

Outline outline_of(const spec::Spec& spec, const plan::CreateInput& input, const plan::Plan& plan) {
  Outline out;
  out.bundle = input.bundle;
  out.rootfs = input.rootfs;
  out.readonly = spec.root && spec.root->readonly;
  if (spec.process) {
    out.args = spec.process->args;
    out.cwd = spec.process->cwd;
    out.uid = spec.process->user.uid;
    out.gid = spec.process->user.gid;
  }
  if (spec.linux_) {
    out.namespaces = spec.linux_->namespaces;
    if (spec.linux_->seccomp && !plan.seccomp.empty())
      out.seccomp = seccomp_of(*spec.linux_->seccomp, plan);
  }
  if (plan.maps) out.uid_mappings = plan.maps->uids, out.gid_mappings = plan.maps->gids;
  out.mounts = spec.mounts.size();
  add_hooks(out, spec.hooks);
  add_cgroup(out, plan.cgroup);
  out.steps = plan::outline_steps(plan);
  out.devices = static_cast<std::size_t>(
      std::count_if(out.steps.begin(), out.steps.end(),
                    [](const OutlineStep& step) { return step.name == "dev_node"; }));
  out.warnings = plan.warnings;
  return out;
}

}  // namespace oci::check_rules
