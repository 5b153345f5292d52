// --cgroup-manager disabled: the container stays in the cgroup of its caller.
#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

struct Bare : Bundle {
  Command with(const char* verb, const std::vector<std::string>& flags = {}) {
    Command command = creation(verb, flags);
    command.argv.insert(command.argv.begin() + 1, {"--cgroup-manager", "disabled"});
    return command;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(no_cgroup)

BOOST_AUTO_TEST_CASE(nothing_is_made_and_nothing_is_limited) {
  OCI_NOT_RUNC("a flag of crun");
  Bare b;
  const Traces traces(b);
  b.config.drop_where("/linux/namespaces", "type", "cgroup")
      .set("/linux/resources/pids", R"({"limit":33})");
  b.args({"cat", "/proc/self/cgroup"});
  const Outcome r = run(b.with("run"));
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.out == read_file("/proc/self/cgroup"));
  OCI_CHECK_HAS(r.err, "cgroups are disabled: pids limits have no effect");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(what_needs_a_cgroup_says_so) {
  OCI_NOT_RUNC("a flag of crun");
  Bare b;
  const Traces traces(b);
  b.args({"/bin/sleep", "1000"});
  OCI_REQUIRE_OK(run(b.with("create")));
  BOOST_TEST(cgroup_dirs(b.id()).empty());
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(b.status() == "running");
  OCI_REQUIRE_OK(b.exec({"true"}));
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"ps", b.id()}, {"pause", b.id()}, {"events", "--stats", b.id()}}) {
    const Outcome r = b.call(words);
    BOOST_TEST(r.code == 1, r.text());
    OCI_CHECK_HAS(r.err, "container has no cgroup");
  }
  BOOST_TEST(b.call({"update", "--pids-limit", "5", b.id()}).code == 1);
  BOOST_TEST(b.exec({"true"}, {"--cgroup", "sub"}).code == 255);
  OCI_REQUIRE_OK(b.call({"kill", b.id(), "KILL"}));
  BOOST_REQUIRE(eventually([&] { return b.status() == "stopped"; }));
  OCI_REQUIRE_OK(b.call({"delete", b.id()}));
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(a_cgroup_mount_shows_the_callers_read_only) {
  OCI_NOT_RUNC("a flag of crun");
  Bare b;
  b.config.drop_where("/mounts", "type", "cgroup")
      .add("/mounts", R"({"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"})");
  b.shell(
      "find /sys/fs/cgroup -name cgroup.procs | head -n 1 | xargs test -e && "
      "! find /sys/fs/cgroup -maxdepth 1 -type d -exec mkdir {}/x \\; 2>/dev/null; "
      "find /sys/fs/cgroup -maxdepth 2 -name x");
  const Outcome r = run(b.with("run"));
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.out == "");
}

BOOST_AUTO_TEST_SUITE_END()
