// exec: one more process in a container, in the order of the calls below.
#include "lib/base/try.h"
#include "lib/plan/draft.h"
#include "lib/plan/entry.h"
#include "lib/plan/limits.h"
#include "lib/plan/process.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

struct Exec {
  const spec::Process& process;
  const ExecInput& input;
  Slot init = kNoSlot;  // pidfd of the container's init
};

void add_setns(Draft& draft, Slot from, std::uint64_t mask, const std::string& subject) {
  if (mask == 0) return;
  Step& step = draft.add(Op::kSetns, subject);
  step.src = from;
  step.n0 = mask;
}

void add_cgroup_namespace(Draft& draft, const Exec& exec) {
  Slot from = exec.init;
  if ((exec.input.join & words::kNewCgroup) != 0 && !exec.input.cgroup_namespace.empty())
    from = draft.add_fd(FdSource::Kind::kNamespace, exec.input.cgroup_namespace, words::kNewCgroup);
  add_setns(draft, from, exec.input.join & words::kNewCgroup,
            "unable to join the container's cgroup namespace");
}

Status add_stage1(Draft& draft, Exec& exec) {
  const spec::Process& process = exec.process;
  if (process.oom_score_adj) add_oom_score(draft, *process.oom_score_adj);
  if (process.exec_cpu_affinity && !process.exec_cpu_affinity->initial.empty())
    TRY(add_affinity_list(draft, process.exec_cpu_affinity->initial,
                          "/process/execCPUAffinity/initial"));
  if (exec.input.user_namespace) TRY(add_rlimits(draft, process.rlimits, true));
  // Once in the user namespace, the caller has no rights in the host's cgroups.
  if (exec.input.user_namespace) add_cgroup_enter(draft, exec.input.dirs, true);
  if (exec.input.join != 0) exec.init = draft.add_fd(FdSource::Kind::kInitPidfd);
  add_setns(draft, exec.init, exec.input.join & ~words::kNewCgroup,
            "unable to join the container's namespaces");
  Step& step = draft.add(Op::kClone, "unable to create process");
  if (!exec.input.user_namespace) step.src = unified_dir(draft, exec.input.dirs);
  return {};
}

Status add_entry(Draft& draft, const Exec& exec) {
  const spec::Process& process = exec.process;
  if (exec.input.user_namespace) add_become_root(draft, exec.input.linux_);
  if (exec.input.explicit_stdio && !process.terminal) add_stdio(draft);
  add_cgroup_enter(draft, exec.input.dirs, false);
  add_rdt_enter(draft, exec.input.rdt_tasks);
  if (process.exec_cpu_affinity && !process.exec_cpu_affinity->final_.empty())
    TRY(add_affinity_list(draft, process.exec_cpu_affinity->final_,
                          "/process/execCPUAffinity/final"));
  else if (!process.exec_cpu_affinity)
    add_affinity(draft, {}, {}, kIgnoreErrors);
  add_cgroup_namespace(draft, exec);
  draft.add(exec.input.as_hook ? Op::kSetpgid : Op::kSetsid,
            exec.input.as_hook ? "unable to create process group" : "unable to create session");
  if (!exec.input.no_new_keyring) add_keyring(draft, exec.input.id);
  draft.add(Op::kUmask, "unable to clear umask").n0 = 0;
  return {};
}

Status add_stage2(Draft& draft, const Exec& exec, const ProcessInput& subject) {
  const spec::Process& process = exec.process;
  TRY(add_entry(draft, exec));
  if (process.terminal) {
    draft.plan.terminal = true;
    add_terminal(draft, process, draft.builder.new_slot(), false);
  } else {
    draft
        .add(Op::kStdioOwner, "unable to set the owner of the standard streams",
             "/process/user/uid")
        .n0 = process.user.uid;
  }
  TRY(add_limits(draft, process, exec.input.linux_));
  if (wants_label(process)) need_procfs(draft);
  add_labels(draft, process);
  Finish finish;
  finish.keep_fds = exec.input.keep_fds;
  if (exec.input.as_hook)
    finish.program = exec.input.program.empty() ? process.args.front() : exec.input.program;
  add_finish(draft, process, subject, finish);
  return {};
}

}  // namespace

Result<Plan> compile_exec(const spec::Process& process, const ExecInput& input,
                          const HostFacts& host) {
  Draft draft(host);
  draft.user_namespace = input.user_namespace;
  draft.plan.seccomp = input.seccomp;
  draft.plan.seccomp_flags = input.seccomp_flags;
  Exec exec{process, input};
  const ProcessInput subject = TRY(read_process(draft, process, input.linux_, {}, false));
  TRY(add_stage1(draft, exec));
  TRY(add_stage2(draft, exec, subject));
  return draft.finish();
}

}  // namespace oci::plan
