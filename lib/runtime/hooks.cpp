// Lifecycle hooks: each a small plan of its own, the state on its standard input, its output kept
// for the error. Spec: config.md#posix-platform-hooks
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>

#include "lib/base/try.h"
#include "lib/runtime/context.h"
#include "lib/runtime/exec.h"
#include "lib/runtime/listener.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/words/namespaces.h"
#include "oci/parse.h"

extern char** environ;

namespace oci::runtime {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kKeptOutput = 4096;

spec::Strings own_environment() {
  spec::Strings env;
  for (char** e = environ; *e != nullptr; ++e) env.emplace_back(*e);
  return env;
}

spec::Process hook_process(const Record& record, const spec::Hook& hook, HookPlace place) {
  spec::Process process;
  if (place == HookPlace::kProcess) process = record.process;
  process.terminal = false;
  process.args = hook.args.empty() ? spec::Strings{hook.path} : hook.args;
  if (place != HookPlace::kProcess)
    process.cwd = place == HookPlace::kRuntime ? record.bundle : record.rootfs;
  if (hook.env)
    process.env = hook.env;
  else if (place == HookPlace::kRuntime)
    process.env = own_environment();
  else if (place == HookPlace::kContainer)
    process.env = spec::Strings{};
  return process;
}

// Hooks of the runtime and of the unpivoted container keep the caller's rights: only place and
// streams change.
plan::Plan privileged_plan(const spec::Process& process, const spec::Hook& hook, std::uint64_t join,
                           bool setgroups = true) {
  plan::Builder b;
  plan::Plan plan;
  if (join != 0) {
    const plan::Slot slot = b.new_slot();
    plan.fds.push_back({plan::FdSource::Kind::kInitPidfd, slot, {}, 0, 0});
    auto& step = b.add(plan::Op::kSetns, "joining the container");
    step.src = slot;
    step.n0 = join;
  }
  b.add(plan::Op::kClone, "starting the hook");
  if ((join & words::kNewUser) != 0) {
    auto& step = b.add(plan::Op::kBecomeRoot, "becoming root of the user namespace");
    if (!setgroups) step.flags = plan::kNoSetgroups;
  }
  for (std::size_t fd = 0; fd < 3; ++fd) {
    const plan::Slot slot = b.new_slot();
    plan.fds.push_back({plan::FdSource::Kind::kStdio, slot, {}, 0, fd});
    auto& step = b.add(plan::Op::kDup, "setting up its streams");
    step.src = slot;
    step.n0 = fd;
  }
  b.add(plan::Op::kSetpgid, "making a process group");
  {
    const plan::Ref cwd = b.str(process.cwd);
    auto& step = b.add(plan::Op::kChdir, "changing to " + process.cwd);
    step.s0 = cwd;
  }
  b.add(plan::Op::kUmask).n0 = 022;
  b.add(plan::Op::kCloseFds).n0 = 3;
  const plan::Ref args = b.list(process.args), env = b.list(process.env.value_or(spec::Strings{})),
                  path = b.str(hook.path);
  auto& step = b.add(plan::Op::kExec, "fork/exec " + hook.path);
  step.list = args;
  step.s1 = env;
  step.s0 = path;
  plan.notes = b.take_notes();
  plan.init = b.finish();
  return plan;
}

Result<plan::Plan> hook_plan(const Record& record, const spec::Hook& hook, HookPlace place,
                             const std::vector<std::byte>& seccomp) {
  const spec::Process process = hook_process(record, hook, place);
  if (place == HookPlace::kRuntime) return privileged_plan(process, hook, 0);
  if (place == HookPlace::kContainer)
    return privileged_plan(process, hook,
                           record.namespaces & ~(words::kNewCgroup | words::kNewTime),
                           ::geteuid() == 0);
  plan::ExecInput input;
  input.id = record.id;
  input.linux_ = record.linux_;
  input.join = record.namespaces;
  input.user_namespace = record.user_namespace;
  input.explicit_stdio = true;
  input.as_hook = true;
  input.seccomp = seccomp;
  input.seccomp_flags = record.seccomp_flags;
  input.program = hook.path;
  input.dirs = record.cgroup.dirs;
  input.no_new_keyring = record.no_new_keyring;
  return plan::compile_exec(process, input, probe_kernel());
}

// Collects the output's head until the process has ended or the time is over. A grandchild that
// holds the pipes open does not count (S232).
struct Watch {
  UniqueFd from_stdout, from_stderr;
  std::string out, err;

  static void collect(UniqueFd& fd, std::string& text) {
    char buffer[4096];
    const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
    if (n > 0)
      text.append(buffer, text.size() < kKeptOutput ? static_cast<std::size_t>(n) : 0);
    else if (n == 0 || errno != EAGAIN)
      fd.reset();
  }

  // False: the time is over.
  Result<bool> until_end(FdRef pidfd, std::optional<Clock::time_point> deadline) {
    for (;;) {
      pollfd fds[3] = {
          {pidfd.get(), POLLIN, 0}, {from_stdout.get(), POLLIN, 0}, {from_stderr.get(), POLLIN, 0}};
      int wait = -1;
      if (deadline) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - Clock::now()).count();
        if (left <= 0) return false;
        wait = static_cast<int>(std::min<long long>(left, 1 << 30));
      }
      if (::poll(fds, 3, wait) < 0) {
        if (errno == EINTR) continue;
        return sys::last_error("poll", "");
      }
      if (fds[1].revents != 0) collect(from_stdout, out);
      if (fds[2].revents != 0) collect(from_stderr, err);
      if (fds[0].revents != 0) break;
    }
    for (int i = 0; i < 16 && (from_stdout || from_stderr); ++i) {
      pollfd rest[2] = {{from_stdout.get(), POLLIN, 0}, {from_stderr.get(), POLLIN, 0}};
      if (::poll(rest, 2, 0) <= 0) break;
      if (rest[0].revents != 0) collect(from_stdout, out);
      if (rest[1].revents != 0) collect(from_stderr, err);
    }
    return true;
  }
};

// As Go words it: signal names in lower case.
std::string exit_text(const sys::ProcessExit& exit) {
  if (!exit.signaled) return "exit status " + std::to_string(exit.value);
  std::string name = ::strsignal(exit.value);
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z')
    name[0] = static_cast<char>(name[0] - 'A' + 'a');
  return "signal: " + name;
}

Status run_hook(const Context& context, const Record& record, const spec::Hook& hook,
                HookPlace place, const std::string& state, FdRef init_pidfd,
                const std::vector<std::byte>& seccomp) {
  const plan::Plan plan = TRY(hook_plan(record, hook, place, seccomp));
  // A file, not a pipe or socket: a hook may leave it unread, or open /dev/stdin once more.
  UniqueFd child_in = TRY(data_memfd("oci-state", state));
  Watch watch;
  auto out = TRY(sys::make_pipe());
  auto err = TRY(sys::make_pipe());
  watch.from_stdout = std::move(out.read);
  watch.from_stderr = std::move(err.read);
  ::fcntl(watch.from_stdout.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(watch.from_stderr.get(), F_SETFL, O_NONBLOCK);
  const Stdio stdio{child_in.get(), out.write.get(), err.write.get()};
  cgroup::Cgroup group = TRY(open_cgroup(record));
  const OnListener on_listener = [&](pid_t pid, FdRef listener) {
    return tell_agent(record, "created", pid, listener);
  };
  Launched launched = TRY(
      execute(context, plan, TRY(open_fds(plan, &group, nullptr, stdio, init_pidfd)), on_listener));
  child_in.reset();
  out.write.reset();
  err.write.reset();

  std::optional<Clock::time_point> deadline;
  if (hook.timeout) deadline = Clock::now() + std::chrono::seconds(*hook.timeout);
  const pid_t pid = launched.child.pid();
  if (!TRY(watch.until_end(launched.child.pidfd(), deadline))) {
    ::kill(-pid,
           SIGKILL);  // its group, while it still is ours to reap: the number cannot be another's
    return Error{Code::kHook,
                 "hook ran past specified timeout of " + std::to_string(*hook.timeout) + ".0s",
                 0,
                 {},
                 {}};
  }
  const sys::ProcessExit exit = TRY(sys::reap(launched.child.pidfd()));
  (void)launched.child.commit();
  if (!exit.signaled && exit.value == 0) return {};
  return Error{Code::kHook,
               exit_text(exit) + ", stdout: " + watch.out + ", stderr: " + watch.err,
               0,
               {},
               {}};
}

}  // namespace

Status run_hooks(const Context& context, const Record& record, const std::vector<spec::Hook>& hooks,
                 std::string_view name, HookPlace place, const spec::State& state, FdRef pidfd,
                 const std::vector<std::byte>& seccomp) {
  if (hooks.empty()) return {};
  spec::State shown = state;
  if (place != HookPlace::kRuntime && (record.namespaces & words::kNewPid) != 0) shown.pid = 1;
  const std::string document = render_state(shown);
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    auto done = run_hook(context, record, hooks[i], place, document, pidfd, seccomp);
    if (done) continue;
    Error error = std::move(done).error();
    error.code = Code::kHook;
    error.where = "/hooks/" + std::string(name) + "/" + std::to_string(i);
    return std::move(error).with_context("error running " + std::string(name) + " hook #" +
                                         std::to_string(i));
  }
  return {};
}

}  // namespace oci::runtime
