// Namespaces: new, joined, the runtime's own. Spec: config-linux.md#namespaces
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
using oci::test::link_of;
namespace fs = std::filesystem;

namespace {

std::string own(const std::string& kind) { return link_of("/proc/self/ns/" + kind); }

void check_new(const char* type, const std::string& kind) {
  Container c;
  c.config.drop_where("/linux/namespaces", "type", type)
      .add("/linux/namespaces", R"({"type":")" + std::string(type) + R"("})");
  BOOST_TEST(c.probe()["ns." + kind] != own(kind), type);
}

void check_joined(const char* type, const std::string& kind) {
  Container holder;
  holder.sleeper().launch();
  const std::string path = "/proc/" + std::to_string(holder.pid()) + "/ns/" + kind;
  Container c;
  c.config.drop_where("/linux/namespaces", "type", type)
      .add("/linux/namespaces",
           R"({"type":")" + std::string(type) + R"(","path":")" + path + R"("})");
  BOOST_TEST(c.probe()["ns." + kind] == link_of(path), type);
}

void check_inherited(const char* type, const std::string& kind) {
  Container c;
  c.config.drop_where("/linux/namespaces", "type", type);
  BOOST_TEST(c.probe()["ns." + kind] == own(kind), type);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(namespaces)

BOOST_AUTO_TEST_CASE(pid, *proves({"S105", "S104", "S114"})) {
  check_new("pid", "pid");
  Container c;
  BOOST_TEST(c.probe()["pid"] == "1");
  check_joined("pid", "pid");
}

BOOST_AUTO_TEST_CASE(network, *proves({"S106", "S104", "S113", "S114"})) {
  check_new("network", "net");
  check_joined("network", "net");
  check_inherited("network", "net");
}

BOOST_AUTO_TEST_CASE(loopback_is_there, *proves({"S106"})) {
  Container c;
  CHECK_HAS(c.shell("cat /proc/net/dev").output(), "lo:");
}

BOOST_AUTO_TEST_CASE(mount, *proves({"S107", "S104", "S114"})) { check_new("mount", "mnt"); }

BOOST_AUTO_TEST_CASE(ipc, *proves({"S108", "S104", "S113", "S114"})) {
  check_new("ipc", "ipc");
  check_joined("ipc", "ipc");
}

BOOST_AUTO_TEST_CASE(inherited_ipc, *proves({"S104"})) {
  Container c;
  c.config.drop_where("/linux/namespaces", "type", "ipc").drop_where("/mounts", "type", "mqueue");
  BOOST_TEST(c.probe()["ns.ipc"] == own("ipc"));
}

BOOST_AUTO_TEST_CASE(uts, *proves({"S109", "S104", "S113", "S114"})) {
  check_new("uts", "uts");
  check_joined("uts", "uts");
  check_inherited("uts", "uts");
}

BOOST_AUTO_TEST_CASE(cgroup, *proves({"S111", "S114"})) {
  check_new("cgroup", "cgroup");
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"cgroup"})");
  for (const std::string& line : oci::test::lines(c.shell("cat /proc/self/cgroup").output()))
    if (oci::test::contains(line, c.id())) BOOST_TEST(false, line);
}

BOOST_AUTO_TEST_CASE(time, *proves({"S112"})) {
  SKIP_IF(own("time").empty(), "no time namespaces in this kernel");
  check_new("time", "time");
}

BOOST_AUTO_TEST_CASE(time_offsets, *proves({"S123"})) {
  SKIP_IF(own("time").empty(), "no time namespaces in this kernel");
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"time"})")
      .set("/linux/timeOffsets", R"({"boottime":{"secs":1000000,"nanosecs":0}})");
  const std::string up = c.shell("cut -d. -f1 /proc/uptime").output();
  BOOST_REQUIRE(!up.empty());
  BOOST_TEST(std::stol(up) >= 1000000);
}

BOOST_AUTO_TEST_CASE(user, *proves({"S110", "S117", "S118"})) {
  Container c;
  c.map_ids();
  auto f = c.probe();
  BOOST_TEST(f["ns.user"] != own("user"));
  BOOST_TEST(f["uid"] == "0");
  BOOST_TEST(f["gid"] == "0");
  BOOST_TEST(c.shell("cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '").output() ==
             " 0 100000 1000\n 0 100000 1000\n");
  BOOST_TEST(c.shell("echo x >/tmp/made").output() == "");
  struct stat s;
  BOOST_REQUIRE(::stat((c.rootfs() + "/tmp/made").c_str(), &s) == 0);
  BOOST_TEST(s.st_uid == 100000u);
  BOOST_TEST(s.st_gid == 100000u);
}

BOOST_AUTO_TEST_CASE(user_devices, *proves({"S110", "S131", "S133"})) {
  Container c;
  c.map_ids();
  auto f = c.probe({"open-write", "/dev/null", "/dev/zero"});
  BOOST_TEST(f["/dev/null"] == "ok");
  BOOST_TEST(f["/dev/zero"] == "ok");
}

BOOST_AUTO_TEST_CASE(user_without_maps_is_refused, *proves({"S120"})) {
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"user"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_path_that_is_not_there, *proves({"S113"})) {
  Container c;
  c.config.drop_where("/linux/namespaces", "type", "network")
      .add("/linux/namespaces", R"({"type":"network","path":"/no/such/namespace"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_path_of_another_type, *proves({"S113"})) {
  for (const char* path : {"/proc/self/ns/uts", "/proc/self/status", "/tmp"}) {
    Container c;
    c.config.drop_where("/linux/namespaces", "type", "network")
        .add("/linux/namespaces", R"({"type":"network","path":")" + std::string(path) + R"("})");
    BOOST_TEST(c.refused(), path);
  }
}

BOOST_AUTO_TEST_CASE(a_type_twice_is_refused, *proves({"S104"})) {
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"pid"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(an_unknown_type_is_refused, *proves({"S115", "S006"})) {
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"no-such-type"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(host_and_domain_name, *proves({"S096", "S097"})) {
  Container c;
  c.config.set_text("/hostname", "conform-host").set_text("/domainname", "conform.example");
  auto f = c.probe();
  BOOST_TEST(f["hostname"] == "conform-host");
  BOOST_TEST(f["domainname"] == "conform.example");
}

BOOST_AUTO_TEST_CASE(no_name_leaves_the_one_there_is, *proves({"S096"})) {
  char name[256] = "";
  BOOST_REQUIRE(::gethostname(name, sizeof name) == 0);
  Container c;
  BOOST_TEST(c.probe()["hostname"] == name);
}

BOOST_AUTO_TEST_CASE(user_joined_with_what_it_owns, *proves({"S116", "S119", "S113"})) {
  Container holder, c;
  holder.map_ids().sleeper().launch();
  c.map_ids();
  const std::string at = "/proc/" + std::to_string(holder.pid()) + "/ns/";
  for (const auto& [type, file] : {std::pair{"user", "user"}, {"network", "net"}, {"ipc", "ipc"}})
    c.config.drop_where("/linux/namespaces", "type", type)
        .add("/linux/namespaces",
             R"({"type":")" + std::string(type) + R"(","path":")" + at + file + R"("})");
  auto f = c.probe();
  for (const char* file : {"user", "net", "ipc"})
    BOOST_TEST(f[std::string("ns.") + file] == link_of(at + file), file);
  BOOST_TEST(f["uid"] == "0");
}

BOOST_AUTO_TEST_CASE(user_joined_with_other_maps_is_refused, *proves({"S119"})) {
  Container holder, c;
  holder.map_ids().sleeper().launch();
  const char* map = R"([{"containerID":0,"hostID":100000,"size":999}])";
  c.map_ids().config.set("/linux/uidMappings", map).set("/linux/gidMappings", map);
  c.config.drop_where("/linux/namespaces", "type", "user")
      .add("/linux/namespaces",
           R"({"type":"user","path":"/proc/)" + std::to_string(holder.pid()) + R"(/ns/user"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(maps_without_a_user_namespace, *proves({"S121"})) {
  Container c;
  c.map_ids().config.drop_where("/linux/namespaces", "type", "user");
  if (c.refused()) return;
  BOOST_TEST(c.shell("cat /proc/self/uid_map").output() ==
             oci::test::read_file("/proc/self/uid_map"));
}

BOOST_AUTO_TEST_CASE(maps_that_overlap_are_refused, *proves({"S122"})) {
  Container c;
  c.map_ids().config.add("/linux/uidMappings", R"({"containerID":10,"hostID":300000,"size":5})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(user_source_out_of_reach, *proves({"S062"})) {
  Container c;
  fs::create_directories(c.scratch("private/source"));
  oci::test::write_file(c.scratch("private/source/file"), "reached");
  fs::permissions(c.scratch("private"), fs::perms::owner_all);
  c.map_ids().bind(c.scratch("private/source"), "/mnt");
  BOOST_TEST(c.shell("cat /mnt/file").output() == "reached");
}

// Its files in /proc belong to its user as soon as it can be traced. proc(5)
BOOST_AUTO_TEST_CASE(user_waiting_init_is_out_of_reach, *proves({"S094"})) {
  Container c;
  REQUIRE_OK(c.map_ids().sleeper().create());
  struct stat s;
  BOOST_REQUIRE(::stat(("/proc/" + std::to_string(c.pid()) + "/environ").c_str(), &s) == 0);
  BOOST_TEST(s.st_uid == 0u);
}

BOOST_AUTO_TEST_CASE(user_listed_devices, *proves({"S125", "S133"})) {
  Container c;
  c.map_ids()
      .config.add("/linux/devices", R"({"path":"/dev/full","type":"c","major":1,"minor":7})")
      .add("/linux/devices", R"({"path":"/dev/p","type":"p","fileMode":420})");
  auto f = c.probe({"stat", "/dev/full", "/dev/p"});
  CHECK_HAS(f["/dev/full"], " 1:7 ");
  BOOST_TEST(f["/dev/p"].rfind("fifo 0644 0:0", 0) == 0, f["/dev/p"]);
}

BOOST_AUTO_TEST_SUITE_END()
