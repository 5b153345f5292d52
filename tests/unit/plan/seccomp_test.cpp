// What a profile means, told by running its program.
#include <linux/seccomp.h>

#include <cerrno>

#include "lib/plan/seccomp_rules.h"
#include "tests/unit/plan/seccomp_support.h"

using namespace oci;
using namespace oci::plan;
using namespace oci::plan::test;

namespace {

constexpr const char* kAllow = "SCMP_ACT_ALLOW";
constexpr const char* kErrno = "SCMP_ACT_ERRNO";
constexpr const char* kNotify = "SCMP_ACT_NOTIFY";

spec::Syscall with_errno(spec::Syscall rule, std::uint32_t number) {
  rule.errno_ret = number;
  return rule;
}

std::uint32_t verdict_on(const spec::Seccomp& profile, std::uint32_t arch, std::uint32_t number) {
  return CbpfEvaluator(compiled(profile).filter).run(call(arch, number));
}

std::uint32_t flags_of(std::optional<spec::Strings> flags, const char* action = kErrno) {
  spec::Seccomp profile = profile_of(kAllow, {rule("mkdir", action)});
  profile.flags = std::move(flags);
  profile.listener_path = "/agent";
  return compiled(profile).flags;
}

// The highest number that the library knows: nothing a profile names can be above it.
constexpr std::uint32_t kFuture = 5000;

}  // namespace

BOOST_AUTO_TEST_SUITE(seccomp)

// S213, S220
BOOST_AUTO_TEST_CASE(errno_of_rules_and_of_the_default) {
  spec::Seccomp profile =
      profile_of(kErrno, {rule("read", kAllow), with_errno(rule("mkdir", kErrno), EINVAL),
                          with_errno(rule("rmdir", "SCMP_ACT_TRACE"), 0x1234),
                          rule("chmod", "SCMP_ACT_TRACE"), rule("statx", kAllow)});
  BOOST_TEST(verdict(profile, "read") == SECCOMP_RET_ALLOW);
  BOOST_TEST(verdict(profile, "write") == errno_of(EPERM));
  BOOST_TEST(verdict(profile, "mkdir") == errno_of(EINVAL));
  BOOST_TEST(verdict(profile, "rmdir") == (SECCOMP_RET_TRACE | 0x1234));
  BOOST_TEST(verdict(profile, "chmod") == (SECCOMP_RET_TRACE | EPERM));
  profile.default_errno_ret = EACCES;
  BOOST_TEST(verdict(profile, "write") == errno_of(EACCES));
  BOOST_TEST(verdict(profile, "mkdir") == errno_of(EINVAL));
  profile.default_errno_ret = 4095;
  BOOST_TEST(refused(profile).where == "/linux/seccomp/defaultErrnoRet");
}

// S219
BOOST_AUTO_TEST_CASE(each_action) {
  const std::pair<const char*, std::uint32_t> actions[] = {
      {"SCMP_ACT_KILL", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_KILL_THREAD", SECCOMP_RET_KILL_THREAD},
      {"SCMP_ACT_KILL_PROCESS", SECCOMP_RET_KILL_PROCESS},
      {"SCMP_ACT_TRAP", SECCOMP_RET_TRAP},
      {"SCMP_ACT_LOG", SECCOMP_RET_LOG},
      {kNotify, SECCOMP_RET_USER_NOTIF}};
  for (const auto& [name, value] : actions) {
    spec::Seccomp profile = profile_of(kAllow, {rule("mkdir", name)});
    profile.listener_path = "/agent";
    BOOST_TEST(verdict(profile, "mkdir") == value, name);
    BOOST_TEST(verdict(profile, "rmdir") == SECCOMP_RET_ALLOW, name);
  }
}

// S222
BOOST_AUTO_TEST_CASE(calls_newer_than_the_profile) {
  const std::uint32_t native = ::seccomp_arch_native();
  for (const char* action : {kErrno, "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"}) {
    // Named, if only to be refused as by default.
    spec::Seccomp profile = profile_of(action, {rule("read", kAllow), rule("openat2", action)});
    profile.default_errno_ret = EACCES;
    const std::uint32_t newest = number_of("openat2");
    BOOST_TEST(verdict_on(profile, native, newest) != errno_of(ENOSYS), action);
    BOOST_TEST(verdict_on(profile, native, newest + 1) == errno_of(ENOSYS), action);
    BOOST_TEST(verdict_on(profile, native, kFuture) == errno_of(ENOSYS), action);
  }
  for (const char* action : {kAllow, "SCMP_ACT_LOG", "SCMP_ACT_TRACE"}) {
    const spec::Seccomp profile = profile_of(action, {rule("mkdir", kErrno)});
    BOOST_TEST(verdict_on(profile, native, kFuture) != errno_of(ENOSYS), action);
  }
}

// S221
BOOST_AUTO_TEST_CASE(conditions) {
  const spec::Seccomp alternatives = profile_of(
      kAllow, {rule("socket", kErrno, {arg(0, "EQ", 1), arg(0, "EQ", 5), arg(1, "EQ", 7)})});
  BOOST_TEST(verdict(alternatives, "socket", {1, 0}) == errno_of(EPERM));
  BOOST_TEST(verdict(alternatives, "socket", {5, 0}) == errno_of(EPERM));
  BOOST_TEST(verdict(alternatives, "socket", {2, 7}) == errno_of(EPERM));
  BOOST_TEST(verdict(alternatives, "socket", {2, 0}) == SECCOMP_RET_ALLOW);
  const spec::Seccomp all =
      profile_of(kAllow, {rule("socket", kErrno, {arg(0, "EQ", 1), arg(1, "MASKED_EQ", 6, 2)})});
  BOOST_TEST(verdict(all, "socket", {1, 0xf2}) == errno_of(EPERM));
  BOOST_TEST(verdict(all, "socket", {1, 6}) == SECCOMP_RET_ALLOW);
  BOOST_TEST(verdict(all, "socket", {2, 2}) == SECCOMP_RET_ALLOW);
  // All 64 bits count.
  const spec::Seccomp wide =
      profile_of(kAllow, {rule("personality", kErrno, {arg(0, "GT", 0x1ffffffff)})});
  BOOST_TEST(verdict(wide, "personality", {0x200000000}) == errno_of(EPERM));
  BOOST_TEST(verdict(wide, "personality", {0xffffffff}) == SECCOMP_RET_ALLOW);
}

// An agent's decision can depend on arguments as any other action.
BOOST_AUTO_TEST_CASE(an_agent_for_some_arguments) {
  spec::Seccomp profile = profile_of(
      kErrno, {rule("read", kAllow), rule("mknod", kNotify, {arg(1, "MASKED_EQ", 0xf000, 0x2000)}),
               rule("write", kNotify), rule("statx", kAllow)});
  BOOST_TEST(refused(profile).text == "seccomp listenerPath is not set");
  profile.listener_path = "/agent";
  BOOST_TEST(verdict(profile, "mknod", {0, 0x21ff}) == SECCOMP_RET_USER_NOTIF);
  BOOST_TEST(verdict(profile, "mknod", {0, 0x61ff}) == errno_of(EPERM));
  BOOST_TEST(verdict(profile, "write") == SECCOMP_RET_USER_NOTIF);
  BOOST_TEST(notifies(profile));
  profile.default_action = kNotify;
  BOOST_TEST(refused(profile).text == "SCMP_ACT_NOTIFY cannot be used as default action");
}

// S214: by the numbers of each, and the native one is always there.
BOOST_AUTO_TEST_CASE(architectures) {
  for (const words::SeccompArch& arch : words::kSeccompArchs) {
    const spec::Seccomp profile =
        profile_of(kErrno, {rule("read", kAllow), rule("statx", kAllow)}, {std::string(arch.name)});
    auto program = compile_seccomp(profile, nullptr);
    if (!program) {
      // Not known to this libseccomp, or of another byte order.
      BOOST_TEST((program.error().code == Code::kUnsupported), arch.name);
      BOOST_TEST(program.error().where == "/linux/seccomp/architectures", arch.name);
      continue;
    }
    const CbpfEvaluator filter(program.value()->filter);
    BOOST_TEST(filter.run(call(arch.audit, number_of("read", arch.token))) == SECCOMP_RET_ALLOW,
               arch.name);
    BOOST_TEST(filter.run(call(arch.audit, number_of("mkdirat", arch.token))) == errno_of(EPERM),
               arch.name);
    BOOST_TEST(filter.run(call(::seccomp_arch_native(), number_of("read"))) == SECCOMP_RET_ALLOW,
               arch.name);
    BOOST_TEST(filter.run(call(0x1234, number_of("read"))) == SECCOMP_RET_KILL_THREAD, arch.name);
  }
  spec::Seccomp wrong = profile_of(kErrno, {}, {"SCMP_ARCH_PDP11"});
  BOOST_TEST(refused(wrong).text == "string SCMP_ARCH_PDP11 is not a valid arch for seccomp");
}

// S215
BOOST_AUTO_TEST_CASE(flags) {
  const std::string wait = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV";
  const auto listener = words::kFilterFlagNewListener;
  BOOST_TEST(flags_of(std::nullopt) == words::kFilterFlagSpecAllow);
  BOOST_TEST(flags_of(spec::Strings{}) == 0u);
  BOOST_TEST(flags_of(spec::Strings{"SECCOMP_FILTER_FLAG_LOG"}) == words::kFilterFlagLog);
  // The messenger of a listener is a thread that must stay without the filter.
  BOOST_TEST(flags_of(spec::Strings{"SECCOMP_FILTER_FLAG_TSYNC"}) == 0u);
  BOOST_TEST(flags_of(spec::Strings{"SECCOMP_FILTER_FLAG_TSYNC"}, kNotify) == listener);
  BOOST_TEST(flags_of(std::nullopt, kNotify) == (listener | words::kFilterFlagSpecAllow));
  BOOST_TEST(flags_of(spec::Strings{wait}, kNotify) ==
             (listener | words::kFilterFlagWaitKillableRecv));
  spec::Seccomp profile = profile_of(kAllow, {rule("mkdir", kErrno)});
  for (const char* flag : {wait.c_str(), "SECCOMP_FILTER_FLAG_NEW_LISTENER"}) {
    profile.flags = spec::Strings{flag};
    BOOST_TEST(refused(profile).where == "/linux/seccomp/flags/0", flag);
  }
}

BOOST_AUTO_TEST_CASE(a_flag_that_the_kernel_lacks) {
  spec::Seccomp profile = profile_of(kAllow, {rule("mkdir", kNotify)});
  profile.listener_path = "/agent";
  profile.flags = spec::Strings{"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  HostFacts host;
  Plan plan;
  BOOST_TEST(compile_seccomp_into(plan, profile, host).ok());
  BOOST_TEST(has_listener(plan.seccomp_flags));
  host.has_wait_killable = false;
  const auto status = compile_seccomp_into(plan, profile, host);
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST((status.error().code == Code::kUnsupported));
  BOOST_TEST(status.error().text.find("Linux 5.19") != std::string::npos);
}

// S218
BOOST_AUTO_TEST_CASE(calls_that_nobody_knows) {
  spec::Seccomp profile = profile_of(kAllow, {rule("mkdir", kErrno), rule("no_such_call", kErrno)});
  profile.syscalls[0].names.push_back("nor_this");
  std::vector<std::string> warnings;
  auto program = compile_seccomp(profile, &warnings);
  BOOST_REQUIRE(program);
  BOOST_TEST(warnings.size() == 2u);
  BOOST_TEST(verdict(profile, "mkdir") == errno_of(EPERM));
}

BOOST_AUTO_TEST_SUITE_END()
