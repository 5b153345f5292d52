// Hooks: order, what they are told, where they run, how they end. Spec:
// config.md#posix-platform-hooks
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

const char* const kKinds[] = {"prestart",       "createRuntime", "createContainer",
                              "startContainer", "poststart",     "poststop"};

struct Hooked : Bundle {
  Hooked() { args({"/bin/true"}); }
  std::string log() const { return scratch("log"); }
  std::string logged() const { return read_file(log()); }
  // A hook that runs a script. `more` are further members.
  void hook(const std::string& kind, const std::string& script, const std::string& more = "") {
    const std::string shell = kind == "startContainer" ? "/bin/sh" : "/bin/busybox";
    config.add(("/hooks/" + kind).c_str(), R"({"path":")" + shell + R"(","args":)" +
                                               json_array({"sh", "-c", script}) + more + "}");
  }
  // startContainer hooks see the container's root: the log is bound into it.
  void bind_log() {
    write_file(log(), "");
    config.add("/mounts", R"({"destination":"/mnt/log","type":"bind","source":")" + log() +
                              R"(","options":["bind"]})");
  }
};

std::string state_word(const std::string& json, const char* key) {
  rapidjson::Document d;
  d.Parse(json.c_str());
  if (!d.IsObject() || !d.HasMember(key)) return "";
  return d[key].IsString() ? d[key].GetString() : std::to_string(d[key].GetInt());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hooks)

BOOST_AUTO_TEST_CASE(all_kinds_run_in_order) {
  OCI_NOT_RUNC("old ones run poststart hooks in create");
  Hooked b;
  b.bind_log();
  for (const std::string kind : kKinds)
    for (const char* which : {"1", "2"})
      b.hook(kind,
             "echo " + kind + which + " >>" + (kind == "startContainer" ? "/mnt/log" : b.log()));
  b.args({"/bin/sh", "-c", "echo process >>/mnt/log; sleep 500"});
  OCI_REQUIRE_OK(b.create());
  BOOST_TEST(
      b.logged() ==
      "prestart1\nprestart2\ncreateRuntime1\ncreateRuntime2\ncreateContainer1\ncreateContainer2\n");
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(eventually([&] { return contains(b.logged(), "process"); }));
  std::string started = b.logged();
  OCI_CHECK_HAS(started, "createContainer2\nstartContainer1\nstartContainer2\n");
  started.erase(started.find("process\n"), 8);  // the program does not wait for what comes after it
  OCI_CHECK_HAS(started, "poststart1\npoststart2\n");
  BOOST_TEST(!contains(started, "poststop"));
  BOOST_TEST(b.remove().ok());
  OCI_CHECK_HAS(b.logged(), "poststop1\npoststop2\n");
}

BOOST_AUTO_TEST_CASE(they_are_told_the_state) {
  OCI_NOT_RUNC("old ones run poststart hooks in create");
  Hooked b;
  b.config.set("/annotations", R"({"org.example.key":"a value"})");
  for (const std::string kind : kKinds)
    if (kind != "startContainer") b.hook(kind, "cat >" + b.scratch(kind));
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "500"}).create());
  const std::string pid = std::to_string(b.pid());
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(b.remove().ok());
  for (const std::string kind :
       {"prestart", "createRuntime", "createContainer", "poststart", "poststop"}) {
    const std::string state = read_file(b.scratch(kind));
    BOOST_TEST(state_word(state, "id") == b.id(), kind << ": " << state);
    BOOST_TEST(state_word(state, "bundle") == b.dir(), kind << ": " << state);
    OCI_CHECK_HAS(state, R"("org.example.key":"a value")");
    const std::string status = kind == "poststart"  ? "running"
                               : kind == "poststop" ? "stopped"
                                                    : "creating";
    BOOST_TEST(state_word(state, "status") == status, kind << ": " << state);
    if (kind == "prestart" || kind == "createRuntime" || kind == "poststart")
      BOOST_TEST(state_word(state, "pid") == pid, kind << ": " << state);
  }
}

BOOST_AUTO_TEST_CASE(where_they_run) {
  Hooked b;
  b.bind_log();
  for (const std::string kind : {"createRuntime", "createContainer"})
    b.hook(kind, "readlink /proc/self/ns/mnt >" + b.scratch(kind) + "; pwd >>" + b.scratch(kind));
  b.hook("startContainer", "readlink /proc/self/ns/mnt >/mnt/log; ls /bin/probe >>/mnt/log");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "500"}).create());
  OCI_REQUIRE_OK(b.start());
  const std::string inside = link_of("/proc/" + std::to_string(b.pid()) + "/ns/mnt");
  OCI_CHECK_HAS(read_file(b.scratch("createRuntime")), link_of("/proc/self/ns/mnt"));
  OCI_CHECK_HAS(read_file(b.scratch("createContainer")), inside);
  BOOST_TEST(b.logged() == inside + "\n/bin/probe\n");
}

BOOST_AUTO_TEST_CASE(environment) {
  Hooked b;
  b.hook("createRuntime", "env >" + b.scratch("own"), R"(,"env":["ONLY=this"])");
  b.hook("createRuntime", "env >" + b.scratch("inherited"));
  Command command = b.creation("run", {});
  command.env = {"OF_THE_CALLER=1"};
  OCI_REQUIRE_OK(run(command));
  const std::string own = read_file(b.scratch("own"));
  OCI_CHECK_HAS(own, "ONLY=this\n");
  BOOST_TEST(!contains(own, "OF_THE_CALLER"), own);
  OCI_CHECK_HAS(read_file(b.scratch("inherited")), "OF_THE_CALLER=1\n");
}

BOOST_AUTO_TEST_CASE(descriptors) {
  OCI_NOT_RUNC("createContainer hooks inherit its sockets");
  Hooked b;
  for (const char* kind : {"createRuntime", "createContainer"})
    b.config.add((std::string("/hooks/") + kind).c_str(),
                 R"({"path":"/bin/busybox","args":)" +
                     json_array({"sh", "-c", "ls /proc/self/fd >" + b.scratch(kind)}) + "}");
  OCI_REQUIRE_OK(b.run());
  // 3 is the directory that ls reads.
  for (const char* kind : {"createRuntime", "createContainer"})
    BOOST_TEST(read_file(b.scratch(kind)) == "0\n1\n2\n3\n", kind);
}

BOOST_AUTO_TEST_CASE(a_failing_one_ends_the_creation) {
  for (const std::string kind : {"prestart", "createRuntime", "createContainer"}) {
    Hooked b;
    const Traces traces(b);
    b.hook(kind, "exit 0");
    b.hook(kind, "echo said; echo failed >&2; exit 7");
    const Outcome r = b.create();
    BOOST_TEST(r.code == 1, r.text());
    OCI_CHECK_HAS(r.err, "exit status 7");
    if (!testing_runc()) {
      OCI_CHECK_HAS(r.err, "error running " + kind + " hook #1: exit status 7, stdout: said");
      OCI_CHECK_HAS(r.err, "failed");
    }
    BOOST_TEST(traces.left() == "", kind << " leaves " << traces.left());
  }
}

BOOST_AUTO_TEST_CASE(a_failing_one_ends_the_start) {
  OCI_NOT_RUNC("old ones run poststart hooks in create");
  for (const std::string kind : {"startContainer", "poststart"}) {
    Hooked b;
    const Traces traces(b);
    b.hook(kind, "exit 3");
    OCI_REQUIRE_OK(b.args({"/bin/sleep", "500"}).create());
    const Outcome r = b.start();
    BOOST_TEST(r.code == 1, kind << ": " << r.text());
    BOOST_TEST(eventually([&] { return b.status() == "stopped" || b.status().empty(); }),
               kind << ": " << b.status());
    BOOST_TEST(b.remove().ok());
    BOOST_TEST(traces.left() == "", kind << " leaves " << traces.left());
  }
}

BOOST_AUTO_TEST_CASE(a_failing_poststop_is_a_warning) {
  OCI_NOT_RUNC("some versions end with an error");
  Hooked b;
  const Traces traces(b);
  b.hook("poststop", "exit 9");
  b.hook("poststop", "touch " + b.scratch("second"));
  OCI_REQUIRE_OK(b.create());
  BOOST_TEST(b.remove().ok());
  BOOST_TEST(std::filesystem::exists(b.scratch("second")));
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there) {
  Hooked b;
  const Traces traces(b);
  b.config.add("/hooks/createRuntime", R"({"path":"/no/such/hook"})");
  const Outcome r = b.create();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "no such file or directory");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(the_time_limit_ends_the_whole_group, *proves({"S232"})) {
  OCI_NOT_RUNC("it waits for the hook's children, then leaves them");
  Hooked b;
  const Traces traces(b);
  b.hook("createRuntime", "sleep 300 & sleep 300", R"(,"timeout":1)");
  const Outcome r = b.create();
  BOOST_TEST(r.code == 1, r.text());
  BOOST_TEST(r.took.count() < 8000);
  OCI_CHECK_HAS(r.err, "hook ran past specified timeout of 1.0s");
  BOOST_TEST(traces.left() == "", traces.left());
}

BOOST_AUTO_TEST_CASE(a_childs_hold_on_the_output_holds_up_nothing, *proves({"S232"})) {
  OCI_NOT_RUNC("it waits for the end of the output");
  Hooked b;
  b.hook("createRuntime", "sleep 4 & exit 0");
  const Outcome r = b.run();
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.took.count() < 3000);
}

BOOST_AUTO_TEST_CASE(input_that_is_not_read_and_output_without_end, *proves({"S241", "S242"})) {
  Hooked b;
  std::string big(300000, 'x');
  b.config.set_text("/annotations/big", big);
  b.hook("createRuntime", "exec <&-; exit 0");
  b.hook("createRuntime", "dd if=/dev/zero bs=1000 count=1000 2>/dev/null");
  OCI_REQUIRE_OK(b.run());
}

BOOST_AUTO_TEST_SUITE_END()
