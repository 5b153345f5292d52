// What a process finds in a container: who it is, what it may do, what it was given.
#include <signal.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

BOOST_AUTO_TEST_SUITE(inside)

BOOST_AUTO_TEST_CASE(identity) {
  Bundle b;
  auto f = probe(b);
  BOOST_TEST(f["uid"] == "0");
  BOOST_TEST(f["euid"] == "0");
  BOOST_TEST(f["gid"] == "0");
  BOOST_TEST(f["groups"] == "");
  BOOST_TEST(f["umask"] == "0022");
  BOOST_TEST(f["cwd"] == "/");
  BOOST_TEST(f["pid"] == "1");
  BOOST_TEST(f["sid"] == "1");
  BOOST_TEST(f["pgid"] == "1");
  BOOST_TEST(f["hostname"] == "runc");
  BOOST_TEST(f["pdeathsig"] == "0");
  BOOST_TEST(f["keepcaps"] == "0");
  BOOST_TEST(f["securebits"] == "0");
  BOOST_TEST(f["tty"] == "0");
  BOOST_TEST(f["ctty"] == "no");
}

BOOST_AUTO_TEST_CASE(another_user) {
  Bundle b;
  b.config.set("/process/user", R"({"uid":1000,"gid":1001,"additionalGids":[7,8],"umask":63})");
  auto f = probe(b);
  BOOST_TEST(f["uid"] == "1000");
  BOOST_TEST(f["euid"] == "1000");
  BOOST_TEST(f["gid"] == "1001");
  BOOST_TEST(f["egid"] == "1001");
  BOOST_TEST(f["groups"] == "7,8");
  BOOST_TEST(f["umask"] == "0077");
  BOOST_TEST(f["env.HOME"] == "/home/user");
}

BOOST_AUTO_TEST_CASE(capabilities_of_root_are_those_listed) {
  Bundle b;
  b.config.set(
      "/process/capabilities",
      R"({"bounding":["CAP_KILL","CAP_CHOWN","CAP_SETUID"],"permitted":["CAP_KILL","CAP_CHOWN"],"effective":["CAP_KILL"]})");
  auto f = probe(b);
  // execve by root raises permitted to the bounding set: capabilities(7).
  BOOST_TEST(f["CapBnd"] == "00000000000000a1");
  BOOST_TEST(f["CapInh"] == "0000000000000000");
  BOOST_TEST(f["CapAmb"] == "0000000000000000");
  BOOST_TEST(f["CapEff"] == f["CapPrm"]);
}

BOOST_AUTO_TEST_CASE(default_capabilities_of_a_user_are_none) {
  Bundle b;
  b.config.set("/process/user/uid", "1000").drop("/process/capabilities/ambient");
  auto f = probe(b);
  BOOST_TEST(f["CapBnd"] == "0000000020000420");
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST(f[set] == "0000000000000000");
}

BOOST_AUTO_TEST_CASE(ambient_capabilities_reach_a_user) {
  Bundle b;
  const char* kill = R"(["CAP_KILL"])";
  b.config.set("/process/user/uid", "1000")
      .set("/process/capabilities/inheritable", kill)
      .set("/process/capabilities/ambient", kill);
  auto f = probe(b);
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST(f[set] == "0000000000000020");
}

BOOST_AUTO_TEST_CASE(no_capabilities_member_means_none) {
  OCI_NOT_RUNC("there a missing object means all capabilities");
  Bundle b;
  b.config.drop("/process/capabilities");
  auto f = probe(b);
  for (const char* set : {"CapBnd", "CapInh", "CapPrm", "CapEff", "CapAmb"})
    BOOST_TEST(f[set] == "0000000000000000");
}

BOOST_AUTO_TEST_CASE(no_new_privileges_as_configured) {
  Bundle b;
  BOOST_TEST(probe(b)["NoNewPrivs"] == "1");
  b.config.set("/process/noNewPrivileges", "false");
  BOOST_TEST(probe(b)["NoNewPrivs"] == "0");
}

BOOST_AUTO_TEST_CASE(seccomp_filters) {
  Bundle b;
  const std::string own = probe(b)["Seccomp"];
  BOOST_TEST(own == facts("Seccomp=" +
                          shell(b, "grep '^Seccomp:' /proc/self/status | tr -dc 0-9"))["Seccomp"]);
  b.config.set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
    {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":22},
    {"names":["sethostname"],"action":"SCMP_ACT_KILL_PROCESS"}]})");
  BOOST_TEST(probe(b)["Seccomp"] == "2");
  const Outcome r = b.shell("mkdir /tmp/x").run();
  OCI_CHECK_HAS(r.err, "Invalid argument");
  BOOST_TEST(b.shell("hostname x; echo $?").run().out == "159\n");
}

BOOST_AUTO_TEST_CASE(a_filter_that_refuses_everything_ends_the_container) {
  OCI_NOT_RUNC("its own init cannot start under this filter");
  Bundle b;
  b.config.set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ERRNO"})");
  Command command = b.args({"/bin/true"}).creation("run", {});
  command.timeout = std::chrono::seconds(10);
  const Outcome r = run(command);
  BOOST_TEST(r.code == 128 + SIGILL, r.text());
}

BOOST_AUTO_TEST_CASE(seccomp_without_no_new_privileges) {
  Bundle b;
  b.config.set("/process/noNewPrivileges", "false")
      .set("/process/user/uid", "1000")
      .set(
          "/linux/seccomp",
          R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"}]})");
  auto f = probe(b);
  BOOST_TEST(f["Seccomp"] == "2");
  BOOST_TEST(f["NoNewPrivs"] == "0");
}

BOOST_AUTO_TEST_CASE(working_directory_is_made) {
  Bundle b;
  b.config.set_text("/process/cwd", "/work/deep");
  BOOST_TEST(probe(b)["cwd"] == "/work/deep");
  BOOST_TEST(std::filesystem::is_directory(b.rootfs() + "/work/deep"));
}

BOOST_AUTO_TEST_CASE(working_directory_that_only_root_can_enter) {
  Bundle b;
  std::filesystem::create_directories(b.rootfs() + "/closed");
  std::filesystem::permissions(b.rootfs() + "/closed", std::filesystem::perms::owner_all);
  b.config.set_text("/process/cwd", "/closed").set("/process/user/uid", "1000");
  BOOST_TEST(probe(b)["cwd"] == "/closed");
}

BOOST_AUTO_TEST_CASE(environment_is_what_is_listed) {
  Bundle b;
  b.config.set("/process/env", R"(["PATH=/bin","A=1","EMPTY=","B=x=y"])");
  auto f = probe(b);
  std::size_t count = 0;
  for (const auto& [key, value] : f) count += key.rfind("env.", 0) == 0 ? 1 : 0;
  BOOST_TEST(f["env.A"] == "1");
  BOOST_TEST(f["env.EMPTY"] == "");
  BOOST_TEST(f["env.B"] == "x=y");
  BOOST_TEST(f["env.HOME"] == "/root");
  BOOST_TEST(count == 5u);
}

BOOST_AUTO_TEST_CASE(a_given_home_stays) {
  Bundle b;
  b.config.add("/process/env", R"("HOME=/elsewhere")");
  BOOST_TEST(probe(b)["env.HOME"] == "/elsewhere");
}

BOOST_AUTO_TEST_CASE(a_user_without_passwd_entry_has_the_root_as_home) {
  Bundle b;
  b.config.set("/process/user/uid", "4242");
  BOOST_TEST(probe(b)["env.HOME"] == "/");
}

BOOST_AUTO_TEST_CASE(arguments_arrive_as_written) {
  Bundle b;
  auto f = probe(b, {"", "two words", "--flag", "\"'$x"});
  BOOST_TEST(f["argv.0"] == "/bin/probe");
  BOOST_TEST(f["argv.1"] == "");
  BOOST_TEST(f["argv.2"] == "two words");
  BOOST_TEST(f["argv.3"] == "--flag");
  BOOST_TEST(f["argv.4"] == "\"'$x");
}

BOOST_AUTO_TEST_CASE(program_is_found_in_the_containers_path) {
  Bundle b;
  std::filesystem::create_directories(b.rootfs() + "/opt/own");
  std::filesystem::copy_file(b.rootfs() + "/bin/probe", b.rootfs() + "/opt/own/only-here");
  b.config.set("/process/env", R"(["PATH=/nowhere:/opt/own"])");
  const Outcome r = b.args({"only-here"}).run();
  OCI_REQUIRE_OK(r);
  BOOST_TEST(facts(r.out)["argv.0"] == "only-here");
}

// With the rights the program will have; what those refuse is not there, as with runc.
BOOST_AUTO_TEST_CASE(a_program_that_the_user_may_not_execute_is_not_found) {
  namespace fs = std::filesystem;
  Bundle b;
  fs::create_directories(b.rootfs() + "/closed");
  fs::copy_file(b.rootfs() + "/bin/probe", b.rootfs() + "/closed/program");
  b.config.set("/process/env", R"(["PATH=/closed:/bin"])");
  OCI_REQUIRE_OK(b.args({"program"}).run());
  fs::permissions(b.rootfs() + "/closed", fs::perms::owner_all);
  b.config.set("/process/user/uid", "1000");
  OCI_CHECK_HAS(said(b.args({"program"}).run()),
                R"(exec: "program": executable file not found in $PATH)");
  OCI_CHECK_HAS(said(b.args({"/closed/program"}).run()), R"(exec: "/closed/program": )");
  // A later directory of PATH still counts.
  fs::copy_file(b.rootfs() + "/bin/probe", b.rootfs() + "/bin/program");
  OCI_REQUIRE_OK(b.args({"program"}).run());
}

BOOST_AUTO_TEST_CASE(resource_limits) {
  Bundle b;
  b.config.set(
      "/process/rlimits",
      R"([{"type":"RLIMIT_NOFILE","soft":512,"hard":600},{"type":"RLIMIT_CORE","soft":0,"hard":0},
    {"type":"RLIMIT_STACK","soft":4194304,"hard":8388608}])");
  auto f = probe(b);
  BOOST_TEST(f["rlimit.NOFILE"] == "512:600");
  BOOST_TEST(f["rlimit.CORE"] == "0:0");
  BOOST_TEST(f["rlimit.STACK"] == "4194304:8388608");
}

BOOST_AUTO_TEST_CASE(signals_start_afresh_whatever_the_caller_did) {
  OCI_NOT_RUNC("Go keeps what its caller ignored");
  Bundle b;
  Command command = b.args({"/bin/probe"}).creation("run", {});
  command.in_child = [] {
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    for (const int s : {SIGPIPE, SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGCHLD}) ::signal(s, SIG_IGN);
  };
  const Outcome r = run(command);
  OCI_REQUIRE_OK(r);
  BOOST_TEST(facts(r.out)["blocked"] == "0");
  BOOST_TEST(facts(r.out)["ignored"] == "0");
}

BOOST_AUTO_TEST_CASE(oom_score_adj) {
  Bundle b;
  b.config.set("/process/oomScoreAdj", "567");
  BOOST_TEST(shell(b, "cat /proc/self/oom_score_adj") == "567\n");
}

// CAP_SYS_RESOURCE: what a caller without it may not do.
BOOST_AUTO_TEST_CASE(limits_above_and_scores_below_the_callers) {
  OCI_SKIP_IF(!has_capability(24), "CAP_SYS_RESOURCE is not there");
  Bundle b;
  b.config.set("/process/oomScoreAdj", "-998")
      .set("/process/rlimits",
           R"([{"type":"RLIMIT_NOFILE","soft":1048000,"hard":1048570},
               {"type":"RLIMIT_MEMLOCK","soft":18446744073709551615,"hard":18446744073709551615},
               {"type":"RLIMIT_NPROC","soft":400000,"hard":500000}])");
  Command command = b.args({"/bin/probe"}).creation("run", {});
  command.in_child = [] {
    for (const auto kind : {RLIMIT_NOFILE, RLIMIT_MEMLOCK, RLIMIT_NPROC}) {
      const rlimit low{1000, 1000};
      ::setrlimit(kind, &low);
    }
  };
  const Outcome r = run(command);
  OCI_REQUIRE_OK(r);
  auto f = facts(r.out);
  BOOST_TEST(f["rlimit.NOFILE"] == "1048000:1048570");
  BOOST_TEST(f["rlimit.MEMLOCK"] == "18446744073709551615:18446744073709551615");
  BOOST_TEST(f["rlimit.NPROC"] == "400000:500000");
  BOOST_TEST(shell(b, "cat /proc/self/oom_score_adj") == "-998\n");
  // exec, too, and not even for a user without rights of its own.
  b.config.set("/process/user/uid", "1000");
  b.start_sleeper();
  f = facts(b.exec({"/bin/probe"}).out);
  BOOST_TEST(f["rlimit.NOFILE"] == "1048000:1048570");
  BOOST_TEST(b.exec({"cat", "/proc/self/oom_score_adj"}).out == "-998\n");
}

BOOST_AUTO_TEST_CASE(personality) {
  OCI_NOT_RUNC("old ones do not know it");
  Bundle b;
  b.config.set("/linux/personality", R"({"domain":"LINUX32"})");
  const std::string machine = shell(b, "uname -m");
  BOOST_TEST((machine == "i686\n" || machine == "armv8l\n"), machine);
}

BOOST_AUTO_TEST_SUITE_END()
