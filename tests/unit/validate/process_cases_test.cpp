#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Spec;
using oci::test::check_clean;

namespace oci::test {

std::vector<Case> process_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  const auto scheduler = [](Spec& s) -> spec::Scheduler& {
    s.process->scheduler.emplace().policy = "SCHED_OTHER";
    return *s.process->scheduler;
  };
  return {
      {[](Spec& s) { s.process.reset(); }, error, "S066", "/process",
       "process property must not be empty"},
      {[](Spec& s) { s.process->cwd = ""; }, error, "S069", "/process/cwd",
       "Cwd property must not be empty"},
      {[](Spec& s) { s.process->cwd = "tmp"; }, error, "S069", "/process/cwd",
       "Cwd must be an absolute path"},
      {[](Spec& s) { s.process->user.uid = 0xffffffff; }, error, "S086", "/process/user/uid",
       "uids and gids must be in range 0-4294967294"},
      {[](Spec& s) { s.process->user.gid = 0xffffffff; }, error, "S086", "/process/user/gid",
       "uids and gids must be in range 0-4294967294"},
      {[](Spec& s) {
         s.process->user.additional_gids = {5, 0xffffffff};
       },
       error, "S086", "/process/user/additionalGids/1",
       "uids and gids must be in range 0-4294967294"},
      {[](Spec& s) { s.process->args.clear(); }, error, "S071", "/process/args",
       "args must not be empty"},
      {[](Spec& s) {
         s.process->env = {"A=1", "B"};
       },
       error, "S070", "/process/env/1", "invalid environment variable: missing '='"},
      {[](Spec& s) { s.process->env = {"=1"}; }, error, "S070", "/process/env/0",
       "invalid environment variable: name cannot be empty"},
      {[](Spec& s) {
         s.process->capabilities->bounding = {"CAP_ZZZ", "CAP_KILL", "kill"};
         s.process->capabilities->ambient = {"CAP_BOGUS", "CAP_ZZZ"};
       },
       warning, "S076", "/process/capabilities",
       "ignoring unknown or unavailable capabilities: [CAP_BOGUS CAP_ZZZ kill]"},
      {[](Spec& s) { s.process->capabilities->effective = {"CAP_KILL"}; }, error, "S076",
       "/process/capabilities/effective/0",
       "unable to apply caps: can't apply capabilities: operation not permitted (CAP_KILL is "
       "effective but not "
       "permitted)"},
      {[](Spec& s) {
         s.process->capabilities->permitted = {"CAP_CHOWN"};
         s.process->capabilities->ambient = {"CAP_CHOWN"};
       },
       warning, "S076", "/process/capabilities/ambient/0",
       "can't raise ambient capability CAP_CHOWN: operation not permitted"},
      {[](Spec& s) { s.process->capabilities.reset(); }, warning, "S077", "/process/capabilities",
       "process.capabilities is absent: the process gets no capabilities at all"},
      {[](Spec& s) {
         s.process->rlimits = {{"RLIMIT_FOO", 1, 1}};
       },
       error, "S073", "/process/rlimits/0/type", "wrong rlimit value: RLIMIT_FOO"},
      {[](Spec& s) {
         s.process->rlimits = {{"RLIMIT_NOFILE", 1, 2}};
       },
       error, "S073", "/process/rlimits/0/soft",
       "rlimit RLIMIT_NOFILE: the soft limit 2 is above the hard limit 1"},
      {[](Spec& s) {
         s.process->rlimits = {{"RLIMIT_CORE", 1, 1}, {"RLIMIT_CORE", 2, 2}};
       },
       error, "S073", "/process/rlimits/1/type", "rlimit RLIMIT_CORE is listed more than once"},
      {[](Spec& s) { s.process->oom_score_adj = 1001; }, error, "S079", "/process/oomScoreAdj",
       "oomScoreAdj must be between -1000 and 1000, not 1001"},
      {[=](Spec& s) { scheduler(s).policy = "SCHED_X"; }, error, "S080",
       "/process/scheduler/policy", "invalid scheduler policy: SCHED_X"},
      {[=](Spec& s) { scheduler(s).nice = 20; }, error, "S080", "/process/scheduler/nice",
       "invalid scheduler.nice: 20"},
      {[=](Spec& s) { scheduler(s).priority = 1; }, error, "S080", "/process/scheduler/priority",
       "scheduler.priority can only be specified for SchedFIFO or SchedRR policy"},
      {[=](Spec& s) { scheduler(s).runtime = 1; }, error, "S080", "/process/scheduler",
       "scheduler runtime/deadline/period can only be specified for SchedDeadline policy"},
      {[=](Spec& s) {
         scheduler(s).flags = {"SCHED_FLAG_RECLAIM", "X"};
       },
       error, "S081", "/process/scheduler/flags/1", "invalid scheduler flag: X"},
      {[](Spec& s) {
         s.process->io_priority = spec::IoPriority{"X", 0};
       },
       error, "S082", "/process/ioPriority/class", "invalid ioPriority.Class: \"X\""},
      {[](Spec& s) {
         s.process->io_priority = spec::IoPriority{"IOPRIO_CLASS_BE", 9};
       },
       error, "S082", "/process/ioPriority/priority", "invalid ioPriority.Priority: 9"},
      {[](Spec& s) {
         s.process->exec_cpu_affinity = spec::ExecCpuAffinity{"3-1", ""};
       },
       error, "S083", "/process/execCPUAffinity/initial", "invalid CPU list \"3-1\""},
      {[](Spec& s) {
         s.process->exec_cpu_affinity = spec::ExecCpuAffinity{"", "a"};
       },
       error, "S083", "/process/execCPUAffinity/final", "invalid CPU list \"a\""},
  };
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(process_rules)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer) {
  for (const test::Case& c : test::process_cases()) test::check_case(c);
}

BOOST_AUTO_TEST_CASE(what_is_allowed) {
  check_clean([](Spec& s) {
    s.process->env = {"A=", "B=x=y"};
    s.process->capabilities = {
        {"CAP_KILL"}, {"CAP_KILL"}, {"CAP_KILL"}, {"CAP_KILL"}, {"CAP_KILL"}};
    s.process->rlimits = {{"RLIMIT_NOFILE", UINT64_MAX, 0}};
    s.process->oom_score_adj = -1000;
    s.process->io_priority = spec::IoPriority{"IOPRIO_CLASS_IDLE", 7};
    s.process->exec_cpu_affinity = spec::ExecCpuAffinity{"0-3,7", "00,5"};
  });
  check_clean([](Spec& s) {
    auto& scheduler = s.process->scheduler.emplace();
    scheduler.policy = "SCHED_DEADLINE";
    scheduler.runtime = scheduler.deadline = scheduler.period = 1000;
  });
  check_clean([](Spec& s) {
    auto& scheduler = s.process->scheduler.emplace();
    scheduler.policy = "SCHED_FIFO";
    scheduler.priority = 5;
  });
}

BOOST_AUTO_TEST_CASE(cpu_lists_are_strict) {
  for (const char* list : {"", "-", "1-", "-1", "1,", ",1", "1 ", "4294967296", "1-2-3", "0x1"}) {
    Spec spec = test::good_spec();
    spec.process->exec_cpu_affinity = spec::ExecCpuAffinity{list, ""};
    BOOST_TEST(validate(spec).empty() == (*list == '\0'), list);
  }
}

// The document of exec: the same rules, pointers from its own root.
BOOST_AUTO_TEST_CASE(exec_documents) {
  spec::Process process;
  const std::vector<Finding> findings = validate_process(process);
  BOOST_REQUIRE(findings.size() == 2u);
  BOOST_TEST(findings[0].text == "Cwd property must not be empty");
  BOOST_TEST(findings[0].pointer == "/cwd");
  BOOST_TEST(findings[1].text == "args must not be empty");
  process.cwd = "x";
  BOOST_TEST(first_error(validate_process(process)).error().text == "Cwd must be an absolute path");
  process.cwd = "/";
  process.args = {""};
  BOOST_TEST(validate_process(process).empty());
}

BOOST_AUTO_TEST_SUITE_END()
