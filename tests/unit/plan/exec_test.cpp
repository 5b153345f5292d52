#include "support.h"
#include "tests/support/proves.h"

namespace oci::plan {
namespace {

using namespace test;

constexpr std::uint64_t kAll = 0x7e020000;  // mount, cgroup, uts, ipc, user, pid, network

ExecInput exec_input() {
  ExecInput input;
  input.id = "c1";
  input.join = kAll & ~std::uint64_t{0x10000000};
  input.dirs = {{{}, "/sys/fs/cgroup", "/c1", true}};
  return input;
}

spec::Process shell() { return *small_spec().process; }

// A filter of one instruction: allow.
std::vector<std::byte> one_instruction() { return std::vector<std::byte>(8, std::byte{6}); }

}  // namespace

BOOST_AUTO_TEST_SUITE(exec)

BOOST_AUTO_TEST_CASE(order) {
  ExecInput input = exec_input();
  input.keep_fds = 1;
  spec::Process p = shell();
  p.oom_score_adj = 7;
  const Plan plan = executed(p, input);
  BOOST_CHECK(in_order(plan, {"oom_score_adj", "setns ns=%1 types=0x6c020000", "clone cgroup=%2",
                              "affinity ignore_errors", "setns ns=%1 types=0x2000000", "setsid",
                              "keyring name=\"_ses.c1\"", "stdio_owner", "home uid=0", "set_ids",
                              "find_program", "close_fds from=4", "caps", "exec"}));
  BOOST_CHECK(plan.fds[0].kind == FdSource::Kind::kInitPidfd);
  for (const char* name : {"gate", "make_dir", "stdio_null", "open_root", "pivot_root"})
    BOOST_CHECK(steps(plan, name).empty());
}

// Rights in the host's cgroups end with the join of the user namespace.
BOOST_AUTO_TEST_CASE(user_namespace_enters_its_cgroup_first) {
  ExecInput input = exec_input();
  input.join = kAll;
  input.user_namespace = true;
  const Plan plan = executed(shell(), input);
  BOOST_CHECK(in_order(plan, {"cgroup_enter tasks=%1", "setns ns=%2 types=0x7c020000",
                              "clone types=0x0", "become_root"}));
}

BOOST_AUTO_TEST_CASE(v1_and_hybrid) {
  ExecInput input = exec_input();
  input.dirs = {{{"cpu"}, "/sys/fs/cgroup/cpu", "/c1", false},
                {{}, "/sys/fs/cgroup/unified", "/c1", true}};
  const Plan plan = executed(shell(), input, host_hybrid());
  BOOST_CHECK(
      in_order(plan, {"clone cgroup=%2", "cgroup_enter tasks=%3", "setns ns=%1 types=0x2000000"}));
  BOOST_CHECK_EQUAL(plan.fds[1].index, 1u);
  BOOST_CHECK_EQUAL(plan.fds[2].index, 0u);
}

BOOST_AUTO_TEST_CASE(affinity, *oci::test::proves({"S083", "S084"})) {
  spec::Process p = shell();
  p.exec_cpu_affinity = spec::ExecCpuAffinity{"0-1", "65"};
  const Plan plan = executed(p, exec_input());
  BOOST_CHECK(in_order(plan, {"affinity mask=[0x3]", "setns", "clone", "affinity mask=[0x0 0x2]"}));
  p.exec_cpu_affinity->final_ = "x";
  const auto bad = compile_exec(p, exec_input(), host_v2());
  BOOST_REQUIRE(!bad);
  BOOST_CHECK_EQUAL(bad.error().text, "invalid CPU list \"x\"");
}

BOOST_AUTO_TEST_CASE(terminal_is_not_bound) {
  spec::Process p = shell();
  p.terminal = true;
  const Plan plan = executed(p, exec_input());
  BOOST_CHECK(plan.terminal);
  BOOST_CHECK(step(plan, "console").find("bind_console") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(hooks) {
  ExecInput input = exec_input();
  input.as_hook = true;
  input.explicit_stdio = true;
  input.no_new_keyring = true;
  input.program = "/bin/hook";
  const Plan plan = executed(shell(), input);
  BOOST_CHECK(holds(step(plan, "exec"), "program=\"/bin/hook\" args=[\"sh\"]"));
  BOOST_CHECK_EQUAL(steps(plan, "dup").size(), 3u);
  BOOST_CHECK_EQUAL(steps(plan, "setpgid").size(), 1u);
  for (const char* name : {"find_program", "setsid", "keyring"})
    BOOST_CHECK(steps(plan, name).empty());
  input.program.clear();
  BOOST_CHECK(holds(step(executed(shell(), input), "exec"), "program=\"sh\""));
}

// S224: as late as can be with no_new_privs, else while CAP_SYS_ADMIN can still be raised.
BOOST_AUTO_TEST_CASE(seccomp_has_its_place) {
  ExecInput input = exec_input();
  input.seccomp = one_instruction();
  input.seccomp_flags = 4;
  spec::Process p = shell();
  const Plan early = executed(p, input);
  BOOST_CHECK(holds(step(early, "seccomp"), "filter=1 instructions flags=4"));
  BOOST_CHECK(in_order(
      early,
      {"set_ids", "close_fds", "caps effective=0x0 permitted=0x0 inheritable=0x0 raise_effective",
       "seccomp", "caps effective=0x0 permitted=0x0 inheritable=0x0  #", "ambient_caps", "exec"}));
  p.no_new_privileges = true;
  const Plan late = executed(p, input);
  BOOST_CHECK(in_order(late, {"no_new_privs", "caps", "ambient_caps", "seccomp", "exec"}));
  BOOST_CHECK_EQUAL(steps(late, "caps").size(), 1u);
  BOOST_CHECK_EQUAL(late.seccomp.size(), 8u);
  BOOST_CHECK(steps(late, "messenger").empty());
}

BOOST_AUTO_TEST_CASE(a_listener_has_its_messenger) {
  ExecInput input = exec_input();
  input.seccomp = one_instruction();
  input.seccomp_flags = 8;
  spec::Process p = shell();
  p.rlimits = {{"RLIMIT_NPROC", 1, 1}};
  for (const bool no_new_privileges : {false, true}) {
    p.no_new_privileges = no_new_privileges;
    BOOST_CHECK(
        in_order(executed(p, input), {"messenger", "rlimit", "set_ids", "seccomp", "exec"}));
  }
}

BOOST_AUTO_TEST_CASE(what_the_container_has) {
  ExecInput input = exec_input();
  input.linux_.personality = spec::Personality{"LINUX32", {"X"}};
  input.linux_.memory_policy = spec::MemoryPolicy{"MPOL_LOCAL", "", {}};
  const Plan plan = executed(shell(), input);
  BOOST_CHECK_EQUAL(steps(plan, "personality").size(), 1u);
  BOOST_CHECK(holds(step(plan, "memory_policy"), "mode=0x4 maxnode=0"));
  BOOST_CHECK_EQUAL(plan.warnings.size(), 0u);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(printing)

BOOST_AUTO_TEST_CASE(every_op_has_a_name) {
  for (std::uint16_t i = 0; i < static_cast<std::uint16_t>(Op::kCount); ++i)
    BOOST_CHECK_MESSAGE(!op_name(static_cast<Op>(i)).empty(), "op " << i);
  BOOST_CHECK(op_name(Op::kCount).empty());
  BOOST_CHECK_EQUAL(print(Plan{}), "not a plan\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
