#include "lib/plan/process.h"

#include "support.h"

namespace oci::plan {
namespace {

using namespace test;

Plan with_process(const spec::Process& process) {
  spec::Spec spec = small_spec();
  spec.process = process;
  return created(spec);
}

Error process_error(const spec::Process& process) {
  spec::Spec spec = small_spec();
  spec.process = process;
  return create_error(spec);
}

spec::Process shell() { return *small_spec().process; }

}  // namespace

BOOST_AUTO_TEST_SUITE(process)

// S070
BOOST_AUTO_TEST_CASE(environment_rules) {
  const auto value = [](const std::optional<spec::Strings>& env, const spec::Strings& added = {}) {
    auto result = environment(env, added);
    BOOST_REQUIRE(result);
    return result.take();
  };
  const Environment twice = value(spec::Strings{"A=1", "PATH=/a", "B=2", "A=3", "PATH=/b"});
  BOOST_CHECK((twice.entries == spec::Strings{"B=2", "A=3", "PATH=/b"}));
  BOOST_CHECK_EQUAL(twice.path, "/b");
  BOOST_CHECK(twice.home);
  BOOST_CHECK(!value(spec::Strings{"HOME=/x"}).home);
  const Environment empty_home = value(spec::Strings{"HOME=", "A=1"});
  BOOST_CHECK(empty_home.home);
  BOOST_CHECK((empty_home.entries == spec::Strings{"A=1"}));
  BOOST_CHECK(value(spec::Strings{}).home);
  BOOST_CHECK(!value(std::nullopt).home);
  BOOST_CHECK((value(std::nullopt, {"X=1"}).entries == spec::Strings{"X=1"}));
  BOOST_CHECK((value(spec::Strings{"X=0"}, {"X=1"}).entries == spec::Strings{"X=1"}));
}

BOOST_AUTO_TEST_CASE(environment_errors) {
  const auto text = [](const std::string& entry) {
    return environment(spec::Strings{"A=1", entry}, {}).error();
  };
  BOOST_CHECK_EQUAL(text("B").text, "invalid environment variable: missing '='");
  BOOST_CHECK_EQUAL(text("B").where, "/process/env/1");
  BOOST_CHECK_EQUAL(text("=x").text, "invalid environment variable: name cannot be empty");
  BOOST_CHECK_EQUAL(text(std::string("A=\0", 3)).text,
                    "invalid environment variable \"A\": contains nul byte (\\x00)");
}

BOOST_AUTO_TEST_CASE(home_is_found_inside) {
  spec::Process p = shell();
  p.user.uid = 1000;
  const Plan plan = with_process(p);
  BOOST_CHECK(holds(step(plan, "home"), "uid=1000"));
  BOOST_CHECK(position(plan, "home") < position(plan, "set_ids"));
  p.env.reset();
  const Plan bare = with_process(p);
  BOOST_CHECK(steps(bare, "home").empty());
  BOOST_CHECK(holds(step(bare, "exec"), "env=[]"));
  BOOST_CHECK(step(bare, "find_program").find("path=") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(socket_activation) {
  CreateInput input = input_of();
  input.listen_fds = 2;
  input.keep_fds = 3;
  const Plan plan = created(small_spec(), input);
  BOOST_CHECK(holds(step(plan, "exec"), "\"LISTEN_FDS=2\" \"LISTEN_PID=1\""));
  BOOST_CHECK(holds(step(plan, "close_fds"), "from=6"));
  BOOST_CHECK_EQUAL(plan.keep_fds, 3);
}

// S076, S077: a pure function of the five lists.
BOOST_AUTO_TEST_CASE(capability_sets_are_what_is_listed) {
  spec::Capabilities caps;
  caps.bounding = {"CAP_KILL", "CAP_CHOWN"};
  caps.effective = {"CAP_CHOWN", "CAP_BOGUS", "cap_kill"};
  caps.permitted = {"CAP_CHOWN", "CAP_BOGUS"};
  caps.ambient = {"CAP_CHECKPOINT_RESTORE"};
  const CapabilitySets all = capability_sets(caps, 40);
  BOOST_CHECK_EQUAL(all.bounding, 0x21u);
  BOOST_CHECK_EQUAL(all.effective, 1u);
  BOOST_CHECK_EQUAL(all.permitted, 1u);
  BOOST_CHECK_EQUAL(all.inheritable, 0u);
  BOOST_CHECK_EQUAL(all.ambient, std::uint64_t{1} << 40);
  BOOST_CHECK_EQUAL(ignored_text(all),
                    "ignoring unknown or unavailable capabilities: [CAP_BOGUS cap_kill]");
  BOOST_CHECK_EQUAL(capability_sets(caps, 39).ambient, 0u);
  const CapabilitySets none = capability_sets(std::nullopt, 40);
  BOOST_CHECK_EQUAL(
      none.bounding | none.effective | none.permitted | none.inheritable | none.ambient, 0u);
  BOOST_CHECK(ignored_text(none).empty());
}

BOOST_AUTO_TEST_CASE(identity_is_changed_in_order) {
  spec::Process p = shell();
  p.user = {1000, 100, 0007, {6, 5, 6}, ""};
  p.cwd = "/home/u";
  p.no_new_privileges = true;
  const Plan plan = with_process(p);
  BOOST_CHECK(in_order(
      plan,
      {"make_dir root=%2 path=\"/home/u\" mode=0755", "stdio_owner uid=1000", "no_new_privs",
       "bounding_caps", "keep_caps on=1", "chdir path=\"/home/u\" ignore_errors",
       "set_ids groups=[5 6] uid=1000 gid=100", "keep_caps on=0", "chdir path=\"/home/u\"",
       "umask mask=07", "find_program", "close_fds", "caps", "ambient_caps", "gate", "exec"}));
  BOOST_CHECK(with_process(shell()).warnings.empty());
  BOOST_CHECK(steps(with_process(shell()), "make_dir").empty());
}

BOOST_AUTO_TEST_CASE(umask_zero_is_not_absent) {
  spec::Process p = shell();
  BOOST_CHECK_EQUAL(steps(with_process(p), "umask", "mask=022").size(), 1u);
  p.user.umask = 0;
  BOOST_CHECK_EQUAL(steps(with_process(p), "umask", "mask=00").size(), 2u);
  p.user.umask = 07777;
  BOOST_CHECK_EQUAL(steps(with_process(p), "umask", "mask=0777").size(), 1u);
}

BOOST_AUTO_TEST_CASE(groups_that_cannot_be_set) {
  spec::Spec spec = small_spec();
  spec.linux_->namespaces.push_back({"user", ""});
  spec.linux_->uid_mappings = {{0, 1000, 1}};
  spec.linux_->gid_mappings = {{0, 1000, 1}};
  HostFacts host = host_v2();
  host.euid = host.egid = 1000;
  const Plan plan = created(spec, input_of(), host);
  BOOST_CHECK(holds(step(plan, "become_root"), "no_setgroups"));
  BOOST_CHECK(holds(step(plan, "set_ids"), "no_setgroups"));
  spec.process->user.additional_gids = {5};
  BOOST_CHECK_EQUAL(create_error(spec, input_of(), host).text,
                    "cannot set any additional groups in a rootless container");
  spec::Spec keep = small_spec();
  keep.annotations["run.oci.keep_original_groups"] = "1";
  BOOST_CHECK(holds(step(created(keep), "set_ids"), "no_setgroups"));
}

BOOST_AUTO_TEST_CASE(limits) {
  spec::Process p = shell();
  p.rlimits = {{"RLIMIT_NOFILE", 2048, 1024},
               {"RLIMIT_CORE", ~std::uint64_t{0}, 0},
               {"RLIMIT_NOFILE", 1, 1}};
  const Plan plan = with_process(p);
  const auto lines = steps(plan, "rlimit");
  BOOST_REQUIRE_EQUAL(lines.size(), 3u);
  BOOST_CHECK(holds(lines[0], "soft=1024 hard=2048 only-raise=0 resource=7"));
  BOOST_CHECK(holds(lines[1], "soft=0 hard=18446744073709551615 only-raise=0 resource=4"));
  BOOST_CHECK_EQUAL(plan.notes[position(plan, "rlimit")].subject,
                    "error setting rlimits for ready process: error setting rlimit type 7");
  p.rlimits = {{"RLIMIT_FOO", 1, 1}};
  BOOST_CHECK_EQUAL(process_error(p).text, "wrong rlimit value: RLIMIT_FOO");
}

BOOST_AUTO_TEST_CASE(scheduling) {
  spec::Process p = shell();
  p.scheduler = spec::Scheduler{"SCHED_FIFO", {}, 5, {"SCHED_FLAG_RESET_ON_FORK"}, {}, {}, {}};
  p.io_priority = spec::IoPriority{"IOPRIO_CLASS_IDLE", 7};
  const Plan plan = with_process(p);
  BOOST_CHECK(holds(step(plan, "scheduler"), "attr=[56 1 1 0 0 5 0 0"));
  BOOST_CHECK(holds(step(plan, "io_priority"), "value=0x6007"));
  p.scheduler->policy = "SCHED_X";
  BOOST_CHECK_EQUAL(process_error(p).text, "invalid scheduler policy: SCHED_X");
  p.scheduler->policy = "SCHED_OTHER";
  BOOST_CHECK_EQUAL(process_error(p).text,
                    "scheduler.priority can only be specified for SchedFIFO or SchedRR policy");
  p.scheduler.emplace().policy = "SCHED_OTHER";
  p.scheduler->nice = -21;
  BOOST_CHECK_EQUAL(process_error(p).text, "invalid scheduler.nice: -21");
  p.scheduler.reset();
  p.io_priority->priority = 9;
  BOOST_CHECK_EQUAL(process_error(p).text, "invalid ioPriority.Priority: 9");
  p.io_priority->io_class = "X";
  BOOST_CHECK_EQUAL(process_error(p).text, "invalid ioPriority.Class: \"X\"");
}

BOOST_AUTO_TEST_CASE(memory_policy_and_personality) {
  spec::Spec spec = small_spec();
  spec.linux_->memory_policy = spec::MemoryPolicy{"MPOL_BIND", "0-1,64", {"MPOL_F_STATIC_NODES"}};
  spec.linux_->personality = spec::Personality{"LINUX32", {}};
  const Plan plan = created(spec);
  BOOST_CHECK(holds(step(plan, "memory_policy"), "nodes=[0x3 0x1] mode=0x8002 maxnode=129"));
  BOOST_CHECK(holds(step(plan, "personality"), "domain=0x8"));
  const auto text = [&](spec::MemoryPolicy policy) {
    spec.linux_->memory_policy = std::move(policy);
    return create_error(spec).text;
  };
  BOOST_CHECK_EQUAL(text({"MPOL_X", "", {}}), "invalid memory policy mode: \"MPOL_X\"");
  BOOST_CHECK_EQUAL(text({"MPOL_BIND", "0", {"Y"}}), "invalid memory policy flag: \"Y\"");
  BOOST_CHECK_EQUAL(text({"MPOL_BIND", "0-", {}}), "invalid memory policy node: \"0-\"");
  BOOST_CHECK(holds(text({"MPOL_DEFAULT", "0-7", {}}), "mode requires 0 nodes but got 8"));
  spec.linux_->memory_policy.reset();
  spec.linux_->personality->domain = "FOO";
  BOOST_CHECK_EQUAL(create_error(spec).text, "invalid personality domain FOO");
}

BOOST_AUTO_TEST_CASE(number_lists) {
  BOOST_CHECK((*number_list("0-3,7") == std::vector<std::uint64_t>{0x8f}));
  BOOST_CHECK_EQUAL(number_list("65535")->size(), 1024u);
  for (const char* bad : {"", ",", "1,", "-1", "2-1", "a", "1 ", "65536", "1-2-3"})
    BOOST_CHECK(!number_list(bad));
}

// S074, S075
BOOST_AUTO_TEST_CASE(labels) {
  HostFacts host = host_v2();
  host.apparmor = host.selinux = true;
  spec::Spec spec = small_spec();
  spec.process->apparmor_profile = "docker-default";
  spec.process->selinux_label = "u:r:t:s0";
  const Plan own = created(spec, input_of(), host);
  BOOST_CHECK(holds(step(own, "lsm_attr", "exec docker-default"),
                    "files=[\"thread-self/attr/apparmor/exec\" \"thread-self/attr/exec\"]"));
  BOOST_CHECK(holds(step(own, "lsm_attr", "u:r:t:s0"), "files=[\"thread-self/attr/exec\"]"));
  BOOST_CHECK(in_order(own, {"open_proc", "lsm_attr", "lsm_attr", "bounding_caps"}));
  BOOST_CHECK_EQUAL(
      create_error(spec).text,
      "selinux label is specified in config, but selinux is disabled or not supported");
  spec.process->selinux_label.clear();
  BOOST_CHECK(holds(create_error(spec).text, "apparmor is disabled"));
  spec.process->apparmor_profile = "unconfined";
  BOOST_CHECK(steps(created(spec), "lsm_attr").empty());
}

BOOST_AUTO_TEST_CASE(refused_processes) {
  spec::Process p = shell();
  p.args.clear();
  BOOST_CHECK_EQUAL(process_error(p).text, "args must not be empty");
  p = shell();
  p.cwd = "";
  BOOST_CHECK_EQUAL(process_error(p).text, "Cwd property must not be empty");
  p.cwd = "tmp";
  BOOST_CHECK_EQUAL(process_error(p).text, "Cwd must be an absolute path");
  spec::Spec spec = small_spec();
  spec.process.reset();
  BOOST_CHECK_EQUAL(create_error(spec).text, "process property must not be empty");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
