#include "lib/plan/process.h"

#include <algorithm>
#include <map>
#include <set>

#include "lib/base/numbers.h"
#include "lib/base/try.h"
#include "lib/plan/limits.h"
#include "lib/plan/paths.h"
#include "lib/plan/seccomp.h"

namespace oci::plan {
namespace {

Status check_entry(const std::string& entry, const std::string& pointer) {
  const std::string kStart = "invalid environment variable";
  const std::size_t equals = entry.find('=');
  if (equals == std::string::npos) return invalid(kStart + ": missing '='", pointer);
  if (equals == 0) return invalid(kStart + ": name cannot be empty", pointer);
  if (entry.find('\0') != std::string::npos)
    return invalid(kStart + " " + quoted(entry.substr(0, equals)) + ": contains nul byte (\\x00)",
                   pointer);
  return {};
}

void add_seccomp(Draft& draft) {
  const Plan& plan = draft.plan;
  if (plan.seccomp.empty()) return;
  Step& step = draft.add(Op::kSeccomp, "error loading seccomp filter", "/linux/seccomp");
  step.s0 = draft.builder.bytes(plan.seccomp.data(), plan.seccomp.size());
  step.flags = plan.seccomp_flags;
}

// Needs CAP_SYS_ADMIN, which the change of user has left permitted but not effective.
void add_privileged_seccomp(Draft& draft) {
  if (draft.plan.seccomp.empty()) return;
  draft.add(Op::kCaps, "unable to apply caps", "/process/capabilities").flags = kRaiseEffective;
  add_seccomp(draft);
}

void add_exec(Draft& draft, const spec::Process& process, const Environment& env,
              const std::string& program) {
  Step& step = draft.add(Op::kExec, "exec " + process.args.front(), "/process/args/0");
  step.list = draft.builder.list(process.args);
  step.s1 = draft.builder.list(env.entries);
  step.s0 = draft.builder.str(program);
}

void add_label(Draft& draft, const std::string& what, const std::string& value,
               const std::vector<std::string>& files, const char* pointer) {
  Step& step = draft.add(Op::kLsmAttr, what, pointer);
  step.src = draft.procfs;
  step.list = draft.builder.list(files);
  step.s0 = draft.builder.str(value);
}

bool wants_apparmor(const spec::Process& process) {
  return !process.apparmor_profile.empty() && process.apparmor_profile != "unconfined";
}

Status check_labels(const spec::Process& process, const HostFacts& host) {
  if (!process.selinux_label.empty() && !host.selinux)
    return unsupported(
        "selinux label is specified in config, but selinux is disabled or not supported",
        "/process/selinuxLabel");
  if (wants_apparmor(process) && !host.apparmor)
    return unsupported(
        "apparmor profile is specified in config, but apparmor is disabled or not supported",
        "/process/apparmorProfile");
  return {};
}

}  // namespace

Result<Environment> environment(const std::optional<spec::Strings>& process_env,
                                const spec::Strings& added) {
  Environment out;
  if (!process_env && added.empty()) return out;
  spec::Strings all = process_env.value_or(spec::Strings{});
  for (std::size_t i = 0; i < all.size(); ++i)
    TRY(check_entry(all[i], "/process/env/" + std::to_string(i)));
  all.insert(all.end(), added.begin(), added.end());

  std::set<std::string_view> seen;
  out.home = true;
  for (std::size_t i = all.size(); i-- > 0;) {
    const std::string_view entry = all[i];
    const std::string_view name = entry.substr(0, entry.find('='));
    const std::string_view value = entry.substr(name.size() + 1);
    if (!seen.insert(name).second) continue;
    if (name == "HOME") {
      if (value.empty()) continue;
      out.home = false;
    }
    if (name == "PATH") out.path = value;
    out.entries.emplace_back(entry);
  }
  std::reverse(out.entries.begin(), out.entries.end());
  return out;
}

std::optional<std::vector<std::uint64_t>> number_list(std::string_view list) {
  constexpr std::uint32_t kMost = 65536;
  std::vector<std::uint64_t> mask;
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view range = list.substr(0, end);
    const std::size_t dash = std::min(range.find('-'), range.size());
    const auto first = base::parse_number<std::uint32_t>(range.substr(0, dash));
    const auto last =
        dash == range.size() ? first : base::parse_number<std::uint32_t>(range.substr(dash + 1));
    if (!first || !last || *first > *last || *last >= kMost) return std::nullopt;
    if (mask.size() <= *last / 64) mask.resize(*last / 64 + 1);
    for (std::uint32_t n = *first; n <= *last; ++n) mask[n / 64] |= std::uint64_t{1} << n % 64;
    if (end == list.size()) return mask;
    list.remove_prefix(end + 1);
  }
}

Result<ProcessInput> read_process(Draft& draft, const spec::Process& process,
                                  const spec::Linux& linux_, const spec::Strings& added_env,
                                  bool keep_groups) {
  if (process.args.empty()) return invalid("args must not be empty", "/process/args");
  if (process.cwd.empty()) return invalid("Cwd property must not be empty", "/process/cwd");
  if (!process.cwd.starts_with('/')) return invalid("Cwd must be an absolute path", "/process/cwd");
  TRY(check_labels(process, draft.host));
  Environment env = TRY(environment(process.env, added_env));
  const bool denied =
      draft.host.setgroups_denied || (draft.user_namespace && setgroups_denied(linux_, draft.host));
  Identity identity = TRY(read_identity(process.user, denied, keep_groups));
  CapabilitySets caps = capability_sets(process.capabilities, draft.host.cap_last_cap);
  if (std::string text = ignored_text(caps); !text.empty()) draft.warn(std::move(text));
  return ProcessInput{std::move(env), std::move(identity), std::move(caps)};
}

// Before the limits: neither RLIMIT_NPROC nor a deadline scheduler may keep it from starting.
void add_messenger(Draft& draft) {
  if (has_listener(draft.plan.seccomp_flags))
    draft.add(Op::kMessenger, "unable to start the thread that hands the seccomp listener over",
              "/linux/seccomp/listenerPath");
}

Status add_limits(Draft& draft, const spec::Process& process, const spec::Linux& linux_) {
  add_messenger(draft);
  TRY(add_rlimits(draft, process.rlimits, false));
  TRY(add_scheduler(draft, process));
  TRY(add_memory_policy(draft, linux_));
  return add_personality(draft, linux_);
}

bool wants_label(const spec::Process& process) {
  return wants_apparmor(process) || !process.selinux_label.empty();
}

void add_labels(Draft& draft, const spec::Process& process) {
  if (wants_apparmor(process))
    add_label(draft, "apparmor failed to apply profile " + quoted(process.apparmor_profile),
              "exec " + process.apparmor_profile,
              {"thread-self/attr/apparmor/exec", "thread-self/attr/exec"},
              "/process/apparmorProfile");
  if (!process.selinux_label.empty())
    add_label(draft, "unable to set selinux label " + quoted(process.selinux_label),
              process.selinux_label, {"thread-self/attr/exec"}, "/process/selinuxLabel");
}

void need_procfs(Draft& draft) {
  if (draft.procfs != kNoSlot) return;
  draft.procfs = draft.builder.new_slot();
  draft.add(Op::kOpenProc, "unable to open a procfs").dst = draft.procfs;
}

void add_affinity(Draft& draft, std::string_view mask, std::string_view pointer,
                  std::uint32_t flags) {
  Step& step = draft.add(Op::kAffinity, "unable to set CPU affinity", pointer);
  step.s0 = draft.builder.str(mask);
  step.flags = flags;
}

Status add_affinity_list(Draft& draft, const std::string& list, const std::string& pointer) {
  const auto mask = number_list(list);
  if (!mask) return invalid("invalid CPU list " + quoted(list), pointer);
  add_affinity(draft,
               {reinterpret_cast<const char*>(mask->data()), mask->size() * sizeof(std::uint64_t)},
               pointer, 0);
  return {};
}

void add_stdio(Draft& draft) {
  for (std::uint64_t fd = 0; fd < 3; ++fd) {
    const Slot slot = draft.add_fd(FdSource::Kind::kStdio, {}, 0, fd);
    Step& step = draft.add(Op::kDup, "unable to set up standard stream " + std::to_string(fd));
    step.src = slot;
    step.n0 = fd;
  }
}

void add_finish(Draft& draft, const spec::Process& process, const ProcessInput& input,
                const Finish& finish) {
  if (input.env.home) {
    Step& step = draft.add(Op::kHome, "unable to look up HOME", "/process/env");
    step.src = draft.root;
    step.n0 = process.user.uid;
  }
  add_identity(draft, process, input.identity, input.caps);
  draft.add(Op::kUmask, "unable to set umask", "/process/user/umask").n0 =
      process.user.umask.value_or(0022) & 0777;
  if (finish.program.empty()) {
    Step& step =
        draft.add(Op::kFindProgram, "exec: " + quoted(process.args.front()), "/process/args/0");
    step.list = draft.builder.list(process.args);
    step.s0 = draft.builder.str(input.env.path);
  }
  draft.plan.keep_fds = finish.keep_fds;
  draft.add(Op::kCloseFds, "unable to close descriptors").n0 =
      3 + static_cast<std::uint64_t>(std::max(finish.keep_fds, 0));
  // An agent is told while the one who creates the container is there to report its failure.
  const bool late = process.no_new_privileges && !has_listener(draft.plan.seccomp_flags);
  if (!process.no_new_privileges) add_privileged_seccomp(draft);
  add_capabilities(draft, input.caps);
  if (process.no_new_privileges && !late) add_seccomp(draft);
  if (finish.gate) {
    Step& step = draft.add(Op::kGate, "error waiting for start");
    step.src = finish.gate_from;
    step.aux = finish.gate_report;
  }
  // As late as can be: what is loaded under no_new_privs need not allow what came before.
  if (late) add_seccomp(draft);
  add_exec(draft, process, input.env, finish.program);
}

}  // namespace oci::plan
