// What surrounds a process in a container: namespaces, the root, devices, what of /proc and /sys it
// may touch.
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

std::string own_namespace(const char* type) {
  return link_of(std::string("/proc/self/ns/") + type);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(surroundings)

BOOST_AUTO_TEST_CASE(nothing_but_the_three_streams_is_open) {
  Bundle b;
  const auto f = probe(b, {"fds"});
  BOOST_TEST(f.size() == 3u);
  for (const char* key : {"fd.0", "fd.1", "fd.2"}) BOOST_TEST(f.count(key) == 1u);
}

BOOST_AUTO_TEST_CASE(namespaces_of_its_own) {
  Bundle b;
  b.config.drop_where("/linux/namespaces", "type", "cgroup")
      .add("/linux/namespaces", R"({"type":"cgroup"})");
  auto f = probe(b);
  for (const char* type : {"cgroup", "ipc", "mnt", "net", "pid", "uts"})
    BOOST_TEST(f[std::string("ns.") + type] != own_namespace(type), type);
  for (const char* type : {"user", "time"})
    BOOST_TEST(f[std::string("ns.") + type] == own_namespace(type), type);
}

BOOST_AUTO_TEST_CASE(namespaces_that_are_not_listed_are_the_callers) {
  Bundle b;
  b.config.set("/linux/namespaces", R"([{"type":"mount"}])").drop("/hostname");
  auto f = probe(b);
  BOOST_TEST(f["ns.mnt"] != own_namespace("mnt"));
  for (const char* type : {"cgroup", "ipc", "net", "pid", "uts", "user"})
    BOOST_TEST(f[std::string("ns.") + type] == own_namespace(type), type);
}

BOOST_AUTO_TEST_CASE(namespaces_of_another_container_are_joined_by_path) {
  Bundle first, second;
  first.start_sleeper();
  const std::string pid = std::to_string(first.pid());
  second.config.drop("/hostname").set("/linux/namespaces", R"([{"type":"mount"}])");
  for (const char* type : {"pid", "network", "ipc", "uts"}) {
    const std::string file = std::string(type) == "network" ? "net" : type;
    second.config.add("/linux/namespaces", R"({"type":")" + std::string(type) +
                                               R"(","path":"/proc/)" + pid + "/ns/" + file + "\"}");
  }
  auto f = probe(second);
  for (const char* type : {"pid", "net", "ipc", "uts"})
    BOOST_TEST(f[std::string("ns.") + type] == link_of("/proc/" + pid + "/ns/" + type), type);
  BOOST_TEST(f["hostname"] == "runc");
  BOOST_TEST(f["pid"] != "1");
}

BOOST_AUTO_TEST_CASE(host_and_domain_name) {
  Bundle b;
  b.config.set_text("/hostname", "box").set_text("/domainname", "example.org");
  auto f = probe(b);
  BOOST_TEST(f["hostname"] == "box");
  if (!testing_runc()) BOOST_TEST(f["domainname"] == "example.org");
}

BOOST_AUTO_TEST_CASE(the_loopback_interface_is_up) {
  Bundle b;
  const std::string flags = shell(b, "cat /sys/class/net/lo/flags; ls /sys/class/net");
  BOOST_TEST(flags == "0x9\nlo\n");
}

BOOST_AUTO_TEST_CASE(default_devices) {
  Bundle b;
  auto f = probe(
      b, {"stat", "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
          "/dev/ptmx", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/console"});
  BOOST_TEST(f["/dev/null"] == "char 0666 0:0 1:3 size=0");
  BOOST_TEST(f["/dev/zero"] == "char 0666 0:0 1:5 size=0");
  BOOST_TEST(f["/dev/full"] == "char 0666 0:0 1:7 size=0");
  BOOST_TEST(f["/dev/random"] == "char 0666 0:0 1:8 size=0");
  BOOST_TEST(f["/dev/urandom"] == "char 0666 0:0 1:9 size=0");
  BOOST_TEST(f["/dev/tty"] == "char 0666 0:0 5:0 size=0");
  BOOST_TEST(f["/dev/ptmx.target"] == "pts/ptmx");
  BOOST_TEST(f["/dev/fd.target"] == "/proc/self/fd");
  BOOST_TEST(f["/dev/stdin.target"] == "/proc/self/fd/0");
  BOOST_TEST(f["/dev/stdout.target"] == "/proc/self/fd/1");
  BOOST_TEST(f["/dev/stderr.target"] == "/proc/self/fd/2");
  BOOST_TEST(f["/dev/console"] == "ENOENT");
}

BOOST_AUTO_TEST_CASE(default_devices_work_under_the_default_rules) {
  Bundle b;
  const std::string out =
      shell(b,
            "echo x >/dev/null && dd if=/dev/zero bs=4 count=1 2>/dev/null | wc -c && "
            "dd if=/dev/urandom bs=4 count=1 2>/dev/null | wc -c");
  BOOST_TEST(out == "4\n4\n");
}

BOOST_AUTO_TEST_CASE(a_device_that_no_rule_allows_is_refused) {
  Bundle b;
  b.config.set("/linux/devices",
               R"([{"path":"/dev/kmsg","type":"c","major":1,"minor":11,"fileMode":438}])");
  auto f = probe(b, {"open-write", "/dev/kmsg"});
  BOOST_TEST(f["/dev/kmsg"] == "EPERM");
  b.config.add("/linux/resources/devices",
               R"({"allow":true,"type":"c","major":1,"minor":11,"access":"rwm"})");
  BOOST_TEST(probe(b, {"open-write", "/dev/kmsg"})["/dev/kmsg"] == "ok");
}

BOOST_AUTO_TEST_CASE(listed_devices_are_made) {
  Bundle b;
  b.config.set(
      "/linux/devices",
      R"([{"path":"/dev/own","type":"c","major":10,"minor":200,"fileMode":416,"uid":5,"gid":6},
    {"path":"/dev/sub/block","type":"b","major":7,"minor":9,"fileMode":384},{"path":"/dev/pipe","type":"p","fileMode":438}])");
  auto f = probe(b, {"stat", "/dev/own", "/dev/sub/block", "/dev/pipe"});
  BOOST_TEST(f["/dev/own"] == "char 0640 5:6 10:200 size=0");
  BOOST_TEST(f["/dev/sub/block"] == "block 0600 0:0 7:9 size=0");
  OCI_CHECK_HAS(f["/dev/pipe"], "fifo 0666 0:0");
}

BOOST_AUTO_TEST_CASE(masked_paths_hide_files_and_directories) {
  Bundle b;
  std::filesystem::create_directories(b.rootfs() + "/secret.d");
  write_file(b.rootfs() + "/secret.d/file", "secret");
  write_file(b.rootfs() + "/secret", "secret");
  b.config.add("/linux/maskedPaths", R"("/secret.d")")
      .add("/linux/maskedPaths", R"("/secret")")
      .add("/linux/maskedPaths", R"("/not/there")");
  const std::string out = shell(
      b,
      "ls -A /secret.d | wc -l; wc -c </secret; wc -c </proc/keys; ls -A /sys/firmware | wc -l; "
      "touch /secret.d/x 2>&1 | grep -c Read-only");
  BOOST_TEST(out == "0\n0\n0\n0\n1\n");
}

BOOST_AUTO_TEST_CASE(readonly_paths_are_read_only) {
  Bundle b;
  std::filesystem::create_directories(b.rootfs() + "/data/below");
  write_file(b.rootfs() + "/file", "x");
  b.config.add("/linux/readonlyPaths", R"("/data")")
      .add("/linux/readonlyPaths", R"("/file")")
      .add("/linux/readonlyPaths", R"("/not/there")");
  auto f = probe(
      b, {"open-write", "/proc/sys/kernel/hostname", "/proc/irq/default_smp_affinity", "/file"});
  BOOST_TEST(f["/proc/sys/kernel/hostname"] == "EROFS");
  BOOST_TEST(f["/proc/irq/default_smp_affinity"] == "EROFS");
  BOOST_TEST(f["/file"] == "EROFS");
  OCI_CHECK_HAS(b.shell("touch /data/below/x").run().err, "Read-only file system");
  BOOST_TEST(!std::filesystem::exists(b.rootfs() + "/data/below/x"));
}

BOOST_AUTO_TEST_CASE(the_root_as_a_readonly_path) {
  Bundle b;
  b.config.set("/linux/readonlyPaths", R"(["/"])");
  OCI_CHECK_HAS(b.shell("touch /refused").run().err, "Read-only file system");
  OCI_REQUIRE_OK(b.shell("echo x >/dev/shm/x").run());
}

BOOST_AUTO_TEST_CASE(the_root_is_the_rootfs_and_nothing_of_the_host_is_left) {
  Bundle b;
  write_file(b.rootfs() + "/mark", "here");
  // The first line of mountinfo is the root; no mount point of the host is in the list.
  const std::string out =
      shell(b,
            "cat /mark; echo; grep -c ' /work\\| /home\\| /usr ' /proc/self/mountinfo; "
            "cut -d' ' -f5 /proc/self/mountinfo | head -n 1; ls -A / | grep -c pivot");
  BOOST_TEST(out == "here\n0\n/\n0\n");
}

BOOST_AUTO_TEST_CASE(a_read_only_root) {
  Bundle b;
  OCI_REQUIRE_OK(b.shell("touch /written").run());
  BOOST_TEST(std::filesystem::exists(b.rootfs() + "/written"));
  b.config.set("/root/readonly", "true");
  OCI_CHECK_HAS(b.shell("touch /refused").run().err, "Read-only file system");
  OCI_REQUIRE_OK(b.shell("echo x >/dev/shm/x").run());
}

BOOST_AUTO_TEST_CASE(without_pivot_root) {
  Bundle b;
  const Outcome r =
      b.shell("ls -d /bin/busybox && test ! -e /work && cd .. && pwd").run({"--no-pivot"});
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.out == "/bin/busybox\n/\n");
}

BOOST_AUTO_TEST_CASE(sysctls_are_the_containers) {
  Bundle b;
  const std::string before = read_file("/proc/sys/net/ipv4/ip_forward");
  b.config.set(
      "/linux/sysctl",
      R"({"net.ipv4.ip_forward":"1","kernel.shm_rmid_forced":"1","net.ipv4.ip_local_port_range":"2000 3000"})");
  BOOST_TEST(shell(b,
                   "cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shm_rmid_forced; cut -f1 "
                   "/proc/sys/net/ipv4/ip_local_port_range") == "1\n1\n2000\n");
  BOOST_TEST(read_file("/proc/sys/net/ipv4/ip_forward") == before);
}

BOOST_AUTO_TEST_CASE(sysctls_of_the_callers_network_namespace_are_not) {
  Bundle b;
  const Traces traces(b);
  const std::string before = read_file("/proc/sys/net/ipv4/ip_forward");
  b.config.drop_where("/linux/namespaces", "type", "network")
      .add("/linux/namespaces", R"({"type":"network","path":"/proc/self/ns/net"})");
  OCI_REQUIRE_OK(b.shell("true").run());
  b.config.set("/linux/sysctl", R"({"net.ipv4.ip_forward":"1"})");
  const Outcome r = b.shell("true").run();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), R"(sysctl "net.ipv4.ip_forward" not allowed in host network namespace)");
  BOOST_TEST(read_file("/proc/sys/net/ipv4/ip_forward") == before);
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(a_warning_is_said_once) {
  OCI_NOT_RUNC("the texts are ours");
  Bundle b;
  b.config.add("/process/capabilities/bounding", R"("CAP_NONSENSE")")
      .set("/process/capabilities/ambient", R"(["CAP_CHOWN"])")
      .set("/linux/personality", R"({"domain":"LINUX","flags":["x"]})")
      .set("/linux/devices", R"([{"path":"/dev/x","type":"p"},{"path":"/dev/x","type":"p"}])");
  const Outcome r = b.shell("true").run();
  OCI_REQUIRE_OK(r);
  for (const char* text :
       {"CAP_NONSENSE", "ambient capabilit", "personality flags", "listed more than once"}) {
    const auto first = r.err.find(text);
    BOOST_TEST((first != std::string::npos && r.err.find(text, first + 1) == std::string::npos),
               text << " in " << r.err);
  }
}

BOOST_AUTO_TEST_CASE(time_offsets) {
  OCI_NOT_RUNC("time namespaces are newer");
  OCI_SKIP_IF(own_namespace("time").empty(), "no time namespaces in this kernel");
  Bundle b;
  b.config.add("/linux/namespaces", R"({"type":"time"})")
      .set("/linux/timeOffsets", R"({"boottime":{"secs":10000000}})");
  auto up = std::stod(shell(b, "cut -d' ' -f1 /proc/uptime"));
  BOOST_TEST(up > 10000000.0);
}

BOOST_AUTO_TEST_SUITE_END()
