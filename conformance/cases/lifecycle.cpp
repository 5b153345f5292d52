// Operations and the states between them. Spec: runtime.md
#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
using oci::test::eventually;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_AUTO_TEST_CASE(create_runs_nothing_until_start, *proves({"S274", "S277", "S282"})) {
  Container c;
  c.shell("echo ran; touch /tmp/ran; sleep 1000");
  REQUIRE_OK(c.create());
  BOOST_TEST(c.status() == "created");
  ::usleep(50000);
  BOOST_TEST(!fs::exists(c.rootfs() + "/tmp/ran"));
  REQUIRE_OK(c.start());
  BOOST_TEST(eventually([&] { return fs::exists(c.rootfs() + "/tmp/ran"); }));
  BOOST_TEST(c.status() == "running");
}

BOOST_AUTO_TEST_CASE(a_process_that_ends_leaves_a_stopped_container,
                     *proves({"S269", "S282", "S287"})) {
  Container c;
  c.args({"/bin/true"}).launch();
  BOOST_TEST(c.wait_for("stopped"));
  REQUIRE_OK(c.remove());
  BOOST_TEST(!c.state().ok());
}

BOOST_AUTO_TEST_CASE(state_names_every_member, *proves({"S267", "S268", "S269", "S270", "S271"})) {
  Container c;
  c.sleeper();
  REQUIRE_OK(c.create());
  const auto state = c.document();
  BOOST_REQUIRE(state.IsObject());
  BOOST_TEST(c.word("id") == c.id());
  BOOST_TEST(c.word("bundle") == c.bundle());
  const std::string version = c.word("ociVersion");
  BOOST_TEST((version.size() >= 5 && version[0] == '1' && version[1] == '.'), version);
  BOOST_REQUIRE(c.pid() > 0);
  BOOST_TEST(::kill(c.pid(), 0) == 0);
}

BOOST_AUTO_TEST_CASE(pid_is_the_process_on_the_host, *proves({"S270"})) {
  Container c;
  c.sleeper().launch();
  const std::string cmdline = "/proc/" + std::to_string(c.pid()) + "/cmdline";
  BOOST_TEST(
      eventually([&] { return oci::test::contains(oci::test::read_file(cmdline), "sleep"); }));
}

BOOST_AUTO_TEST_CASE(annotations_are_in_the_state, *proves({"S272", "S010"})) {
  Container c;
  c.config.set("/annotations", R"({"org.example.key":"value","org.example.empty":""})");
  c.sleeper();
  REQUIRE_OK(c.create());
  const auto state = c.document();
  BOOST_REQUIRE((state.IsObject() && state.HasMember("annotations")));
  BOOST_TEST(std::string(state["annotations"]["org.example.key"].GetString()) == "value");
  BOOST_TEST(state["annotations"].HasMember("org.example.empty"));
}

BOOST_AUTO_TEST_CASE(no_annotations_are_none_or_empty, *proves({"S272"})) {
  Container c;
  c.sleeper();
  REQUIRE_OK(c.create());
  const auto state = c.document();
  BOOST_REQUIRE(state.IsObject());
  if (state.HasMember("annotations")) BOOST_TEST(state["annotations"].ObjectEmpty());
}

BOOST_AUTO_TEST_CASE(state_of_nothing_is_an_error, *proves({"S273"})) {
  Container c;
  BOOST_TEST(!c.state().ok());
}

BOOST_AUTO_TEST_CASE(an_id_in_use_is_refused, *proves({"S275", "S268"})) {
  Container c;
  c.sleeper().launch();
  const int before = c.pid();
  const Outcome again = c.call({"create", "--bundle", c.bundle(), c.id()});
  BOOST_TEST(!again.ok());
  BOOST_TEST(c.pid() == before);
  BOOST_TEST(c.status() == "running");
}

BOOST_AUTO_TEST_CASE(an_id_can_be_used_again_after_delete, *proves({"S281"})) {
  Container c;
  BOOST_TEST(c.shell("echo one").output() == "one\n");
  c.destroy();
  BOOST_TEST(c.shell("echo two").output() == "two\n");
}

BOOST_AUTO_TEST_CASE(start_only_what_is_created, *proves({"S277"})) {
  Container c;
  BOOST_TEST(!c.start().ok());
  c.sleeper().launch();
  BOOST_TEST(!c.start().ok());
  BOOST_TEST(c.status() == "running");
  REQUIRE_OK(c.kill("KILL"));
  BOOST_REQUIRE(c.wait_for("stopped"));
  BOOST_TEST(!c.start().ok());
  BOOST_TEST(c.status() == "stopped");
}

BOOST_AUTO_TEST_CASE(kill_sends_the_signal, *proves({"S279"})) {
  for (const char* name : {"TERM", "SIGTERM", "15"}) {
    Container c;
    c.shell("trap 'echo got; exit 0' TERM; echo ready; while :; do sleep 0.01; done").launch();
    BOOST_REQUIRE(eventually([&] { return c.written() == "ready\n"; }));
    REQUIRE_OK(c.kill(name));
    BOOST_TEST(c.wait_for("stopped"));
    BOOST_TEST(c.written() == "ready\ngot\n", name);
  }
}

BOOST_AUTO_TEST_CASE(kill_reaches_a_created_container, *proves({"S279"})) {
  Container c;
  c.sleeper();
  REQUIRE_OK(c.create());
  REQUIRE_OK(c.kill("KILL"));
  BOOST_TEST(c.wait_for("stopped"));
}

BOOST_AUTO_TEST_CASE(kill_of_a_stopped_container_is_an_error, *proves({"S279"})) {
  Container c;
  c.args({"/bin/true"}).launch();
  BOOST_REQUIRE(c.wait_for("stopped"));
  BOOST_TEST(!c.kill("TERM").ok());
  BOOST_TEST(c.status() == "stopped");
}

BOOST_AUTO_TEST_CASE(kill_of_nothing_is_an_error, *proves({"S279"})) {
  Container c;
  BOOST_TEST(!c.kill("TERM").ok());
}

BOOST_AUTO_TEST_CASE(delete_of_a_running_container_is_an_error, *proves({"S280"})) {
  Container c;
  c.sleeper().launch();
  BOOST_TEST(!c.remove().ok());
  BOOST_TEST(c.status() == "running");
}

BOOST_AUTO_TEST_CASE(delete_of_nothing_is_an_error, *proves({"S280"})) {
  Container c;
  BOOST_TEST(!c.remove().ok());
}

BOOST_AUTO_TEST_CASE(delete_takes_the_cgroups_and_keeps_the_bundle, *proves({"S281", "S151"})) {
  Container c;
  c.sleeper().launch();
  BOOST_TEST(!oci::test::cgroup_dirs(c.id()).empty());
  REQUIRE_OK(c.kill("KILL"));
  BOOST_REQUIRE(c.wait_for("stopped"));
  REQUIRE_OK(c.remove());
  BOOST_TEST(oci::test::cgroup_dirs(c.id()).empty());
  BOOST_TEST(fs::exists(c.bundle() + "/config.json"));
  BOOST_TEST(fs::exists(c.rootfs() + "/bin/probe"));
}

BOOST_AUTO_TEST_CASE(changes_of_the_bundle_after_create_have_no_effect, *proves({"S011"})) {
  Container c;
  c.shell("echo first; hostname").config.set_text("/hostname", "first");
  REQUIRE_OK(c.create());
  c.shell("echo second").config.set_text("/hostname", "second");
  c.write_config();
  REQUIRE_OK(c.start());
  BOOST_TEST(c.wait_for("stopped"));
  BOOST_TEST(c.written() == "first\nfirst\n");
}

BOOST_AUTO_TEST_CASE(pid_file, *proves({"S270"})) {
  Container c;
  c.sleeper();
  REQUIRE_OK(c.create({"--pid-file", c.scratch("pid")}));
  BOOST_TEST(oci::test::read_file(c.scratch("pid")) == std::to_string(c.pid()));
}

BOOST_AUTO_TEST_CASE(an_init_killed_from_outside_is_seen, *proves({"S287"})) {
  Container c;
  c.sleeper().launch();
  ::kill(c.pid(), SIGKILL);
  BOOST_TEST(c.wait_for("stopped"));
  REQUIRE_OK(c.remove());
}

BOOST_AUTO_TEST_CASE(a_bundle_that_went_away_holds_up_nothing, *proves({"S281", "S287"})) {
  Container c;
  c.sleeper().launch();
  fs::rename(c.bundle() + "/config.json", c.scratch("config.json"));
  REQUIRE_OK(c.kill("KILL"));
  BOOST_REQUIRE(c.wait_for("stopped"));
  REQUIRE_OK(c.remove());
}

BOOST_AUTO_TEST_CASE(of_many_starts_one_wins, *proves({"S277", "S288"})) {
  Container c;
  c.shell("echo once; sleep 1000");
  REQUIRE_OK(c.create());
  const Command command{.argv = {runtime(), "start", c.id()}};
  oci::test::Running one(command), two(command), three(command);
  const int good = one.wait().ok() + two.wait().ok() + three.wait().ok();
  BOOST_TEST(good == 1);
  BOOST_TEST(c.status() == "running");
  BOOST_TEST(c.written() == "once\n");
}

BOOST_AUTO_TEST_SUITE_END()
