// Hooks: order, what they are told, where they run, how they end. Spec:
// config.md#posix-platform-hooks
#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
using oci::test::contains;
using oci::test::read_file;
namespace fs = std::filesystem;

namespace {

// A hook that ends before the state is written to it is a matter of its own:
// input_that_is_not_read.
const std::string kTakeState = "while read -r state; do :; done; ";

struct Hooked : Container {
  Hooked() {
    oci::test::write_file(log(), "");
    // startContainer hooks see the container's root alone.
    bind(log(), "/mnt/log");
  }
  std::string log() const { return scratch("log"); }
  std::string logged() const { return read_file(log()); }
  void hook(const std::string& kind, const std::string& script, const std::string& more = "") {
    const std::string shell = kind == "startContainer" ? "/bin/sh" : "/bin/busybox";
    config.add(("/hooks/" + kind).c_str(), R"({"path":")" + shell + R"(","args":)" +
                                               oci::test::json_array({"sh", "-c", script}) + more +
                                               "}");
  }
  void log_hook(const std::string& kind, const std::string& word) {
    hook(kind,
         kTakeState + "echo " + word + " >>" + (kind == "startContainer" ? "/mnt/log" : log()));
  }
  // Ends it and deletes it as the specification has it.
  void end() {
    static_cast<void>(kill("KILL"));
    BOOST_TEST(wait_for("stopped"));
    const Outcome removed = remove();
    BOOST_TEST(removed.ok(), removed.text());
  }
};

std::string word_of(const std::string& json, const char* key) {
  rapidjson::Document d;
  d.Parse(json.c_str());
  if (!d.IsObject() || !d.HasMember(key)) return "";
  return d[key].IsString() ? d[key].GetString()
         : d[key].IsInt()  ? std::to_string(d[key].GetInt())
                           : "?";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hooks)

BOOST_AUTO_TEST_CASE(in_create, *proves({"S233", "S234", "S235", "S236", "S282", "S229", "S230"})) {
  Hooked c;
  for (const std::string kind : {"createContainer", "createRuntime", "prestart"})
    for (const char* which : {"1", "2"}) c.log_hook(kind, kind + which);
  REQUIRE_OK(c.sleeper().create());
  BOOST_TEST(c.logged() ==
             "prestart1\nprestart2\ncreateRuntime1\ncreateRuntime2\ncreateContainer1\n"
             "createContainer2\n");
}

BOOST_AUTO_TEST_CASE(in_start_before_the_program, *proves({"S233", "S237", "S282"})) {
  Hooked c;
  c.log_hook("startContainer", "one");
  c.log_hook("startContainer", "two");
  c.shell("echo program >>/mnt/log");
  REQUIRE_OK(c.create());
  BOOST_TEST(c.logged() == "");
  REQUIRE_OK(c.start());
  BOOST_TEST(c.wait_for("stopped"));
  BOOST_TEST(c.logged() == "one\ntwo\nprogram\n");
}

BOOST_AUTO_TEST_CASE(in_start_after_the_program, *proves({"S233", "S238", "S282"})) {
  Hooked c;
  c.log_hook("poststart", "one");
  c.log_hook("poststart", "two");
  REQUIRE_OK(c.sleeper().create());
  BOOST_TEST(c.logged() == "");
  REQUIRE_OK(c.start());
  BOOST_TEST(c.logged() == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(in_delete, *proves({"S233", "S239", "S282"})) {
  Hooked c;
  c.log_hook("poststop", "one");
  c.log_hook("poststop", "two");
  c.sleeper().launch();
  static_cast<void>(c.kill("KILL"));
  BOOST_TEST(c.wait_for("stopped"));
  BOOST_TEST(c.logged() == "");
  REQUIRE_OK(c.remove());
  BOOST_TEST(c.logged() == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(the_state_comes_on_standard_input, *proves({"S241"})) {
  Hooked c;
  c.config.set("/annotations", R"({"org.example.key":"a value"})");
  const char* const kKinds[] = {"prestart", "createRuntime", "createContainer", "poststart",
                                "poststop"};
  for (const std::string kind : kKinds) c.hook(kind, "cat >" + c.scratch(kind));
  c.hook("startContainer", "cat >/mnt/log");
  c.sleeper().launch();
  c.end();
  for (const std::string kind : kKinds) {
    const std::string state = read_file(c.scratch(kind));
    BOOST_TEST(word_of(state, "id") == c.id(), kind << ": " << state);
    BOOST_TEST(word_of(state, "bundle") == c.bundle(), kind << ": " << state);
    BOOST_TEST(word_of(state, "ociVersion") != "", kind << ": " << state);
    CHECK_HAS(state, "org.example.key");
  }
  BOOST_TEST(word_of(c.logged(), "id") == c.id(), c.logged());
}

BOOST_AUTO_TEST_CASE(the_status_fits_the_time, *proves({"S241", "S269"})) {
  Hooked c;
  for (const std::string kind : {"prestart", "createRuntime", "createContainer", "poststop"})
    c.hook(kind, "cat >" + c.scratch(kind));
  c.sleeper().launch();
  c.end();
  for (const std::string kind : {"prestart", "createRuntime", "createContainer"})
    BOOST_TEST(word_of(read_file(c.scratch(kind)), "status") == "creating", kind);
  BOOST_TEST(word_of(read_file(c.scratch("poststop")), "status") == "stopped");
}

BOOST_AUTO_TEST_CASE(the_pid_is_the_containers, *proves({"S241", "S270"})) {
  Hooked c;
  for (const std::string kind : {"prestart", "createRuntime"})
    c.hook(kind, "cat >" + c.scratch(kind));
  REQUIRE_OK(c.sleeper().create());
  for (const std::string kind : {"prestart", "createRuntime"})
    BOOST_TEST(word_of(read_file(c.scratch(kind)), "pid") == std::to_string(c.pid()), kind);
}

BOOST_AUTO_TEST_CASE(namespaces_they_run_in,
                     *proves({"S234", "S235", "S236", "S237", "S238", "S239"})) {
  Hooked c;
  const char* const kOutside[] = {"prestart", "createRuntime", "poststart", "poststop"};
  for (const std::string kind : kOutside)
    c.hook(kind, kTakeState + "readlink /proc/self/ns/mnt >" + c.scratch(kind));
  c.hook("createContainer",
         kTakeState + "readlink /proc/self/ns/mnt >" + c.scratch("createContainer"));
  c.hook("startContainer",
         kTakeState + "readlink /proc/self/ns/mnt >/mnt/log; ls /bin/probe >>/mnt/log");
  c.sleeper().launch();
  const std::string inside = oci::test::link_of("/proc/" + std::to_string(c.pid()) + "/ns/mnt");
  c.end();
  for (const std::string kind : kOutside)
    BOOST_TEST(read_file(c.scratch(kind)) == oci::test::link_of("/proc/self/ns/mnt") + "\n", kind);
  BOOST_TEST(read_file(c.scratch("createContainer")) == inside + "\n");
  BOOST_TEST(c.logged() == inside + "\n/bin/probe\n");
}

BOOST_AUTO_TEST_CASE(arguments_and_environment, *proves({"S229", "S230", "S231"})) {
  Hooked c;
  c.hook("createRuntime", "echo $0 $ONLY >" + c.scratch("said"), R"(,"env":["ONLY=this"])");
  REQUIRE_OK(c.sleeper().create());
  BOOST_TEST(read_file(c.scratch("said")) == "sh this\n");
}

BOOST_AUTO_TEST_CASE(a_failing_one_ends_create, *proves({"S233", "S240", "S012"})) {
  for (const std::string kind : {"prestart", "createRuntime", "createContainer"}) {
    Hooked c;
    c.hook(kind, "exit 7");
    c.log_hook(kind, "not reached");
    BOOST_TEST(c.sleeper().create().code > 0, kind);
    BOOST_TEST(c.logged() == "", kind);
    BOOST_TEST(!c.state().ok(), kind);
  }
}

BOOST_AUTO_TEST_CASE(a_failing_one_ends_the_container, *proves({"S240", "S237"})) {
  Hooked c;
  c.hook("startContainer", "exit 7");
  c.shell("echo program >>/mnt/log; sleep 100");
  REQUIRE_OK(c.create());
  static_cast<void>(c.start());
  const auto over = [&] { return c.status() == "stopped" || c.status().empty(); };
  BOOST_TEST(oci::test::eventually(over));
  BOOST_TEST(c.logged() == "");
}

BOOST_AUTO_TEST_CASE(a_failing_poststop_is_a_warning, *proves({"S239", "S013"})) {
  Hooked c;
  c.hook("poststop", kTakeState + "exit 9");
  c.log_hook("poststop", "second");
  c.sleeper().launch();
  c.end();
  BOOST_TEST(c.logged() == "second\n");
  BOOST_TEST(!c.state().ok());
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there, *proves({"S229", "S240"})) {
  Hooked c;
  c.config.add("/hooks/createRuntime", R"({"path":"/no/such/hook"})");
  BOOST_TEST(c.sleeper().create().code > 0);
  BOOST_TEST(!c.state().ok());
}

BOOST_AUTO_TEST_CASE(timeout, *proves({"S232"})) {
  Hooked c;
  c.hook("createRuntime", "exec sleep 60", R"(,"timeout":1)");
  const Outcome r = c.sleeper().create();
  BOOST_TEST(r.code > 0);
  BOOST_TEST(r.took.count() < 10000);
  BOOST_TEST(!c.state().ok());
}

BOOST_AUTO_TEST_CASE(input_that_is_not_read, *proves({"S241"})) {
  Hooked c;
  c.config.set_text("/annotations/big", std::string(200000, 'x'));
  c.hook("createRuntime", "exec <&-; exit 0");
  REQUIRE_OK(c.sleeper().create());
}

BOOST_AUTO_TEST_CASE(their_output_is_not_the_containers, *proves({"S242"})) {
  Hooked c;
  c.hook("createRuntime", "echo of the hook");
  BOOST_TEST(c.shell("echo of the program").output() == "of the program\n");
}

BOOST_AUTO_TEST_CASE(descriptors, *proves({"S243"})) {
  Hooked c;
  for (const std::string kind : {"createRuntime", "createContainer"})
    c.hook(kind, "ls /proc/self/fd >" + c.scratch(kind));
  REQUIRE_OK(c.sleeper().create());
  // 3 is the directory that ls reads.
  for (const std::string kind : {"createRuntime", "createContainer"})
    BOOST_TEST(read_file(c.scratch(kind)) == "0\n1\n2\n3\n", kind);
}

BOOST_AUTO_TEST_CASE(a_child_of_a_late_one_holds_up_nothing, *proves({"S232"})) {
  Hooked c;
  c.hook("createRuntime", "sleep 15 & exec sleep 60", R"(,"timeout":1)");
  const Outcome r = c.sleeper().create();
  BOOST_TEST(r.code > 0);
  BOOST_TEST(r.took.count() < 10000);
}

BOOST_AUTO_TEST_SUITE_END()
