// Paths that are hidden or protected, sysctl, personality, what the hardware may lack. Spec:
// config-linux.md
#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(kernel)

BOOST_AUTO_TEST_CASE(masked_paths, *proves({"S204"})) {
  Container c;
  oci::test::write_file(c.rootfs() + "/etc/secret", "secret");
  fs::create_directories(c.rootfs() + "/var/hidden");
  oci::test::write_file(c.rootfs() + "/var/hidden/file", "secret");
  c.config.set("/linux/maskedPaths",
               R"(["/etc/secret","/var/hidden","/proc/kcore","/proc/uptime","/no/such/path"])");
  BOOST_TEST(c.shell("cat /etc/secret /proc/uptime 2>/dev/null; ls /var/hidden 2>/dev/null; "
                     "cat /proc/kcore 2>/dev/null | wc -c")
                 .output() == "0\n");
}

BOOST_AUTO_TEST_CASE(readonly_paths, *proves({"S205"})) {
  Container c;
  c.config.set("/linux/readonlyPaths", R"(["/proc/sys","/etc","/no/such/path"])");
  auto f = c.probe({"open-write", "/proc/sys/kernel/domainname", "/etc/passwd", "/tmp"});
  BOOST_TEST(f["/proc/sys/kernel/domainname"] == "EROFS");
  BOOST_TEST(f["/etc/passwd"] == "EROFS");
  BOOST_TEST(c.shell("touch /tmp/x && echo ok").output() == "ok\n");
}

BOOST_AUTO_TEST_CASE(sysctl, *proves({"S202"})) {
  Container c;
  c.config.set(
      "/linux/sysctl",
      R"({"kernel.shm_rmid_forced":"1","net.core.somaxconn":"256","kernel.msgmax":"9000"})");
  BOOST_TEST(c.shell("cd /proc/sys; cat kernel/shm_rmid_forced net/core/somaxconn kernel/msgmax")
                 .output() == "1\n256\n9000\n");
}

BOOST_AUTO_TEST_CASE(sysctl_that_is_not_there, *proves({"S202", "S276"})) {
  Container c;
  c.config.set("/linux/sysctl", R"({"net.no.such.key":"1"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(personality, *proves({"S208"})) {
  Container c;
  c.config.set("/linux/personality", R"({"domain":"LINUX32"})");
  const std::string machine = c.shell("uname -m").output();
  BOOST_TEST((machine == "i686\n" || machine == "armv8l\n"), machine);
}

BOOST_AUTO_TEST_CASE(an_unknown_personality_is_refused, *proves({"S208", "S006"})) {
  Container c;
  c.config.set("/linux/personality", R"({"domain":"NO_SUCH"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(rdt_where_there_is_none, *proves({"S198"})) {
  SKIP_IF(fs::exists("/sys/fs/resctrl/schemata"), "this machine has resctrl");
  Container c;
  c.config.set("/linux/intelRdt", R"({"closID":"conformance","l3CacheSchema":"L3:0=f"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(memory_policy, *proves({"S199", "S200"})) {
  Container c;
  c.config.set("/linux/memoryPolicy", R"({"mode":"MPOL_BIND","nodes":"0"})");
  CHECK_HAS(c.shell("head -n 1 /proc/self/numa_maps").output(), "bind:0");
}

BOOST_AUTO_TEST_CASE(memory_policy_that_does_not_exist, *proves({"S199", "S200", "S201", "S006"})) {
  for (const char* policy : {R"({"mode":"MPOL_NO_SUCH","nodes":"0"})", R"({"mode":"MPOL_BIND"})",
                             R"({"mode":"MPOL_BIND","nodes":"x"})",
                             R"({"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_NO_SUCH"]})"}) {
    Container c;
    c.config.set("/linux/memoryPolicy", policy);
    BOOST_TEST(c.refused(), policy);
  }
}

BOOST_AUTO_TEST_CASE(personality_flags, *proves({"S209"})) {
  Container c;
  c.config.set("/linux/personality", R"({"domain":"LINUX","flags":["NO_SUCH"]})");
  if (!c.refused()) BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_SUITE_END()
