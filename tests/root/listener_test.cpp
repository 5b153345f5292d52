// Seccomp filters that leave decisions to an agent.
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <optional>

#include "rapidjson/document.h"
#include "tests/root/support.h"
#include "tests/support/seccomp_agent.h"

using namespace oci::test;

namespace {

constexpr const char* kMakeDir = R"("mkdir","mkdirat")";
// All that init does behind its filter, and more; with what a shell needs.
constexpr const char* kInitsOwn =
    R"("read","write","sendmsg","recvmsg","close","execve","capset","prctl","futex","sched_yield",
       "exit","exit_group","mkdir","mkdirat")";

struct Watched : Bundle {
  explicit Watched(const std::string& names = kMakeDir, const std::string& more = "") {
    profile(names, more, scratch("agent"));
    agent.emplace(scratch("agent"));
    shell("mkdir /tmp/x 2>&1; exit 3");
  }
  void profile(const std::string& names, const std::string& more, const std::string& path) {
    config.set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW","listenerPath":")" + path +
                                     R"(","syscalls":[{"action":"SCMP_ACT_NOTIFY","names":[)" +
                                     names + "]}]" + more + "}");
  }
  rapidjson::Document told(std::size_t index) const {
    rapidjson::Document document;
    BOOST_REQUIRE(eventually([&] { return agent->told().size() > index; }));
    document.Parse(agent->told()[index].c_str());
    BOOST_REQUIRE(document.IsObject());
    return document;
  }
  std::optional<SeccompAgent> agent;
};

void with_both(const std::function<void(Watched&)>& check, const std::string& names = kMakeDir) {
  for (const char* no_new_privileges : {"true", "false"}) {
    BOOST_TEST_CONTEXT("noNewPrivileges " << no_new_privileges) {
      Watched b(names);
      b.config.set("/process/noNewPrivileges", no_new_privileges);
      check(b);
    }
  }
}

std::string text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(listener)

BOOST_AUTO_TEST_CASE(an_agent_decides) {
  with_both([](Watched& b) {
    const Outcome r = b.run();
    OCI_CHECK_HAS(r.out, "No medium found");
    BOOST_TEST(r.code == 3);
    BOOST_TEST(b.agent->told().size() == 1u);
  });
}

BOOST_AUTO_TEST_CASE(it_is_told_of_the_container) {
  Watched b(kMakeDir, R"(,"listenerMetadata":"of \"us\"")");
  b.config.set("/annotations", R"({"a.key":"a value"})");
  b.args({"/bin/sleep", "1000"});
  OCI_REQUIRE_OK(b.create());
  const auto told = b.told(0);  // before start
  BOOST_TEST(told["ociVersion"].IsString());
  BOOST_REQUIRE(told["fds"].Size() == 1u);
  BOOST_TEST(text(told["fds"][0]) == "seccompFd");
  BOOST_TEST(told["pid"].GetInt() == b.pid());
  BOOST_TEST(text(told["metadata"]) == "of \"us\"");
  const auto& state = told["state"];
  BOOST_TEST(text(state["id"]) == b.id());
  BOOST_TEST(text(state["status"]) == "creating");
  BOOST_TEST(state["pid"].GetInt() == b.pid());
  BOOST_TEST(text(state["bundle"]) == b.dir());
  BOOST_TEST(text(state["annotations"]["a.key"]) == "a value");
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(b.agent->told().size() == 1u);
}

BOOST_AUTO_TEST_CASE(exec_has_a_listener_of_its_own) {
  with_both([](Watched& b) {
    b.args({"/bin/sleep", "1000"});
    OCI_REQUIRE_OK(b.create());
    OCI_CHECK_HAS(b.exec({"/bin/mkdir", "/tmp/x"}).err, "No medium found");
    OCI_REQUIRE_OK(b.start());
    OCI_CHECK_HAS(b.exec({"/bin/mkdir", "/tmp/x"}).err, "No medium found");
    BOOST_TEST(b.agent->told().size() == 3u);
    BOOST_TEST(text(b.told(1)["state"]["status"]) == "created");
    const auto told = b.told(2);
    BOOST_TEST(text(told["state"]["status"]) == "running");
    BOOST_TEST(told["state"]["pid"].GetInt() == b.pid());
    BOOST_TEST(told["pid"].GetInt() != b.pid());
    BOOST_TEST(told["pid"].GetInt() > 1);
  });
}

BOOST_AUTO_TEST_CASE(in_a_user_namespace) {
  with_both([](Watched& b) {
    b.config.add("/linux/namespaces", R"({"type":"user"})");
    const char* map = R"([{"containerID":0,"hostID":100000,"size":65536}])";
    b.config.set("/linux/uidMappings", map).set("/linux/gidMappings", map);
    std::filesystem::permissions(b.scratch(""), std::filesystem::perms(0755));
    OCI_CHECK_HAS(b.run().out, "No medium found");
    b.args({"/bin/sleep", "1000"});
    OCI_REQUIRE_OK(b.create());
    OCI_CHECK_HAS(b.exec({"/bin/mkdir", "/tmp/x"}).err, "No medium found");
    BOOST_TEST(b.agent->told().size() == 3u);
  });
}

// runc forbids `write` there, and waits for ever with some others.
BOOST_AUTO_TEST_CASE(each_call_of_init_may_be_held_back) {
  OCI_NOT_RUNC("it refuses the profile");
  with_both(
      [](Watched& b) {
        const Outcome r = b.run();
        BOOST_TEST(r.code == 3, r.text());
        OCI_CHECK_HAS(r.out, "No medium found");
        BOOST_TEST(b.agent->asked(SYS_execve) > 0);
        BOOST_TEST(b.agent->asked(SYS_write) > 0);
        b.args({"/bin/sleep", "1000"});
        OCI_REQUIRE_OK(b.create());
        OCI_REQUIRE_OK(b.start());
        OCI_CHECK_HAS(b.exec({"/bin/mkdir", "/tmp/x"}).err, "No medium found");
      },
      kInitsOwn);
}

// What init has for a short time is not there for the program.
BOOST_AUTO_TEST_CASE(nothing_of_it_is_left_in_the_container) {
  with_both([](Watched& b) {
    auto f = probe(b);
    BOOST_TEST(f["Seccomp"] == "2");
    for (const auto& [key, value] : f)
      BOOST_TEST((!key.starts_with("fd.") || (key.size() == 4 && key[3] < '3')), key);
    BOOST_TEST(shell(b, "ls /proc/self/task | wc -l") == "1\n");
  });
}

// More threads than one, the limit counts for the program alone.
BOOST_AUTO_TEST_CASE(as_a_user_with_a_limit_of_processes) {
  with_both([](Watched& b) {
    b.config.set("/process/user/uid", "61234")
        .set("/process/rlimits", R"([{"type":"RLIMIT_NPROC","soft":1,"hard":1}])");
    b.args({"/bin/mkdir", "/tmp/x"});
    OCI_CHECK_HAS(b.run().err, "No medium found");
  });
}

BOOST_AUTO_TEST_CASE(hooks_in_the_container_are_told_of_too) {
  Watched b;
  b.config.set("/hooks/startContainer",
               R"([{"path":"/bin/sh","args":["sh","-c","mkdir /tmp/hook 2>/tmp/said; exit 0"]}])");
  BOOST_TEST(b.run().code == 3);
  OCI_CHECK_HAS(read_file(b.rootfs() + "/tmp/said"), "No medium found");
  BOOST_TEST(b.agent->told().size() == 2u);
  BOOST_TEST(text(b.told(1)["state"]["status"]) == "created");
}

BOOST_AUTO_TEST_CASE(without_an_agent_nothing_runs) {
  Watched b;
  const std::string path = b.scratch("agent");
  const std::string start =
      "unable to start container process: failed to connect with seccomp agent specified in the "
      "seccomp profile: dial unix " +
      path + ": connect: ";
  b.agent.reset();
  b.shell("echo started >/tmp/started");
  const Traces traces(b);
  for (const char* reason : {"connection refused", "no such file or directory"}) {
    for (const Outcome& r : {b.run(), b.run({"--detach"}), b.create()}) {
      BOOST_TEST(r.code == 1, r.text());
      OCI_CHECK_HAS(r.err, start + reason);
    }
    std::filesystem::remove(path);
  }
  BOOST_TEST(traces.left() == "");
  BOOST_TEST(!std::filesystem::exists(b.rootfs() + "/tmp/started"));
}

BOOST_AUTO_TEST_CASE(without_an_agent_exec_fails_alone) {
  Watched b;
  b.start_sleeper();
  b.agent.reset();
  const Outcome r = b.exec({"/bin/touch", "/tmp/started"});
  OCI_CHECK_HAS(r.err, "failed to connect with seccomp agent");
  BOOST_TEST(r.code == 255);
  BOOST_TEST(!std::filesystem::exists(b.rootfs() + "/tmp/started"));
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(the_path_is_used_only_if_it_is_needed) {
  Watched b("");
  b.profile(R"("no_such_call")", "", "agent");  // relative: below the bundle
  b.agent.emplace(b.dir() + "/agent");
  b.args({"/bin/true"});
  OCI_REQUIRE_OK(b.run());
  BOOST_TEST(b.agent->told().size() == 1u);
  b.config.set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW","listenerPath":"/none",
    "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]})");
  OCI_REQUIRE_OK(b.run());
}

BOOST_AUTO_TEST_CASE(flags_of_a_listener) {
  Watched b(kMakeDir, R"(,"flags":["SECCOMP_FILTER_FLAG_TSYNC","SECCOMP_FILTER_FLAG_LOG"])");
  OCI_CHECK_HAS(b.run().out, "No medium found");
  const std::string features = b.call({"features"}).out;
  const std::string flag = "\"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV\"";
  const bool supported = contains(features.substr(features.find("supportedFlags")), flag);
  b.profile(kMakeDir, R"(,"flags":[)" + flag + "]", b.scratch("agent"));
  const Outcome r = b.run();
  if (supported)
    OCI_CHECK_HAS(r.out, "No medium found");
  else
    OCI_CHECK_HAS(r.err, "WAIT_KILLABLE_RECV is not known to this kernel");
}

BOOST_AUTO_TEST_CASE(exec_in_a_container_of_runc) {
  OCI_SKIP_IF(!run({.argv = {"runc", "--version"}}).ok(), "there is no runc");
  Watched b(kMakeDir, R"(,"listenerMetadata":"m")");
  b.config.set_text("/ociVersion", "1.0.2");
  b.args({"/bin/sleep", "1000"}).write_config();
  OCI_REQUIRE_OK(run({.argv = {"runc", "--root", b.state_root(), "run", "--detach", "--bundle",
                               b.dir(), b.id()}}));
  BOOST_TEST(b.agent->told().size() == 1u);
  OCI_CHECK_HAS(b.exec({"/bin/mkdir", "/tmp/x"}).err, "No medium found");
  const auto told = b.told(1);
  BOOST_TEST(text(told["metadata"]) == "m");
  BOOST_TEST(text(told["state"]["status"]) == "running");
  BOOST_TEST(told["state"]["pid"].GetInt() == b.pid());
}

// Both sides would wait for ever, if it were not noticed.
BOOST_AUTO_TEST_CASE(a_filter_that_silences_init_is_an_error) {
  OCI_NOT_RUNC("it hangs");
  Bundle b;
  b.config.set("/process/noNewPrivileges", "false")
      .set("/linux/seccomp",
           R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
             {"names":["sendmsg"],"action":"SCMP_ACT_ERRNO"}]})");
  const Outcome r = b.args({"/bin/true"}).run();
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "the seccomp profile has to allow what comes after it: sendmsg");
}

BOOST_AUTO_TEST_CASE(it_is_not_checkpointed) {
  Watched b;
  b.start_sleeper();
  const Outcome r = b.call({"checkpoint", "--image-path", b.scratch("images"), b.id()});
  OCI_CHECK_HAS(r.err, "a container with a seccomp agent can be neither checkpointed nor restored");
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_SUITE_END()
