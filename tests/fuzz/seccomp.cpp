// Any profile: the program that is loaded says to each call what libseccomp's own says, run by an
// evaluator.
#include "lib/plan/seccomp.h"

#include <cerrno>

#include "lib/plan/seccomp_library.h"
#include "lib/plan/seccomp_rules.h"
#include "tests/fuzz/target.h"
#include "tests/support/cbpf_evaluator.h"
#include "tests/support/seccomp_samples.h"

using namespace oci;
using namespace oci::plan;
using fuzz::Input;
using fuzz::require;

namespace {

constexpr std::size_t kMaxRules = 12;
constexpr int kCalls = 300;

std::string one_of(Input& in, std::span<const std::string_view> from) {
  return std::string(in.pick(from));
}

// libseccomp 2.5 can take for ever over rules of several conditions that compare sizes: `alone`
// allows those.
spec::SyscallArg read_condition(Input& in, bool alone) {
  static constexpr std::string_view kOperators[] = {
      "SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_LT",
      "SCMP_CMP_LE", "SCMP_CMP_GT", "SCMP_CMP_GE"};
  spec::SyscallArg arg;
  arg.index = static_cast<std::uint32_t>(in.below(6));
  arg.op = one_of(in, std::span(kOperators).first(alone ? 7 : 3));
  arg.value = in.edge();
  arg.value_two = in.edge();
  return arg;
}

spec::Seccomp read_profile(Input& in) {
  static constexpr std::string_view kActions[] = {
      "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP",        "SCMP_ACT_LOG",
      "SCMP_ACT_TRACE", "SCMP_ACT_KILL",  "SCMP_ACT_KILL_PROCESS"};
  static constexpr std::string_view kNames[] = {
      "read",   "write",      "open",       "clone",        "socket",  "bind",
      "recv",   "semop",      "shmat",      "ipc",          "mmap2",   "socketcall",
      "getpid", "setuid32",   "ioctl",      "personality",  "statx",   "rt_sigaction",
      "accept", "arch_prctl", "semtimedop", "no_such_call", "preadv2", "arm_fadvise64_64"};
  static const spec::Strings kArchitectures[] = {
      {},
      {"SCMP_ARCH_X86"},
      {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"},
      {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"},
      {"SCMP_ARCH_RISCV64", "SCMP_ARCH_X86"}};
  spec::Seccomp profile;
  profile.default_action = one_of(in, kActions);
  profile.architectures = in.pick<spec::Strings>(kArchitectures);
  if (in.flag()) profile.default_errno_ret = static_cast<std::uint32_t>(in.byte());
  while (!in.empty() && profile.syscalls.size() < kMaxRules) {
    spec::Syscall& rule = profile.syscalls.emplace_back();
    for (std::size_t i = in.below(3) + 1; i > 0; --i) rule.names.push_back(one_of(in, kNames));
    rule.action = one_of(in, kActions);
    if (in.flag()) rule.errno_ret = static_cast<std::uint32_t>(in.byte());
    const std::size_t conditions = in.below(3);
    while (rule.args.size() < conditions) rule.args.push_back(read_condition(in, conditions == 1));
  }
  return profile;
}

// S222: what is newer than all that the profile names does not exist, unless by default calls reach
// the kernel or a tracer.
bool is_too_new(const SeccompRules& rules, const seccomp_data& call) {
  const std::uint32_t action = rules.default_action & SECCOMP_RET_ACTION_FULL;
  if (action == SECCOMP_RET_ALLOW || action == SECCOMP_RET_LOG || action == SECCOMP_RET_TRACE)
    return false;
  const auto number = static_cast<std::uint32_t>(call.nr);
  for (std::size_t i = 0; i < rules.archs.size(); ++i) {
    const auto newest = static_cast<std::uint32_t>(rules.newest[i]);
    if (rules.newest[i] <= 0 || rules.archs[i]->audit != call.arch) continue;
    const bool same_table =
        call.arch != AUDIT_ARCH_X86_64 || ((number ^ newest) & words::kX32Bit) == 0;
    if (same_table && number > newest) return true;
  }
  return false;
}

}  // namespace

// libseccomp 2.5 loses nodes of its own where rules of one call overlap.
extern "C" const char* __lsan_default_suppressions() { return "leak:libseccomp"; }

FUZZ_TARGET(seccomp) {
  Input in(bytes);
  const spec::Seccomp profile = read_profile(in);
  const auto program = compile_seccomp(profile, nullptr);
  const auto rules = read_seccomp_rules(profile, nullptr);
  if (!rules) {
    require(!program.ok(), "what cannot be read is not compiled");
    return;
  }
  const auto library = compile_seccomp_library(*rules);
  // The tree need not find those contradictions that a rule without conditions settles.
  if (!library) {
    require(!program || library.error().text.ends_with(": file exists"),
            "libseccomp takes it, too");
    return;
  }
  require(program.ok(), "what libseccomp takes is compiled");
  if (!*program) return;
  const test::CbpfEvaluator own((*program)->filter), other(*library);
  std::mt19937_64 random(bytes.size());
  test::SeccompSamples samples(*rules, random);
  for (int i = 0; i < kCalls; ++i) {
    const seccomp_data call = samples.next();
    const std::uint32_t expected =
        is_too_new(*rules, call) ? std::uint32_t{SECCOMP_RET_ERRNO | ENOSYS} : other.run(call);
    require(own.run(call) == expected, "the verdict is libseccomp's");
  }
}
