// events: statistics, a lack of memory, the end.
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

// The document without its numbers: what members there are.
std::string shape(const std::string& line) {
  std::string out;
  for (const char c : line)
    if (c < '0' || c > '9') out += c;
  return out;
}

rapidjson::Document parsed(const std::string& line) {
  rapidjson::Document document;
  document.Parse(line.c_str());
  BOOST_REQUIRE_MESSAGE(!document.HasParseError(), line);
  return document;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(events)

BOOST_AUTO_TEST_CASE(statistics_once) {
  Bundle b;
  b.start_sleeper();
  const Outcome r = b.call({"events", "--stats", b.id()});
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.err == "");
  BOOST_REQUIRE(lines(r.out).size() == 1u);
  BOOST_TEST(r.out.starts_with("{\"type\":\"stats\",\"id\":\"" + b.id() +
                               "\",\"data\":{\"cpu\":{\"usage\":{"));
  const rapidjson::Document document = parsed(r.out);
  BOOST_TEST(document["data"]["pids"]["current"].GetInt() == 1);
  for (const char* name : {"cpuset", "memory", "blkio", "hugetlb", "intel_rdt"})
    BOOST_TEST(document["data"][name].IsObject(), name);
  BOOST_TEST(document["data"]["network_interfaces"].IsNull());
}

BOOST_AUTO_TEST_CASE(created_and_paused_ones_have_them_too) {
  Bundle b;
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  OCI_REQUIRE_OK(b.call({"events", "--stats", b.id()}));
  OCI_REQUIRE_OK(b.start());
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  OCI_REQUIRE_OK(b.call({"events", "--stats", b.id()}));
}

BOOST_AUTO_TEST_CASE(statistics_until_the_end) {
  OCI_NOT_RUNC("it ends when the cgroup is removed");
  Bundle b;
  b.start_sleeper();
  Running follower(b.command({"events", "--interval", "50ms", b.id()}));
  BOOST_TEST(eventually([&] { return lines(follower.out()).size() >= 3; }));
  OCI_REQUIRE_OK(b.call({"kill", b.id(), "KILL"}));
  const Outcome r = follower.wait();
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.err == "");
  for (const std::string& line : lines(r.out)) {
    BOOST_TEST(line.starts_with("{\"type\":\"stats\","));
    parsed(line);
  }
}

BOOST_AUTO_TEST_CASE(the_first_comes_after_the_interval) {
  Bundle b;
  b.start_sleeper();
  Running follower(b.command({"events", "--interval", "1h", b.id()}));
  BOOST_TEST(!eventually([&] { return !follower.out().empty(); }, std::chrono::milliseconds(200)));
  OCI_REQUIRE_OK(b.remove());
  const Outcome r = follower.wait();
  BOOST_TEST(r.ok(), r.text());
  BOOST_TEST(r.out == "");
}

BOOST_AUTO_TEST_CASE(a_lack_of_memory) {
  bool memory = false;
  for (const std::string& mount : cgroup_mounts())
    memory = memory || !read_file(mount + "/memory.oom_control").empty() ||
             contains(read_file(mount + "/cgroup.controllers"), "memory");
  OCI_SKIP_IF(!memory, "no memory controller here");
  Bundle b;
  b.config.set("/linux/resources/memory", R"({"limit":20971520,"swap":20971520})");
  b.shell(
      "until [ -e /tmp/go ]; do sleep 0.05; done; dd if=/dev/zero of=/dev/null bs=80M count=1; "
      "sleep 0.3");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  Running follower(b.command({"events", "--interval", "1h", b.id()}));
  // It watches once its epoll descriptor is there.
  BOOST_TEST(eventually([&] {
    for (int fd = 3; fd < 20; ++fd)
      if (contains(link_of("/proc/" + std::to_string(follower.pid()) + "/fd/" + std::to_string(fd)),
                   "event"))
        return true;
    return false;
  }));
  write_file(b.rootfs() + "/tmp/go", "");
  BOOST_TEST(follower.wait_for("oom"));
  if (testing_runc()) OCI_REQUIRE_OK(b.remove());
  const Outcome r = follower.wait();
  BOOST_TEST(r.ok(), r.text());
  // v1's kernel tells once more when the dying program asks for memory.
  for (const std::string& line : lines(r.out))
    BOOST_TEST(line == "{\"type\":\"oom\",\"id\":\"" + b.id() + "\"}");
}

BOOST_AUTO_TEST_CASE(wrong_calls) {
  Bundle b;
  b.start_sleeper();
  OCI_CHECK_HAS(said(b.call({"events", "--interval", "5", b.id()})),
                "invalid value \"5\" for flag -interval: parse error");
  for (const char* interval : {"0s", "-1s"})
    OCI_CHECK_HAS(b.call({"events", "--stats", "--interval", interval, b.id()}).err,
                  "duration interval must be greater than 0");
  OCI_CHECK_HAS(b.call({"events", "nosuch"}).err, "container does not exist");
  OCI_REQUIRE_OK(b.call({"kill", b.id(), "KILL"}));
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"events", b.id()}, {"events", "--stats", b.id()}}) {
    const Outcome r = b.call(words);
    BOOST_TEST(r.code == 1);
    OCI_CHECK_HAS(r.err, "container with id " + b.id() + " is not running");
  }
}

// Side by side: the same members in the same order.
BOOST_AUTO_TEST_CASE(the_shape_is_runcs) {
  const std::string runc = "/usr/sbin/runc";
  OCI_SKIP_IF(::access(runc.c_str(), X_OK) != 0, "no runc here");
  Bundle b;
  b.start_sleeper();
  const std::string ours = b.call({"events", "--stats", b.id()}).out;
  OCI_REQUIRE_OK(b.remove());
  const std::string root = b.scratch("runc");
  OCI_REQUIRE_OK(run({.argv = {runc, "--root", root, "run", "-d", "-b", b.dir(), b.id()}}));
  const Outcome theirs = run({.argv = {runc, "--root", root, "events", "--stats", b.id()}});
  OCI_REQUIRE_OK(run({.argv = {runc, "--root", root, "delete", "-f", b.id()}}));
  OCI_REQUIRE_OK(theirs);
  // On v2 the old runc has no pressure and no hugetlb (it reads a file that is not there), and a
  // number that is 0 is left out in either. What blkio counts are the devices that were used.
  const auto keys = [](const std::string& line) {
    std::vector<std::string> names;
    const rapidjson::Document document = parsed(line);
    for (const auto& part : document["data"].GetObject()) {
      names.push_back(part.name.GetString());
      if (!part.value.IsObject() || names.back() == "blkio" || names.back() == "hugetlb") continue;
      for (const auto& member : part.value.GetObject()) {
        const std::string name = member.name.GetString();
        if (name != "psi" && name != "cache") names.push_back("  " + name);
      }
    }
    return names;
  };
  BOOST_TEST(keys(ours) == keys(theirs.out), shape(ours) << "\n" << shape(theirs.out));
}

BOOST_AUTO_TEST_SUITE_END()
