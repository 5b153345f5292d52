// exec: one more process, by the same rooms with a join plan. config.json is not read again (S011).
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/try.h"
#include "lib/cgroup/probe.h"
#include "lib/cgroup/sub_cgroup.h"
#include "lib/plan/print.h"
#include "lib/plan/seccomp.h"
#include "lib/runtime/console.h"
#include "lib/runtime/exec.h"
#include "lib/runtime/foreground.h"
#include "lib/runtime/pid_file.h"
#include "lib/runtime/rdt.h"
#include "lib/runtime/serve.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "oci/validate.h"

namespace oci::runtime {
namespace {

void add_capabilities(spec::Capabilities& caps, const spec::Strings& added) {
  for (const std::string& name : added) {
    for (spec::Strings* set : {&caps.bounding, &caps.effective, &caps.permitted})
      set->push_back(name);
    if (!caps.inheritable.empty()) caps.ambient.push_back(name);
  }
}

// C061: what a process document leaves out of these comes from the container.
spec::Process from_document(const Record& record, const ExecOptions& options) {
  spec::Process process = *options.process;
  process.terminal = process.terminal || options.tty;
  if (!process.capabilities) process.capabilities = record.process.capabilities;
  if (process.apparmor_profile.empty()) process.apparmor_profile = record.process.apparmor_profile;
  if (process.selinux_label.empty()) process.selinux_label = record.process.selinux_label;
  if (!process.oom_score_adj) process.oom_score_adj = record.process.oom_score_adj;
  return process;
}

spec::Process from_flags(const Record& record, const ExecOptions& options) {
  spec::Process process = record.process;
  process.args = options.args;
  process.terminal = options.tty;
  process.console_size.reset();
  if (!options.cwd.empty()) process.cwd = options.cwd;
  if (!options.env.empty()) {
    if (!process.env) process.env.emplace();
    process.env->insert(process.env->end(), options.env.begin(), options.env.end());
  }
  if (options.uid) process.user.uid = *options.uid;
  if (options.gid) process.user.gid = *options.gid;
  process.user.additional_gids.insert(process.user.additional_gids.end(),
                                      options.additional_gids.begin(),
                                      options.additional_gids.end());
  if (!options.capabilities.empty()) {
    if (!process.capabilities) process.capabilities.emplace();
    add_capabilities(*process.capabilities, options.capabilities);
  }
  if (options.no_new_privs) process.no_new_privileges = *options.no_new_privs;
  if (!options.selinux_label.empty()) process.selinux_label = options.selinux_label;
  if (!options.apparmor_profile.empty()) process.apparmor_profile = options.apparmor_profile;
  return process;
}

Error stopped() { return {Code::kWrongState, "cannot exec in a stopped container", 0, {}, {}}; }

Status check_status(const Entry& entry, const Record& record, bool ignore_paused) {
  const ContainerStatus status = TRY(status_of(entry, record));
  if (status == ContainerStatus::kStopped) return stopped();
  if (status == ContainerStatus::kCreating)
    return Error{Code::kWrongState, "cannot exec in a container in the creating state", 0, {}, {}};
  if (status == ContainerStatus::kPaused && !ignore_paused)
    return Error{Code::kWrongState,
                 "cannot exec in a paused container (use --ignore-paused to override)",
                 0,
                 {},
                 {}};
  if (!record.no_exec.empty()) return Error{Code::kUnsupported, record.no_exec, 0, {}, {}};
  return {};
}

// It may have ended just now.
Result<UniqueFd> open_init(const Record& record) {
  auto found = sys::open_identified(record.init);
  if (!found && found.error().sys_errno == ESRCH) return stopped();
  return found;
}

Result<plan::ExecInput> join_input(const Entry& entry, const Record& record,
                                   const ExecOptions& options, bool stdio) {
  plan::ExecInput input;
  input.id = record.id;
  input.linux_ = record.linux_;
  input.join = record.namespaces;
  input.user_namespace = record.user_namespace;
  if (record.has_seccomp) input.seccomp = TRY(entry.load_seccomp());
  input.seccomp_flags = record.seccomp_flags;
  if (record.seccomp) {
    plan::Plan filter;
    TRY(plan::compile_seccomp_into(filter, *record.seccomp));
    input.seccomp = std::move(filter.seccomp);
    input.seccomp_flags = filter.seccomp_flags;
  }
  input.explicit_stdio = stdio;
  input.keep_fds = options.preserve_fds;
  input.no_new_keyring = record.no_new_keyring;
  // Until a foreign init executes the program, nobody in the container's user namespace may trace
  // it.
  if (record.maker != Maker::kOcirun && record.user_namespace)
    input.cgroup_namespace = "/proc/" + std::to_string(record.init.pid) + "/ns/cgroup";
  input.rdt_tasks = rdt_tasks(record);
  input.dirs = record.cgroup.dirs;
  if (!options.cgroups.empty())
    input.dirs = TRY(cgroup::sub_cgroup(record.cgroup.dirs, options.cgroups));
  return input;
}

struct Receivers {
  UniqueFd console, pidfd;
};

// As runc does: below the bundle, unless a process document spares it the way there.
Result<Receivers> connect_receivers(const Record& record, const ExecOptions& options,
                                    bool terminal) {
  const auto connect = [&](const std::string& path) -> Result<UniqueFd> {
    if (options.process || path.starts_with('/')) return connect_receiver(FdRef(sys::kCwd), path);
    const UniqueFd bundle = TRY(sys::open(record.bundle, O_PATH | O_DIRECTORY));
    return connect_receiver(bundle, path);
  };
  Receivers to;
  if (terminal && options.detach) to.console = TRY(connect(options.console_socket));
  if (!options.pidfd_socket.empty())
    to.pidfd = TRY_CTX("failed to dial " + options.pidfd_socket, connect(options.pidfd_socket));
  return to;
}

struct Started {
  plan::Plan plan;
  Launched launched;
};

Result<Started> start_process(const Record& record, Stage1 stage1, const spec::Process& process,
                              const plan::ExecInput& input, const Stdio& stdio, FdRef init) {
  plan::Plan plan = TRY(plan::compile_exec(process, input, probe_kernel()));
  cgroup::Cgroup group = TRY(cgroup::Cgroup::open(input.dirs, record.cgroup.mode));
  auto fds = TRY_CTX(kStart, open_fds(plan, &group, nullptr, stdio, init));
  // As long as it lives, what was opened by its number is its own.
  if (TRY(sys::wait_ended(init, std::chrono::milliseconds(0)))) return stopped();
  Launched launched = TRY_CTX(kStart, launch(std::move(stage1), plan, std::move(fds)));
  return Started{std::move(plan), std::move(launched)};
}

// What a cgroup says that may hold no process, in either way of entering it.
bool takes_no_process(const Error& error) {
  return (error.sys_errno == EBUSY || error.sys_errno == EOPNOTSUPP) &&
         (error.step == plan::op_name(plan::Op::kClone) ||
          error.step == plan::op_name(plan::Op::kCgroupEnter));
}

// In the container's cgroup or, where that takes no process and no other was asked for, in that of
// its init (C070).
Result<Started> start_somewhere(const Context& context, const Record& record, Stage1 stage1,
                                const spec::Process& process, plan::ExecInput input,
                                const Stdio& stdio, FdRef init, bool fixed) {
  auto started = start_process(record, std::move(stage1), process, input, stdio, init);
  if (started || fixed || !takes_no_process(started.error())) return started;
  const auto proc = sys::read_file("/proc/" + std::to_string(record.init.pid) + "/cgroup");
  // Still alive, so what was read is of the init.
  if (!proc || !sys::open_identified(record.init)) return started;
  const auto dirs = cgroup::cgroup_of_init(input.dirs, cgroup::parse_membership(*proc));
  if (!dirs) return started;
  input.dirs = *dirs;
  Stage1 again = TRY_CTX(kStart, Stage1::begin(input.keep_fds, context.options.title));
  return start_process(record, std::move(again), process, input, stdio, init);
}

}  // namespace

Result<ExecResult> exec_in(const Context& context, const Entry& entry, const Record& record,
                           const ExecOptions& options) {
  TRY(check_status(entry, record, options.ignore_paused));
  const spec::Process process =
      options.process ? from_document(record, options) : from_flags(record, options);
  if (process.args.empty())
    return Error{Code::kInvalidArgument,
                 options.process ? "args must not be empty" : "exec args cannot be empty",
                 0,
                 {},
                 {}};
  TRY(first_error(validate_process(process)));
  TRY(check_console(options.console_socket, process.terminal, options.detach));
  const Receivers to = TRY(connect_receivers(record, options, process.terminal));

  std::optional<Foreground> foreground;
  Stdio stdio = options.stdio;
  if (!options.detach) {
    foreground.emplace(TRY(Foreground::prepare(
        foreground_options(process.terminal, &record.linux_, options.stdio, false))));
    if (!process.terminal) stdio = foreground->child_stdio();
  }
  const bool explicit_stdio = stdio.in >= 0 || stdio.out >= 0 || stdio.err >= 0;
  Stage1 stage1 = TRY_CTX(kStart, Stage1::begin(options.preserve_fds, context.options.title));
  const plan::ExecInput input = TRY(join_input(entry, record, options, explicit_stdio));
  const UniqueFd init = TRY(open_init(record));
  Started started = TRY(start_somewhere(context, record, std::move(stage1), process, input, stdio,
                                        init, !options.cgroups.empty()));
  for (const std::string& w : started.plan.warnings) context.log(LogLevel::kWarning, w);
  UniqueFd master;
  TRY_CTX(kStart, finish_exec(started.plan, started.launched, master));

  Child& child = started.launched.child;
  const pid_t pid = child.pid();
  if (master && to.console) TRY(send_console(FdRef(to.console), FdRef(master)));
  if (to.pidfd) TRY(send_pidfd(FdRef(to.pidfd), child.pidfd(), PidfdOf::kExec));
  if (!options.pid_file.empty()) TRY(write_pid_file(options.pid_file, pid));
  const UniqueFd pidfd = child.commit();
  if (options.detach) return ExecResult{pid, std::nullopt};
  TRY(foreground->attach(std::move(master)));
  return ExecResult{pid, TRY(foreground->wait(pid, pidfd))};
}

Result<Launched> execute(const Context& context, const plan::Plan& plan,
                         std::vector<OpenedFd> fds) {
  Stage1 stage1 = TRY(Stage1::begin(plan.keep_fds, context.options.title));
  Launched launched = TRY(launch(std::move(stage1), plan, std::move(fds)));
  UniqueFd none;
  TRY(finish_exec(plan, launched, none));
  return launched;
}

Status finish_exec(const plan::Plan& plan, Launched& launched, UniqueFd& master) {
  for (const Received& early : launched.early)
    if (early.report.kind == plan::ReportKind::kError) return step_error(plan, early.report);
  for (Received& early : launched.early)
    if (early.report.kind == plan::ReportKind::kFd && !early.fds.empty())
      master = std::move(early.fds.front());
  return drain_until_executed(plan, FdRef(launched.channel), master);
}

}  // namespace oci::runtime
