// exec: another process in a container.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

// A container that runs, for the cases to exec in.
struct Running1 {
  Bundle b;
  Running1() { b.start_sleeper(); }
  Facts probe(const std::vector<std::string>& flags = {}) {
    const Outcome r = b.exec({"/bin/probe"}, flags);
    BOOST_REQUIRE_MESSAGE(r.ok(), r.text());
    return facts(r.out);
  }
  Facts probe_with(const std::string& process_json) {
    write_file(b.scratch("process.json"), process_json);
    const Outcome r = b.call({"exec", "--process", b.scratch("process.json"), b.id()});
    BOOST_REQUIRE_MESSAGE(r.ok(), r.text());
    return facts(r.out);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(exec)

BOOST_FIXTURE_TEST_CASE(output_input_and_exit_code, Running1) {
  Command command = b.command({"exec", b.id(), "/bin/sh", "-c", "cat; echo err >&2; exit 7"});
  command.input = "text from outside\n";
  const Outcome r = run(command);
  BOOST_TEST(r.code == 7);
  BOOST_TEST(r.out == "text from outside\n");
  BOOST_TEST(r.err == "err\n");
}

BOOST_FIXTURE_TEST_CASE(it_is_where_the_container_is, Running1) {
  auto f = probe();
  const std::string init = "/proc/" + std::to_string(b.pid());
  for (const char* type : {"ipc", "mnt", "net", "pid", "uts", "user", "cgroup"})
    BOOST_TEST(f[std::string("ns.") + type] == link_of(init + "/ns/" + type), type);
  // The same cgroups, too: by the host's view of their paths, or that of a cgroup namespace.
  const Outcome r = b.exec({"cat", "/proc/self/cgroup"});
  BOOST_TEST((r.out == read_file(init + "/cgroup") || r.out == "0::/\n"), r.out);
}

BOOST_FIXTURE_TEST_CASE(defaults_are_the_containers, Running1) {
  auto f = probe();
  BOOST_TEST(f["uid"] == "0");
  BOOST_TEST(f["CapBnd"] == "0000000020000420");
  BOOST_TEST(f["CapInh"] == "0000000000000000");
  BOOST_TEST(f["NoNewPrivs"] == "1");
  BOOST_TEST(f["rlimit.NOFILE"] == "1024:1024");
  BOOST_TEST(f["cwd"] == "/");
  BOOST_TEST(f["env.TERM"] == "xterm");
  BOOST_TEST(f["env.HOME"] == "/root");
  BOOST_TEST(f["umask"] == "0022");
  BOOST_TEST(f["blocked"] == "0");
  BOOST_TEST(f["dumpable"] == "1");
  BOOST_TEST(f["pdeathsig"] == "0");
  BOOST_TEST(f["sid"] == f["pid"]);
}

BOOST_FIXTURE_TEST_CASE(nothing_but_the_three_streams_is_open, Running1) {
  const auto f = facts(b.exec({"/bin/probe", "fds"}).out);
  BOOST_TEST(f.size() == 3u);
  BOOST_TEST((f.count("fd.0") + f.count("fd.1") + f.count("fd.2")) == 3u);
}

BOOST_FIXTURE_TEST_CASE(flags_change_the_process, Running1) {
  auto f = probe({"--cwd", "/tmp", "--env", "A=1,2", "--env", "B=", "--user", "1000:1001",
                  "--additional-gids", "5", "--additional-gids", "6"});
  BOOST_TEST(f["cwd"] == "/tmp");
  BOOST_TEST(f["env.A"] == "1,2");
  BOOST_TEST(f.count("env.B") == 1u);
  BOOST_TEST(f["uid"] == "1000");
  BOOST_TEST(f["gid"] == "1001");
  BOOST_TEST(f["groups"] == "5,6");
  BOOST_TEST(f["env.HOME"] == "/home/user");
  BOOST_TEST(f["CapEff"] == "0000000000000000");
}

BOOST_FIXTURE_TEST_CASE(added_capabilities_are_never_inheritable, Running1) {  // CVE-2022-29162
  auto f = probe({"--cap", "CAP_SYS_ADMIN"});
  BOOST_TEST(f["CapBnd"] == "0000000020200420");
  BOOST_TEST(f["CapEff"] == "0000000020200420");
  BOOST_TEST(f["CapInh"] == "0000000000000000");
  BOOST_TEST(f["CapAmb"] == "0000000000000000");
}

BOOST_FIXTURE_TEST_CASE(a_process_file_is_all_there_is, Running1) {
  auto f = probe_with(
      R"({"args":["/bin/probe"],"cwd":"/tmp","env":["PATH=/bin","X=1"],"user":{"uid":33,"gid":34,"additionalGids":[35]},
    "capabilities":{},"rlimits":[{"type":"RLIMIT_NOFILE","soft":100,"hard":200}]})");
  BOOST_TEST(f["uid"] == "33");
  BOOST_TEST(f["gid"] == "34");
  BOOST_TEST(f["groups"] == "35");
  BOOST_TEST(f["cwd"] == "/tmp");
  BOOST_TEST(f["env.X"] == "1");
  BOOST_TEST(f.count("env.TERM") == 0u);
  BOOST_TEST(f["CapBnd"] == "0000000000000000");
  BOOST_TEST(f["NoNewPrivs"] == "0");
  BOOST_TEST(f["rlimit.NOFILE"] == "100:200");
}

BOOST_FIXTURE_TEST_CASE(detached_with_a_pid_file, Running1) {
  const std::string pid_file = b.scratch("exec.pid");
  const Outcome r = b.exec({"/bin/sleep", "500"}, {"--detach", "--pid-file", pid_file});
  OCI_REQUIRE_OK(r);
  const std::string pid = read_file(pid_file);
  BOOST_TEST(read_file("/proc/" + pid + "/cmdline") == std::string("/bin/sleep\0"
                                                                   "500\0",
                                                                   15));
  BOOST_TEST(b.call({"ps", "--format", "json", b.id()}).out ==
             "[" + std::to_string(b.pid()) + "," + pid + "]\n");
  BOOST_TEST(b.remove().ok());
  BOOST_TEST(eventually([&] { return !std::filesystem::exists("/proc/" + pid); }));
}

BOOST_FIXTURE_TEST_CASE(the_containers_end_ends_it, Running1) {
  Running process(b.command({"exec", b.id(), "/bin/sh", "-c", "echo ready; sleep 500"}));
  BOOST_REQUIRE(process.wait_for("ready"));
  BOOST_TEST(b.call({"kill", b.id(), "KILL"}).ok());
  BOOST_TEST(process.wait().code == 137);
}

BOOST_FIXTURE_TEST_CASE(errors_have_exit_code_255, Running1) {
  struct {
    std::vector<std::string> words;
    const char* text;
  } cases[] = {
      {{"nosuch"}, "exec: \"nosuch\": executable file not found in $PATH"},
      {{"/nosuch"}, "exec: \"/nosuch\": stat /nosuch: no such file or directory"},
      {{"/etc/passwd"}, "permission denied"},
  };
  for (const auto& c : cases) {
    const Outcome r = b.exec(c.words);
    BOOST_TEST(r.code == 255, r.text());
    OCI_CHECK_HAS(said(r), c.text);
  }
  const Outcome missing = b.call({"exec", "no-such-container", "true"});
  BOOST_TEST(missing.code == 255);
  OCI_CHECK_HAS(missing.err, "container does not exist");
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(in_a_created_container) {
  Bundle b;
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  const Outcome r = b.exec({"/bin/echo", "early"});
  BOOST_TEST(r.out == "early\n", r.text());
  BOOST_TEST(b.status() == "created");
  BOOST_TEST(b.start().ok());
}

BOOST_FIXTURE_TEST_CASE(not_in_a_stopped_one, Running1) {
  BOOST_TEST(b.call({"kill", b.id(), "KILL"}).ok());
  BOOST_REQUIRE(eventually([&] { return b.status() == "stopped"; }));
  const Outcome r = b.exec({"true"});
  BOOST_TEST(r.code == 255);
  OCI_CHECK_HAS(r.err, "cannot exec in a stopped container");
}

BOOST_FIXTURE_TEST_CASE(not_in_a_paused_one, Running1) {
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  const Outcome r = b.exec({"true"});
  BOOST_TEST(r.code == 255);
  OCI_CHECK_HAS(r.err, "cannot exec in a paused container");
  OCI_REQUIRE_OK(b.call({"resume", b.id()}));
  BOOST_TEST(b.exec({"true"}).ok());
}

BOOST_FIXTURE_TEST_CASE(edits_of_the_bundle_have_no_effect,
                        Running1) {  // runtime.md#lifecycle, step 2
  OCI_NOT_RUNC("it reads config.json again");
  b.config.set("/process/env", R"(["PATH=/bin","EDITED=1"])")
      .set("/process/noNewPrivileges", "false");
  b.write_config();
  auto f = probe();
  BOOST_TEST(f.count("env.EDITED") == 0u);
  BOOST_TEST(f["NoNewPrivs"] == "1");
  std::filesystem::remove(b.dir() + "/config.json");
  BOOST_TEST(b.exec({"true"}).ok());
}

BOOST_AUTO_TEST_CASE(the_seccomp_filter_holds_for_it, *proves({"S226"})) {
  Bundle b;
  b.config.set(
      "/linux/seccomp",
      R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":22}]})");
  b.start_sleeper();
  OCI_CHECK_HAS(b.exec({"mkdir", "/tmp/x"}).err, "Invalid argument");
  BOOST_TEST(facts(b.exec({"/bin/probe"}).out)["Seccomp"] == "2");
}

BOOST_FIXTURE_TEST_CASE(users_are_numbers_and_nothing_else,
                        Running1) {  // CVE-2016-3697, CVE-2026-30892
  write_file(b.rootfs() + "/etc/passwd", "1000:x:0:0:root:/root:/bin/sh\n");
  BOOST_TEST(probe({"--user", "1000"})["uid"] == "1000");
  for (const char* bad : {"1000abc", "-1", " 1", "abc", "1:", "1:x", "0x1", "4294967296"}) {
    if (testing_runc() && std::string(bad) == "4294967296") continue;  // it wraps to 0 there
    const Outcome r = b.exec({"/bin/true"}, {std::string("--user=") + bad});
    BOOST_TEST(r.code != 0, bad << ": " << r.text());
  }
}

BOOST_FIXTURE_TEST_CASE(where_the_containers_cgroup_takes_no_process, Running1,
                        *proves({"S156"})) {  // C070
  std::string top;
  for (const std::string& dir : cgroup_dirs(b.id()))
    if (!read_file(dir + "/cgroup.controllers").empty()) top = dir;
  OCI_SKIP_IF(top.empty(), "no controller on cgroup v2");
  const std::string controllers = read_file(top + "/cgroup.controllers");
  std::filesystem::create_directory(top + "/inner");
  write_file(top + "/inner/cgroup.procs", std::to_string(b.pid()));
  write_file(top + "/cgroup.subtree_control",
             "+" + controllers.substr(0, controllers.find_first_of(" \n")));
  BOOST_REQUIRE(!read_file(top + "/cgroup.subtree_control").empty());

  const Outcome followed = b.exec({"cat", "/proc/self/cgroup"});
  OCI_REQUIRE_OK(followed);
  OCI_CHECK_HAS(followed.out, "/inner\n");
  if (cgroup_dirs(b.id()).size() == 2)  // no v1 hierarchy, which would have to have it, too
    OCI_CHECK_HAS(b.exec({"cat", "/proc/self/cgroup"}, {"--cgroup", "inner"}).out, "/inner\n");
  const Outcome busy = b.exec({"true"}, {"--cgroup", "/"});
  BOOST_TEST(busy.code == 255);
  OCI_CHECK_HAS(busy.err, "error adding pid");
  OCI_CHECK_HAS(busy.err, "evice or resource busy");
  // An init that is somewhere else is not followed.
  std::filesystem::create_directory(top + ".other");
  write_file(top + ".other/cgroup.procs", std::to_string(b.pid()));
  const Outcome elsewhere = b.exec({"true"});
  BOOST_TEST(elsewhere.code == 255, elsewhere.text());
  write_file(top + "/inner/cgroup.procs", std::to_string(b.pid()));
  std::filesystem::remove(top + ".other");
}

BOOST_AUTO_TEST_SUITE_END()
