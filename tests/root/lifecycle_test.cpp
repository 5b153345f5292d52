// create, start, state, kill, delete, list. Spec: runtime.md#lifecycle
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_AUTO_TEST_CASE(run_returns_the_output_and_the_exit_code) {
  Bundle b;
  const Outcome r = b.shell("echo out; echo err >&2; exit 42").run();
  BOOST_TEST(r.code == 42, r.text());
  BOOST_TEST(r.out == "out\n");
  BOOST_TEST(r.err == "err\n");
  BOOST_TEST(b.status() == "");
  BOOST_TEST(!std::filesystem::exists(b.state_dir()));
}

BOOST_AUTO_TEST_CASE(run_gives_128_plus_the_signal) {
  Bundle b;
  // Pid 1 of a pid namespace cannot kill itself.
  b.config.drop_where("/linux/namespaces", "type", "pid");
  BOOST_TEST(b.shell("kill -KILL $$").run().code == 137);
}

BOOST_AUTO_TEST_CASE(from_created_to_gone) {
  Bundle b;
  const std::string pid_file = b.scratch("pid");
  b.args({"/bin/sleep", "1000"});
  const Outcome created = b.create({"--pid-file", pid_file});
  BOOST_REQUIRE_MESSAGE(created.ok(), created.text());
  BOOST_TEST(b.status() == "created");
  const int pid = b.pid();
  BOOST_TEST(read_file(pid_file) == std::to_string(pid));
  BOOST_TEST(b.start().ok());
  BOOST_TEST(b.status() == "running");
  BOOST_TEST(b.pid() == pid);
  const Outcome refused = b.call({"delete", b.id()});
  BOOST_TEST(refused.code == 1);
  BOOST_TEST(
      contains(refused.err, "cannot delete container " + b.id() + " that is not stopped: running"),
      refused.err);
  BOOST_TEST(b.call({"kill", b.id(), "KILL"}).ok());
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  BOOST_TEST(b.pid() == 0);
  BOOST_TEST(b.call({"delete", b.id()}).ok());
  const Outcome gone = b.call({"state", b.id()});
  BOOST_TEST(gone.code == 1);
  BOOST_TEST(contains(gone.err, "container does not exist"), gone.err);
}

// Pid 1 of a pid namespace ignores what it does not handle; a waiting container ends all the same.
// C173
BOOST_AUTO_TEST_CASE(a_created_container_ends_when_asked) {
  for (const char* signal : {"TERM", "INT", "HUP", "QUIT"}) {
    Bundle b;
    BOOST_REQUIRE(b.args({"/bin/sleep", "1000"}).create().ok());
    BOOST_TEST(b.call({"kill", b.id(), signal}).ok());
    BOOST_TEST(eventually([&] { return b.status() == "stopped"; }), signal);
  }
}

BOOST_AUTO_TEST_CASE(the_program_starts_without_handlers) {
  Bundle b;
  BOOST_REQUIRE(b.args({"/bin/sleep", "1000"}).create().ok());
  BOOST_REQUIRE(b.start().ok());
  BOOST_TEST(contains(read_file("/proc/" + std::to_string(b.pid()) + "/status"),
                      "SigCgt:\t0000000000000000"));
}

BOOST_AUTO_TEST_CASE(called_like_a_peer_it_looks_where_the_peer_does) {
  OCI_SKIP_IF(testing_runc(), "ocirun is under test");
  Bundle b;
  std::filesystem::create_directory(b.scratch("as"));
  std::filesystem::create_symlink(runtime(), b.scratch("as/crun"));
  const auto as_crun = [&](std::vector<std::string> words) {
    words.insert(words.begin(), b.scratch("as/crun"));
    return oci::test::run({.argv = words, .env = {"XDG_RUNTIME_DIR=" + b.scratch("run")}});
  };
  const Outcome none = as_crun({"list", "--quiet"});
  OCI_REQUIRE_OK(none);
  BOOST_TEST(none.out + none.err == "");
  b.args({"/bin/sleep", "1000"}).write_config();
  OCI_REQUIRE_OK(oci::test::run({.argv = {runtime(), "--root", b.scratch("run/crun"), "create",
                                          "--bundle", b.dir(), b.id()}}));
  BOOST_TEST(as_crun({"list", "--quiet"}).out == b.id() + "\n");
  OCI_CHECK_HAS(as_crun({"--help"}).out, b.scratch("run/crun"));
  OCI_REQUIRE_OK(as_crun({"delete", "--force", b.id()}));
  BOOST_TEST(!as_crun({"--root", b.scratch("no"), "list"}).ok());
}

BOOST_AUTO_TEST_SUITE_END()
