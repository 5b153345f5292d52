#include "lib/plan/seccomp.h"

#include <algorithm>
#include <cstring>

#include "lib/base/try.h"
#include "lib/plan/draft.h"
#include "lib/plan/seccomp_library.h"
#include "lib/plan/seccomp_rules.h"
#include "lib/plan/seccomp_stub.h"
#include "lib/plan/seccomp_tree.h"

namespace oci::plan {
namespace {

// S215
Result<std::uint32_t> read_flags(const spec::Seccomp& profile, bool notify) {
  if (!profile.flags) return words::kFilterFlagSpecAllow;
  std::uint32_t flags = 0;
  for (std::size_t i = 0; i < profile.flags->size(); ++i) {
    const std::string& name = (*profile.flags)[i];
    const std::string at = "/linux/seccomp/flags/" + std::to_string(i);
    const auto* word = base::find(words::kSeccompFlags, name);
    if (word == nullptr) return invalid("seccomp flag " + name + " is not known to runc", at);
    // The kernel's answer, given before there is a container.
    if (word->value == words::kFilterFlagWaitKillableRecv && !notify)
      return invalid("error loading seccomp filter: invalid argument (" + name +
                         " needs a rule with SCMP_ACT_NOTIFY)",
                     at);
    flags |= word->value;
  }
  return flags & ~words::kFilterFlagTsync;  // init has one thread
}

// A good tracer answers new calls itself, and the other two let them through to the kernel, which
// gives ENOSYS where it is due. S222
bool wants_stub(const SeccompRules& rules) {
  const std::uint32_t action = rules.default_action & 0xffff0000;
  return action != words::kRetAllow && action != words::kRetLog && action != words::kRetTrace;
}

std::vector<NewestCall> newest_calls(const SeccompRules& rules) {
  std::vector<NewestCall> newest;
  for (std::size_t i = 0; i < rules.archs.size(); ++i)
    if (rules.newest[i] > 0)
      newest.push_back({rules.archs[i]->audit, static_cast<std::uint32_t>(rules.newest[i])});
  return newest;
}

std::vector<std::byte> bytes_of(const SeccompCode& code) {
  std::vector<std::byte> bytes(code.size() * sizeof(sock_filter));
  std::memcpy(bytes.data(), code.data(), bytes.size());
  return bytes;
}

}  // namespace

bool notifies(const spec::Seccomp& profile) {
  return std::any_of(profile.syscalls.begin(), profile.syscalls.end(),
                     [](const spec::Syscall& s) { return s.action == "SCMP_ACT_NOTIFY"; });
}

bool has_listener(std::uint32_t flags) { return (flags & words::kFilterFlagNewListener) != 0; }

Result<std::optional<SeccompProgram>> compile_seccomp(const spec::Seccomp& profile,
                                                      std::vector<std::string>* warnings) {
  if (profile.default_action.empty() && profile.syscalls.empty())
    return std::optional<SeccompProgram>{};
  const SeccompRules rules = TRY(read_seccomp_rules(profile, warnings));
  SeccompProgram program;
  const bool notify = notifies(profile);
  program.flags = TRY(read_flags(profile, notify));
  if (notify && profile.listener_path.empty())
    return invalid("seccomp listenerPath is not set", "/linux/seccomp/listenerPath");
  if (notify) program.flags |= words::kFilterFlagNewListener;

  SeccompCode code =
      TRY(has_seccomp_tree(rules) ? compile_seccomp_tree(rules) : compile_seccomp_library(rules));
  if (wants_stub(rules)) code = with_enosys_stub(newest_calls(rules), code);
  if (code.size() > BPF_MAXINSNS)
    return Error{Code::kUnsupported,
                 "seccomp filter has " + std::to_string(code.size()) +
                     " instructions, more than the kernel's " + std::to_string(BPF_MAXINSNS),
                 0,
                 "/linux/seccomp",
                 {}};
  program.filter = bytes_of(code);
  return std::optional<SeccompProgram>{std::move(program)};
}

Status compile_seccomp_into(Plan& plan, const spec::Seccomp& profile, const HostFacts& host) {
  std::vector<std::string> unknown;
  auto program = TRY(compile_seccomp(profile, &unknown));
  if (!program) return {};
  if ((program->flags & words::kFilterFlagWaitKillableRecv) != 0 && !host.has_wait_killable)
    return unsupported(
        "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is not known to this kernel: it needs Linux 5.19",
        "/linux/seccomp/flags");
  plan.seccomp = std::move(program->filter);
  plan.seccomp_flags = program->flags;
  return {};
}

}  // namespace oci::plan
