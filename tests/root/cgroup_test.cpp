// Cgroups: where, with which limits, and what they serve for. Spec: config-linux.md#control-groups
#include <signal.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

// The file of that name in the container's own cgroup (v1 or v2), without its newline.
std::string value_of(const Bundle& b, const std::string& v1, const std::string& v2) {
  for (const std::string& name : {v1, v2}) {
    std::string text = read_file(cgroup_file(b.id(), name));
    while (!text.empty() && text.back() == '\n') text.pop_back();
    if (!text.empty()) return text;
  }
  return "none";
}

bool have(const char* controller) {
  for (const std::string& mount : cgroup_mounts())
    if (fs::exists(mount + "/" + controller + "/cgroup.procs") ||
        fs::path(mount).filename() == controller ||
        contains(read_file(mount + "/cgroup.controllers"), controller))
      return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup)

BOOST_AUTO_TEST_CASE(limits_are_written) {
  Bundle b;
  b.config.set("/linux/resources/pids", R"({"limit":123})")
      .set("/linux/resources/memory", R"({"limit":104857600})")
      .set("/linux/resources/cpu", R"({"shares":512,"quota":50000,"period":100000})");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  if (have("pids")) BOOST_TEST(value_of(b, "pids.max", "pids.max") == "123");
  if (have("memory")) BOOST_TEST(value_of(b, "memory.limit_in_bytes", "memory.max") == "104857600");
  if (have("cpu")) {
    const std::string quota = value_of(b, "cpu.cfs_quota_us", "cpu.max");
    BOOST_TEST((quota == "50000" || quota == "50000 100000"), quota);
  }
}

BOOST_AUTO_TEST_CASE(limits_hold) {
  OCI_SKIP_IF(!have("pids"), "no pids controller here");
  Bundle b;
  b.config.set("/linux/resources/pids", R"({"limit":5})");
  const Outcome r = b.shell("for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait").run();
  OCI_CHECK_HAS(r.err, "fork");
}

BOOST_AUTO_TEST_CASE(the_init_is_in_it_from_the_start) {
  Bundle b;
  b.config.set_text("/linux/cgroupsPath", "/" + b.id() + "/inner");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  const std::string pid = std::to_string(b.pid());
  bool found = false;
  for (const std::string& line : lines(read_file("/proc/" + pid + "/cgroup")))
    found = found || contains(line, b.id() + "/inner");
  BOOST_TEST(found);
  BOOST_TEST(!cgroup_dirs(b.id()).empty());
  BOOST_TEST(b.remove().ok());
  for (const std::string& dir : cgroup_dirs(b.id() + "/inner")) BOOST_TEST_ERROR("left: " << dir);
  for (const std::string& dir : cgroup_dirs(b.id())) fs::remove(dir);  // a parent is the caller's
}

BOOST_AUTO_TEST_CASE(without_a_path_the_id_names_it) {
  Bundle b;
  b.config.drop("/linux/cgroupsPath");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  bool named = false;
  for (const std::string& dir : cgroup_dirs(b.id()))
    named = named || fs::path(dir).filename() == b.id();
  BOOST_TEST(named);
  BOOST_TEST(b.remove().ok());
  BOOST_TEST(cgroup_dirs(b.id()).empty());
}

BOOST_AUTO_TEST_CASE(ps_lists_its_processes) {
  Bundle b;
  b.shell("sleep 1000 & sleep 1000 & wait");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  const auto count = [&] {
    const std::string out = b.call({"ps", "--format", "json", b.id()}).out;
    return std::count(out.begin(), out.end(), ',') + 1;
  };
  BOOST_TEST(eventually([&] { return count() == 3; }));
  OCI_CHECK_HAS(b.call({"ps", b.id()}).out, "sleep 1000");
}

BOOST_AUTO_TEST_CASE(pause_and_resume) {
  Bundle b;
  b.shell("while :; do echo x >>/tmp/ticks; usleep 10000; done");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  const std::string ticks = b.rootfs() + "/tmp/ticks";
  BOOST_REQUIRE(eventually([&] { return !read_file(ticks).empty(); }));
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  BOOST_TEST(b.status() == "paused");
  const auto size = read_file(ticks).size();
  BOOST_TEST(
      !eventually([&] { return read_file(ticks).size() != size; }, std::chrono::milliseconds(150)));
  OCI_CHECK_HAS(b.call({"pause", b.id()}).err, "container not running");
  OCI_REQUIRE_OK(b.call({"resume", b.id()}));
  BOOST_TEST(b.status() == "running");
  BOOST_TEST(eventually([&] { return read_file(ticks).size() != size; }));
  OCI_CHECK_HAS(b.call({"resume", b.id()}).err, "container not paused");
}

BOOST_AUTO_TEST_CASE(a_paused_container_can_be_killed_and_deleted) {
  OCI_NOT_RUNC("old ones leave it paused");
  Bundle b;
  const Traces traces(b);
  b.start_sleeper();
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  OCI_REQUIRE_OK(b.call({"kill", b.id(), "KILL"}));
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  OCI_REQUIRE_OK(b.call({"delete", b.id()}));
  b.start_sleeper();
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  OCI_REQUIRE_OK(b.remove());
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(delete_ends_what_outlived_the_init) {
  Bundle b;
  const Traces traces(b);
  b.config.drop_where("/linux/namespaces", "type", "pid");
  b.shell("sleep 1000 & sleep 1000 & exit 0");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  OCI_REQUIRE_OK(b.call({"delete", b.id()}));
  BOOST_TEST(traces.left() == "", traces.left());
}

BOOST_AUTO_TEST_CASE(cgroups_that_the_container_made_go_with_it, *proves({"S151"})) {
  Bundle b;
  const Traces traces(b);
  b.start_sleeper();
  for (const std::string& dir : cgroup_dirs(b.id())) fs::create_directories(dir + "/made/below");
  OCI_REQUIRE_OK(b.remove());
  BOOST_TEST(traces.left() == "", traces.left());
}

BOOST_AUTO_TEST_CASE(anothers_cgroup_is_not_taken) {  // V081
  OCI_NOT_RUNC("for old ones it is a warning");
  Bundle first, second;
  first.start_sleeper();
  const int pid = first.pid();
  second.config.set_text("/linux/cgroupsPath", "/" + first.id());
  const Outcome r = second.args({"/bin/sleep", "1000"}).create();
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "container's cgroup is not empty");
  BOOST_TEST(second.remove().ok());
  BOOST_TEST(first.status() == "running");
  BOOST_TEST(::kill(pid, 0) == 0);
}

BOOST_AUTO_TEST_CASE(exec_joins_a_cgroup_below, *proves({"S157"})) {
  Bundle b;
  b.start_sleeper();
  for (const std::string& dir : cgroup_dirs(b.id())) {
    fs::create_directories(dir + "/sub");
    // An empty v1 cpuset takes nobody.
    for (const char* name : {"/cpuset.cpus", "/cpuset.mems"})
      if (contains(dir, "/cpuset/")) write_file(dir + "/sub" + name, read_file(dir + name));
  }
  const Outcome r = b.exec({"cat", "/proc/self/cgroup"}, {"--cgroup", "sub"});
  // The default configuration for v2 has a cgroup namespace.
  BOOST_TEST((contains(r.out, b.id() + "/sub") || r.out == "0::/sub\n"), r.text());
  for (const char* bad : {"..", "../..", "sub/../.."}) {
    const Outcome refused = b.exec({"true"}, {"--cgroup", bad});
    BOOST_TEST(refused.code == 255, bad << ": " << refused.text());
  }
}

BOOST_AUTO_TEST_SUITE_END()
