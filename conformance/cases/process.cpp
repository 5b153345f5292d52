// The process: who it is, what it was given, what limits it. Spec: config.md#process
#include <sched.h>

#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(arguments_arrive_as_written, *proves({"S071"})) {
  Container c;
  auto f = c.probe({"", "two words", "--flag", "\"'$x"});
  BOOST_TEST(f["argv.0"] == "/bin/probe");
  BOOST_TEST(f["argv.1"] == "");
  BOOST_TEST(f["argv.2"] == "two words");
  BOOST_TEST(f["argv.3"] == "--flag");
  BOOST_TEST(f["argv.4"] == "\"'$x");
}

BOOST_AUTO_TEST_CASE(the_program_is_looked_up_in_path, *proves({"S071"})) {
  Container c;
  fs::create_directories(c.rootfs() + "/opt/own");
  fs::copy_file(c.rootfs() + "/bin/probe", c.rootfs() + "/opt/own/only-here");
  c.config.set("/process/env", R"(["PATH=/nowhere:/opt/own"])");
  BOOST_TEST(oci::test::facts(c.args({"only-here"}).output())["argv.0"] == "only-here");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there, *proves({"S071", "S277"})) {
  Container c;
  BOOST_TEST(c.args({"/no/such/program"}).refused());
  Container in_path;
  BOOST_TEST(in_path.args({"no-such-program"}).refused());
}

BOOST_AUTO_TEST_CASE(arguments_are_needed, *proves({"S071", "S066", "S278"})) {
  Container none, empty, no_process;
  none.config.drop("/process/args");
  BOOST_TEST(none.refused());
  empty.config.set("/process/args", "[]");
  BOOST_TEST(empty.refused());
  no_process.config.drop("/process");
  BOOST_TEST(no_process.refused());
}

BOOST_AUTO_TEST_CASE(environment, *proves({"S070"})) {
  Container c;
  c.config.set("/process/env", R"(["PATH=/bin","A=1","EMPTY=","B=x=y"])");
  auto f = c.probe();
  BOOST_TEST(f["env.A"] == "1");
  BOOST_TEST(f.count("env.EMPTY") == 1u);
  BOOST_TEST(f["env.EMPTY"] == "");
  BOOST_TEST(f["env.B"] == "x=y");
  BOOST_TEST(f["env.PATH"] == "/bin");
}

BOOST_AUTO_TEST_CASE(working_directory, *proves({"S069"})) {
  Container c;
  c.config.set_text("/process/cwd", "/tmp");
  BOOST_TEST(c.probe()["cwd"] == "/tmp");
}

BOOST_AUTO_TEST_CASE(a_working_directory_must_be_absolute, *proves({"S069"})) {
  for (const char* cwd : {"tmp", "./tmp", ""}) {
    Container c;
    c.config.set_text("/process/cwd", cwd);
    BOOST_TEST(c.refused(), cwd);
  }
}

BOOST_AUTO_TEST_CASE(user_and_groups, *proves({"S086", "S088"})) {
  Container c;
  c.config.set("/process/user", R"({"uid":1000,"gid":1001,"additionalGids":[7,8]})");
  auto f = c.probe();
  BOOST_TEST(f["uid"] == "1000");
  BOOST_TEST(f["euid"] == "1000");
  BOOST_TEST(f["gid"] == "1001");
  BOOST_TEST(f["egid"] == "1001");
  BOOST_TEST((f["groups"] == "7,8" || f["groups"] == "1001,7,8"), f["groups"]);
}

BOOST_AUTO_TEST_CASE(no_groups_of_the_caller, *proves({"S088"})) {
  Container c;
  const std::string groups = c.probe()["groups"];
  BOOST_TEST((groups == "" || groups == "0"), groups);
}

BOOST_AUTO_TEST_CASE(umask_as_configured, *proves({"S087"})) {
  Container c;
  c.config.set("/process/user/umask", "63");
  BOOST_TEST(c.probe()["umask"] == "0077");
  c.config.set("/process/user/umask", "0");
  BOOST_TEST(c.probe()["umask"] == "0000");
}

BOOST_AUTO_TEST_CASE(limits, *proves({"S073"})) {
  Container c;
  c.config.set("/process/rlimits",
               R"([{"type":"RLIMIT_NOFILE","soft":512,"hard":600},
                   {"type":"RLIMIT_CORE","soft":0,"hard":0},
                   {"type":"RLIMIT_STACK","soft":4194304,"hard":8388608},
                   {"type":"RLIMIT_CPU","soft":1000,"hard":2000}])");
  auto f = c.probe();
  BOOST_TEST(f["rlimit.NOFILE"] == "512:600");
  BOOST_TEST(f["rlimit.CORE"] == "0:0");
  BOOST_TEST(f["rlimit.STACK"] == "4194304:8388608");
  BOOST_TEST(f["rlimit.CPU"] == "1000:2000");
}

BOOST_AUTO_TEST_CASE(every_limit_of_linux, *proves({"S073"})) {
  Container c;
  auto now = c.probe();
  Container all;
  for (const char* name :
       {"AS", "CORE", "CPU", "DATA", "FSIZE", "LOCKS", "MEMLOCK", "MSGQUEUE", "NICE", "NOFILE",
        "NPROC", "RSS", "RTPRIO", "RTTIME", "SIGPENDING", "STACK"}) {
    const std::string hard = now[std::string("rlimit.") + name];
    const std::string value = hard.substr(hard.find(':') + 1);
    all.config.add("/process/rlimits", R"({"type":"RLIMIT_)" + std::string(name) + R"(","soft":)" +
                                           value + R"(,"hard":)" + value + "}");
  }
  auto f = all.probe();
  for (const auto& [key, value] : now)
    if (key.rfind("rlimit.", 0) == 0)
      BOOST_TEST(f[key].substr(f[key].find(':')) == value.substr(value.find(':')), key);
}

BOOST_AUTO_TEST_CASE(an_unknown_limit_is_refused, *proves({"S073", "S006"})) {
  Container c;
  c.config.add("/process/rlimits", R"({"type":"RLIMIT_NO_SUCH","soft":1,"hard":1})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_soft_limit_above_the_hard_one_is_refused, *proves({"S073"})) {
  Container c;
  c.config.add("/process/rlimits", R"({"type":"RLIMIT_NOFILE","soft":600,"hard":500})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_limit_given_twice_is_refused, *proves({"S073"})) {
  Container c;
  for (int i = 0; i < 2; ++i)
    c.config.add("/process/rlimits", R"({"type":"RLIMIT_NOFILE","soft":100,"hard":500})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(no_new_privileges, *proves({"S078"})) {
  Container c;
  c.config.set("/process/noNewPrivileges", "true");
  BOOST_TEST(c.probe()["NoNewPrivs"] == "1");
  c.config.set("/process/noNewPrivileges", "false");
  BOOST_TEST(c.probe()["NoNewPrivs"] == "0");
}

BOOST_AUTO_TEST_CASE(oom_score, *proves({"S079"})) {
  Container c;
  c.config.set("/process/oomScoreAdj", "567");
  BOOST_TEST(c.shell("cat /proc/self/oom_score_adj").output() == "567\n");
}

BOOST_AUTO_TEST_CASE(no_oom_score_leaves_that_of_the_caller, *proves({"S079"})) {
  Container c;
  BOOST_TEST(c.shell("cat /proc/self/oom_score_adj").output() ==
             oci::test::read_file("/proc/self/oom_score_adj"));
}

BOOST_AUTO_TEST_CASE(only_the_standard_streams_are_open, *proves({"S090", "S283"})) {
  Container c;
  auto f = c.probe({"fds"});
  BOOST_TEST(f.size() == 3u);
  for (const char* fd : {"fd.0", "fd.1", "fd.2"}) BOOST_TEST(f.count(fd) == 1u, fd);
}

BOOST_AUTO_TEST_CASE(the_standard_streams_are_those_of_create, *proves({"S090", "S283"})) {
  Container c;
  BOOST_TEST(c.shell("echo out").output() == "out\n");
}

BOOST_AUTO_TEST_CASE(signals_start_afresh, *proves({"S095"})) {
  Container c;
  auto f = c.probe();
  BOOST_TEST(f["blocked"] == "0");
  BOOST_TEST(f["ignored"] == "0");
  BOOST_TEST(f["pdeathsig"] == "0");
}

BOOST_AUTO_TEST_CASE(scheduler, *proves({"S080", "S081"})) {
  Container c;
  c.config.set("/process/scheduler", R"({"policy":"SCHED_BATCH","nice":5})");
  BOOST_TEST(c.shell("cut -d' ' -f19,41 /proc/self/stat").output() == "5 3\n");
}

BOOST_AUTO_TEST_CASE(an_unknown_scheduler_is_refused, *proves({"S080", "S006"})) {
  Container c;
  c.config.set("/process/scheduler", R"({"policy":"SCHED_NO_SUCH"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(io_priority, *proves({"S082"})) {
  Container c;
  c.config.set("/process/ioPriority", R"({"class":"IOPRIO_CLASS_BE","priority":6})");
  BOOST_TEST(c.probe({"settings"})["ioprio"] == "2:6");
}

BOOST_AUTO_TEST_CASE(io_priority_that_does_not_exist_is_refused, *proves({"S082", "S006"})) {
  Container c;
  c.config.set("/process/ioPriority", R"({"class":"IOPRIO_CLASS_NO_SUCH","priority":4})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_session_of_its_own, *proves({"S091"})) {
  Container c;
  auto f = c.probe();
  BOOST_TEST(f["sid"] == f["pid"]);
  BOOST_TEST(f["pgid"] == f["pid"]);
}

BOOST_AUTO_TEST_CASE(a_keyring_of_its_own, *proves({"S092"})) {
  SKIP_IF(oci::test::read_file("/proc/keys").empty(), "no keys in this kernel");
  Container c;
  CHECK_HAS(c.shell("cat /proc/keys").output(), c.id());
}

BOOST_AUTO_TEST_CASE(the_callers_cpus_are_not_its_own, *proves({"S085"})) {
  cpu_set_t all, first;
  BOOST_REQUIRE(::sched_getaffinity(0, sizeof all, &all) == 0);
  SKIP_IF(CPU_COUNT(&all) < 2 || !CPU_ISSET(0, &all), "there is one CPU");
  Container c;
  const std::string before = c.probe()["Cpus_allowed_list"];
  CPU_ZERO(&first);
  CPU_SET(0, &first);
  ::sched_setaffinity(0, sizeof first, &first);
  const std::string after = c.probe()["Cpus_allowed_list"];
  ::sched_setaffinity(0, sizeof all, &all);
  BOOST_TEST(after == before);
}

BOOST_AUTO_TEST_SUITE_END()
