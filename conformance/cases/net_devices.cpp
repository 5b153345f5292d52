// Network devices that move into the container. Spec: config-linux.md#network-devices
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "conformance/suite.h"

using namespace oci::conformance;

namespace {

// In the network namespace of the tests.
bool ip(std::vector<std::string> words) {
  words.insert(words.begin(), {"/bin/busybox", "ip"});
  return oci::test::run({.argv = words}).ok();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(net_devices)

BOOST_AUTO_TEST_CASE(one_that_moves, *proves({"S137", "S138", "S139"})) {
  SKIP_IF(!ip({"link", "add", "moves0", "type", "veth"}), "no veth devices here");
  BOOST_TEST(ip({"addr", "add", "192.0.2.7/24", "dev", "moves0"}));
  Container c;
  c.config.set("/linux/netDevices", R"({"moves0":{"name":"inside0"}})");
  const std::string seen = c.shell("ip addr show inside0 2>&1").output();
  ip({"link", "del", "moves0"});
  CHECK_HAS(seen, "192.0.2.7/24");
  CHECK_HAS(seen, "UP");
}

BOOST_AUTO_TEST_CASE(a_template_gets_a_number, *proves({"S138"})) {
  SKIP_IF(!ip({"link", "add", "moves1", "type", "veth"}), "no veth devices here");
  Container c;
  c.config.set("/linux/netDevices", R"({"moves1":{"name":"inside%d"}})");
  const std::string seen = c.shell("ip addr show inside0 2>&1").output();
  ip({"link", "del", "moves1"});
  CHECK_HAS(seen, "UP");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken_is_refused, *proves({"S137", "S138"})) {
  SKIP_IF(!ip({"link", "add", "moves2", "type", "veth"}), "no veth devices here");
  Container c;
  c.config.set("/linux/netDevices", R"({"moves2":{"name":"lo"}})");
  BOOST_TEST(c.refused());
  ip({"link", "del", "moves2"});
}

BOOST_AUTO_TEST_CASE(one_that_moved_stays, *proves({"S140"})) {
  SKIP_IF(!ip({"link", "add", "moves3", "type", "veth"}), "no veth devices here");
  const oci::test::Running holder({.argv = {"/bin/busybox", "sleep", "100"},
                                   .timeout = std::chrono::seconds(100),
                                   .in_child = [] { static_cast<void>(::unshare(CLONE_NEWNET)); }});
  const std::string path = "/proc/" + std::to_string(holder.pid()) + "/ns/net";
  const std::string own = oci::test::link_of("/proc/self/ns/net");
  BOOST_REQUIRE(oci::test::eventually([&] { return oci::test::link_of(path) != own; }));
  Container c;
  c.config.drop_where("/linux/namespaces", "type", "network");
  c.config.add("/linux/namespaces", R"({"type":"network","path":")" + path + R"("})");
  c.config.set("/linux/netDevices", R"({"moves3":{}})");
  BOOST_TEST(c.shell("ip link show moves3 >/dev/null 2>&1 && echo moved").output() == "moved\n");
  c.destroy();
  const Outcome there = oci::test::run({.argv = {"/bin/busybox", "ip", "link"}, .in_child = [&] {
                                          const int fd = ::open(path.c_str(), O_RDONLY);
                                          static_cast<void>(::setns(fd, CLONE_NEWNET));
                                        }});
  CHECK_HAS(there.out, "moves3");
  ip({"link", "del", "moves3"});
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_refused, *proves({"S137"})) {
  Container c;
  c.config.set("/linux/netDevices", R"({"nosuch0":{}})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_SUITE_END()
