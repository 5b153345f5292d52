// Network devices that move into the container. Spec: config-linux.md#network-devices
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

BOOST_AUTO_TEST_CASE(one_that_is_not_there_is_refused, *proves({"S137"})) {
  Container c;
  c.config.set("/linux/netDevices", R"({"nosuch0":{}})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_SUITE_END()
