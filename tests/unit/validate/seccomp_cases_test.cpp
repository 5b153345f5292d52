#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Seccomp;
using oci::spec::Spec;
using oci::test::check_clean;

namespace oci::test {
namespace {

Case seccomp(Level level, const std::string& id, const std::string& pointer,
             const std::string& text, std::function<void(Seccomp&)> change) {
  return {[=](Spec& s) {
            Seccomp& block = s.linux_->seccomp.emplace();
            block.default_action = "SCMP_ACT_ERRNO";
            change(block);
          },
          level, id, "/linux/seccomp" + pointer, text};
}

spec::Syscall rule(std::string name, std::string action) {
  return {{std::move(name)}, std::move(action), {}, {}};
}

}  // namespace

std::vector<Case> seccomp_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  const std::string allow = "SCMP_ACT_ALLOW", notify = "SCMP_ACT_NOTIFY";
  const std::string killable = "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV";
  return {
      seccomp(error, "S212", "/defaultAction",
              "string SCMP_ACT_X is not a valid action for seccomp",
              [](Seccomp& s) { s.default_action = "SCMP_ACT_X"; }),
      seccomp(error, "S212", "/defaultAction", "string  is not a valid action for seccomp",
              [=](Seccomp& s) {
                s.default_action = "";
                s.syscalls = {rule("read", allow)};
              }),
      seccomp(error, "S212", "/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action",
              [=](Seccomp& s) { s.default_action = notify; }),
      seccomp(error, "S213", "/defaultErrnoRet", "errnoRet cannot be used with SCMP_ACT_ALLOW",
              [=](Seccomp& s) {
                s.default_action = allow;
                s.default_errno_ret = 1;
              }),
      seccomp(error, "S213", "/syscalls/0/errnoRet", "errnoRet cannot be used with SCMP_ACT_ALLOW",
              [=](Seccomp& s) {
                s.syscalls = {rule("read", allow)};
                s.syscalls[0].errno_ret = 1;
              }),
      seccomp(error, "S213", "/defaultErrnoRet", "errnoRet 4095 is above 4094",
              [](Seccomp& s) { s.default_errno_ret = 4095; }),
      seccomp(error, "S213", "/syscalls/0/errnoRet", "errnoRet 65536 is above 65535",
              [](Seccomp& s) {
                s.syscalls = {rule("read", "SCMP_ACT_TRACE")};
                s.syscalls[0].errno_ret = 65536;
              }),
      seccomp(error, "S214", "/architectures/0",
              "string SCMP_ARCH_PDP11 is not a valid arch for seccomp",
              [](Seccomp& s) { s.architectures = {"SCMP_ARCH_PDP11"}; }),
      seccomp(error, "S215", "/flags/0", "seccomp flag SECCOMP_FILTER_FLAG_X is not known to runc",
              [](Seccomp& s) { s.flags = {"SECCOMP_FILTER_FLAG_X"}; }),
      seccomp(error, "S215", "/flags/0",
              "error loading seccomp filter: invalid argument (" + killable +
                  " needs a rule with SCMP_ACT_NOTIFY)",
              [=](Seccomp& s) { s.flags = {killable}; }),
      seccomp(error, "S216", "/listenerPath", "seccomp listenerPath is not set",
              [=](Seccomp& s) { s.syscalls = {rule("mount", notify)}; }),
      seccomp(error, "S217", "/listenerMetadata",
              "seccomp listenerMetadata is set without listenerPath",
              [](Seccomp& s) { s.listener_metadata = "m"; }),
      seccomp(warning, "S218", "/syscalls/0/names", "seccomp rule without names",
              [=](Seccomp& s) {
                s.syscalls = {{{}, allow, {}, {}}};
              }),
      seccomp(error, "S219", "/syscalls/0/action", "string X is not a valid action for seccomp",
              [](Seccomp& s) { s.syscalls = {rule("read", "X")}; }),
      seccomp(error, "S221", "/syscalls/0/args/1/index",
              "seccomp argument index must be between 0 and 5, not 6",
              [=](Seccomp& s) {
                s.syscalls = {rule("read", allow)};
                s.syscalls[0].args = {{5, 0, 0, "SCMP_CMP_EQ"}, {6, 0, 0, "SCMP_CMP_EQ"}};
              }),
      seccomp(error, "S221", "/syscalls/0/args/0/op",
              "string SCMP_CMP_X is not a valid operator for seccomp",
              [=](Seccomp& s) {
                s.syscalls = {rule("read", allow)};
                s.syscalls[0].args = {{0, 0, 0, "SCMP_CMP_X"}};
              }),
  };
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(seccomp_rules)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer) {
  for (const test::Case& c : test::seccomp_cases()) test::check_case(c);
}

BOOST_AUTO_TEST_CASE(an_empty_block_is_no_seccomp) {
  check_clean([](Spec& s) { s.linux_->seccomp.emplace(); });
}

BOOST_AUTO_TEST_CASE(what_is_allowed) {
  check_clean([](Spec& s) {
    Seccomp& block = s.linux_->seccomp.emplace();
    block.default_action = "SCMP_ACT_ERRNO";
    block.default_errno_ret = 38;
    block.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_LOONGARCH64"};
    block.flags = {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
    block.listener_path = "/run/agent.sock";
    block.listener_metadata = "m";
    block.syscalls = {test::rule("write", "SCMP_ACT_NOTIFY"),
                      test::rule("nosuchcall", "SCMP_ACT_TRACE")};
    block.syscalls[1].errno_ret = 65535;
    block.syscalls[1].args = {{0, 1, 2, "SCMP_CMP_MASKED_EQ"}};
  });
}

BOOST_AUTO_TEST_SUITE_END()
