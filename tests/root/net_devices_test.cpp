// Network devices that move into the container. Spec: config-linux.md#network-devices
//
// Each case has a network namespace of its own for the caller's side: no device of the machine is
// touched.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

std::string ip(std::vector<std::string> words) {
  words.insert(words.begin(), {"/bin/busybox", "ip"});
  const Outcome r = run({.argv = words});
  return r.out + r.err;
}

// With a pair of devices: "outer0", with addresses, and "peer0", which stays.
struct Network {
  int machine = ::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  bool has_pairs = false;
  Network() {
    BOOST_REQUIRE(::unshare(CLONE_NEWNET) == 0);
    add_pair();
  }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network() {
    if (::setns(machine, CLONE_NEWNET) != 0) std::abort();
    ::close(machine);
  }
  void add_pair() {
    ip({"link", "del", "peer0"});
    has_pairs = ip({"link", "add", "name", "outer0", "type", "veth"}) == "";
    const std::string link = ip({"link", "show", "outer0"});  // "2: outer0@veth0: <...> ..."
    const std::string peer = link.substr(link.find('@') + 1);
    ip({"link", "set", peer.substr(0, peer.find(':')), "name", "peer0"});
    ip({"link", "set", "outer0", "mtu", "1400", "address", "02:00:00:00:00:77"});
    for (const char* device : {"outer0", "peer0"}) ip({"link", "set", device, "up"});
    for (const char* address : {"192.0.2.7/24", "192.0.2.8/24", "2001:db8::7/64"})
      ip({"addr", "add", address, "dev", "outer0"});
    ip({"addr", "add", "198.51.100.1", "peer", "198.51.100.2", "dev", "outer0", "label",
        "outer0:web"});
    ip({"addr", "add", "169.254.7.7/16", "dev", "outer0", "scope", "link"});
    ip({"route", "add", "203.0.113.0/24", "via", "192.0.2.1"});
  }
};
#define OCI_NEEDS_PAIRS(network) OCI_SKIP_IF(!(network).has_pairs, "no veth devices here")

// Without what changes while nobody does anything.
std::string shown(const std::string& name) {
  std::string text;
  for (std::string line : lines(ip({"addr", "show", name}) + ip({"route"}))) {
    for (const std::string word : {"NO-CARRIER,", ",LOWER_UP", ",M-DOWN", " tentative"})
      if (const auto at = line.find(word); at != std::string::npos) line.erase(at, word.size());
    if (!contains(line, "inet6 fe80") && !contains(line, "valid_lft")) text += line + "\n";
  }
  return text;
}

struct Moving : Bundle {
  explicit Moving(const std::string& devices) { config.set("/linux/netDevices", devices); }
  // The error, which leaves the caller's side as it was.
  std::string refused() {
    const std::string before = shown("outer0");
    const Outcome r = run();
    BOOST_TEST(!r.ok(), r.text());
    BOOST_TEST(shown("outer0") == before);
    return said(r);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(net_devices)

BOOST_AUTO_TEST_CASE(it_keeps_what_it_has) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"inner0"}})");
  const std::string seen = shell(b, "ip addr show inner0");
  for (const char* part :
       {"inner0", "mtu 1400", "02:00:00:00:00:77", "UP", "192.0.2.7/24", "192.0.2.8/24",
        "2001:db8::7/64", "198.51.100.1 peer 198.51.100.2/32 scope global inner0:web"})
    OCI_CHECK_HAS(seen, part);
  BOOST_TEST(!contains(seen, "169.254"), seen);
  BOOST_TEST(!contains(seen, "outer0"), seen);
}

BOOST_AUTO_TEST_CASE(templates_get_numbers) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"net%d"},"peer0":{"name":"net%d"}})");
  const std::string seen = shell(b, "ls /sys/class/net; ip addr show net0");
  OCI_CHECK_HAS(seen, "net0\nnet1\n");
  OCI_CHECK_HAS(seen, "192.0.2.7/24");
}

BOOST_AUTO_TEST_CASE(hooks_and_sysctls_find_it_moved) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{}})");
  b.config.set("/linux/sysctl", R"({"net.ipv4.conf.outer0.forwarding":"1"})");
  b.config.add(
      "/hooks/createRuntime",
      R"({"path":"/bin/sh","args":["sh","-c","ls /sys/class/net >)" + b.scratch("seen") + R"("]})");
  BOOST_TEST(shell(b, "cat /proc/sys/net/ipv4/conf/outer0/forwarding") == "1\n");
  BOOST_TEST(!contains(ip({"link"}), "outer0"));
}

BOOST_AUTO_TEST_CASE(a_namespace_by_path_keeps_it) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"net%d"}})");
  Bundle holder;
  holder.start_sleeper();
  const std::string path = "/proc/" + std::to_string(holder.pid()) + "/ns/net";
  b.config.drop_where("/linux/namespaces", "type", "network");
  b.config.add("/linux/namespaces", R"({"type":"network","path":")" + path + R"("})");
  OCI_CHECK_HAS(shell(b, "ip addr show net0"), "192.0.2.7/24");
  OCI_CHECK_HAS(holder.exec({"ip", "addr", "show", "net0"}).out, "192.0.2.7/24");
  BOOST_TEST(!contains(ip({"link"}), "outer0"));
  // Now there is a net0.
  b.config.set("/linux/netDevices", R"({"peer0":{"name":"net%d"}})");
  OCI_CHECK_HAS(shell(b, "ip link show net1"), "UP");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_taken) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"lo"}})");
  OCI_CHECK_HAS(b.refused(), R"(there is a network device "lo" in the container already)");
}

BOOST_AUTO_TEST_CASE(one_that_is_not_there) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{},"zzz0":{}})");  // after outer0 has moved
  OCI_CHECK_HAS(b.refused(), "move netDevice zzz0: link not found: no such device");
  const Outcome r = b.call(
      {"--log", b.scratch("log"), "--log-format", "json", "run", "--bundle", b.dir(), b.id()});
  BOOST_TEST(!r.ok());
  OCI_CHECK_HAS(read_file(b.scratch("log")), R"("where":"/linux/netDevices/zzz0")");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_move) {
  Network network;
  Moving b(R"({"lo":{"name":"lo7"}})");
  OCI_CHECK_HAS(b.refused(), "move netDevice lo: fail to move network device: invalid argument");
}

BOOST_AUTO_TEST_CASE(the_callers_own_namespace) {
  Network network;
  Moving b(R"({"outer0":{}})");
  b.config.drop_where("/linux/namespaces", "type", "network");
  OCI_CHECK_HAS(b.refused(), "unable to move network devices without a NET namespace");
  b.config.add("/linux/namespaces", R"({"type":"network","path":"/proc/self/ns/net"})");
  OCI_CHECK_HAS(b.refused(), "unable to move network devices without a NET namespace");
}

BOOST_AUTO_TEST_CASE(a_create_that_fails_later_gives_it_back) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  ip({"link", "add", "name", "bridge0", "type", "bridge"});
  ip({"link", "set", "peer0", "master", "bridge0"});
  Moving b(R"({"outer0":{"name":"inner0"},"peer0":{"name":"inner1"}})");
  b.config.add("/hooks/createContainer", R"({"path":"/bin/busybox","args":["false"]})");
  const std::string peer = shown("peer0");
  OCI_CHECK_HAS(b.refused(), "createContainer");
  BOOST_TEST(shown("peer0") == peer);
}

// Each of init's steps up to the gate fails once.
BOOST_AUTO_TEST_CASE(whatever_fails_gives_it_back) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"inner0"}})");
  const std::string before = shown("outer0");
  int step = 0;
  for (;; ++step) {
    Command command = b.args({"/bin/sleep", "1000"}).creation("create", {});
    command.env = {"OCI_DRILL=fail:" + std::to_string(step)};
    const Outcome r = run(command);
    OCI_SKIP_IF(r.ok() && step == 0, "this runtime was built without OCI_DRILLS");
    if (r.ok()) break;
    BOOST_REQUIRE_MESSAGE(shown("outer0") == before, "step " << step << ": " << r.text());
  }
  BOOST_TEST(step > 20);
  OCI_CHECK_HAS(b.exec({"ip", "addr", "show", "inner0"}).out, "192.0.2.7/24");
}

BOOST_AUTO_TEST_CASE(into_a_user_namespace) {
  Network network;
  OCI_NEEDS_PAIRS(network);
  Moving b(R"({"outer0":{"name":"inner0"}})");
  std::filesystem::permissions(b.scratch(""), std::filesystem::perms(0755));
  b.config.add("/linux/namespaces", R"({"type":"user"})");
  const char* map = R"([{"containerID":0,"hostID":100000,"size":1000}])";
  b.config.set("/linux/uidMappings", map).set("/linux/gidMappings", map);
  OCI_CHECK_HAS(shell(b, "ip addr show inner0"), "192.0.2.7/24");
  b.config.add("/hooks/createContainer", R"({"path":"/bin/busybox","args":["false"]})");
  network.add_pair();
  OCI_CHECK_HAS(b.refused(), "createContainer");
}

BOOST_AUTO_TEST_SUITE_END()
