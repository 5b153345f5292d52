// Mounts and the root filesystem. Spec: config.md#mounts, config.md#root
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/mountinfo.h"
#include "conformance/suite.h"

using namespace oci::conformance;
using oci::test::write_file;
namespace fs = std::filesystem;

namespace {

MountEntry mounted(Container& c, const std::string& point) {
  const std::string all = c.shell("cat /proc/self/mountinfo").output();
  const auto found = find_mount(all, point);
  BOOST_REQUIRE_MESSAGE(found.has_value(), point << " is no mount point: " << all);
  return *found;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mounts)

BOOST_AUTO_TEST_CASE(default_filesystems, *proves({"S051", "S053", "S211", "S020"})) {
  Container c;
  const std::string all = c.shell("cat /proc/self/mountinfo").output();
  for (const auto& [point, type] : {std::pair{"/proc", "proc"},
                                    {"/sys", "sysfs"},
                                    {"/dev/pts", "devpts"},
                                    {"/dev/shm", "tmpfs"},
                                    {"/dev/mqueue", "mqueue"}}) {
    const auto entry = find_mount(all, point);
    BOOST_REQUIRE_MESSAGE(entry.has_value(), point);
    BOOST_TEST(entry->type == type);
  }
}

BOOST_AUTO_TEST_CASE(the_bundles_root_is_the_root, *proves({"S210", "S015"})) {
  Container c;
  write_file(c.rootfs() + "/marker", "here");
  BOOST_TEST(c.shell("cat /marker; cd /..; ls -d marker").output() == "heremarker\n");
}

BOOST_AUTO_TEST_CASE(nothing_of_the_host_is_mounted, *proves({"S210"})) {
  Container c;
  for (const std::string& line :
       oci::test::lines(c.shell("cut -d' ' -f5 /proc/self/mountinfo").output())) {
    const std::string top = line.substr(0, line.find('/', 1));
    BOOST_TEST((top == "/" || top == "/proc" || top == "/dev" || top == "/sys"), line);
  }
}

BOOST_AUTO_TEST_CASE(a_readonly_root, *proves({"S016"})) {
  Container c;
  c.config.set("/root/readonly", "true");
  BOOST_TEST(c.probe({"open-write", "/etc/passwd"})["/etc/passwd"] == "EROFS");
  c.config.set("/root/readonly", "false");
  BOOST_TEST(c.probe({"open-write", "/etc/passwd"})["/etc/passwd"] == "ok");
}

BOOST_AUTO_TEST_CASE(the_root_is_writable_by_default, *proves({"S016"})) {
  Container c;
  BOOST_TEST(c.probe({"open-write", "/etc/passwd"})["/etc/passwd"] == "ok");
}

BOOST_AUTO_TEST_CASE(in_the_order_of_the_list, *proves({"S017"})) {
  Container c;
  fs::create_directories(c.scratch("one"));
  fs::create_directories(c.scratch("two"));
  write_file(c.scratch("one/name"), "one");
  write_file(c.scratch("two/name"), "two");
  c.bind(c.scratch("one"), "/mnt").bind(c.scratch("two"), "/mnt");
  BOOST_TEST(c.shell("cat /mnt/name").output() == "two");
  Container nested;
  nested.mount("/mnt", "tmpfs", "tmpfs", {}).mount("/mnt/in", "tmpfs", "tmpfs", {"size=4096"});
  BOOST_TEST(nested.shell("grep -c ' /mnt' /proc/self/mountinfo").output() == "2\n");
}

BOOST_AUTO_TEST_CASE(destinations_are_made, *proves({"S018", "S060"})) {
  Container c;
  write_file(c.scratch("file"), "content");
  c.bind(c.scratch("file"), "/new/deep/file").mount("/other/dir", "tmpfs", "tmpfs", {});
  BOOST_TEST(c.shell("cat /new/deep/file; stat -f -c %T /other/dir").output() == "contenttmpfs\n");
}

BOOST_AUTO_TEST_CASE(a_source_below_the_bundle, *proves({"S019"})) {
  Container c;
  fs::create_directories(c.bundle() + "/data");
  write_file(c.bundle() + "/data/file", "relative");
  c.bind("data", "/mnt");
  BOOST_TEST(c.shell("cat /mnt/file").output() == "relative");
}

BOOST_AUTO_TEST_CASE(a_source_that_is_missing, *proves({"S019", "S276"})) {
  Container c;
  c.bind(c.scratch("missing"), "/mnt");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(bind_by_option_whatever_the_type, *proves({"S020", "S021", "S025"})) {
  for (const char* type : {"bind", "none", "whatever"}) {
    Container c;
    fs::create_directories(c.scratch("dir"));
    write_file(c.scratch("dir/file"), "bound");
    c.mount("/mnt", type, c.scratch("dir"), {"bind"});
    BOOST_TEST(c.shell("cat /mnt/file").output() == "bound", type);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_filesystem, *proves({"S020", "S276"})) {
  Container c;
  c.mount("/mnt", "no-such-filesystem", "none", {});
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(no_link_leads_out_of_the_root, *proves({"S018"})) {
  Container c;
  fs::create_directories(c.scratch("outside"));
  fs::create_directory_symlink(c.scratch("outside"), c.rootfs() + "/link");
  c.mount("/link/dir", "tmpfs", "tmpfs", {});
  static_cast<void>(c.refused());
  BOOST_TEST(!fs::exists(c.scratch("outside/dir")));
}

BOOST_AUTO_TEST_CASE(data_goes_to_the_filesystem, *proves({"S050"})) {
  Container c;
  c.mount("/mnt", "tmpfs", "tmpfs", {"size=64k", "mode=0711"});
  BOOST_TEST(mounted(c, "/mnt").has("size=64k"));
  BOOST_TEST(c.shell("stat -c %a /mnt").output() == "711\n");
  Container bad;
  bad.mount("/mnt", "tmpfs", "tmpfs", {"no-such-option=1"});
  BOOST_TEST(bad.refused());
}

BOOST_AUTO_TEST_CASE(half_an_id_map_is_refused, *proves({"S022"})) {
  Container c;
  fs::create_directories(c.scratch("dir"));
  c.bind(c.scratch("dir"), "/mnt");
  c.config.set("/mounts/6/uidMappings", R"([{"containerID":0,"hostID":1000,"size":10}])");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(cgroups_are_mounted, *proves({"S054", "S055"})) {
  Container c;
  c.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"});
  const std::string all = c.shell("cat /proc/self/mountinfo; ls /sys/fs/cgroup").output();
  const bool unified = ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
  CHECK_HAS(all, unified ? " - cgroup2 " : " - cgroup ");
  CHECK_HAS(all, unified ? "cgroup.procs" : "pids");
}

BOOST_AUTO_TEST_CASE(propagation_of_the_root, *proves({"S207"})) {
  Container none;
  none.config.set_text("/linux/rootfsPropagation", "private");
  BOOST_TEST(!oci::test::contains(mounted(none, "/").propagation, "shared:"));
  Container slave;
  slave.config.set_text("/linux/rootfsPropagation", "slave");
  BOOST_TEST(!oci::test::contains(mounted(slave, "/").propagation, "shared:"));
}

BOOST_AUTO_TEST_CASE(a_shared_root, *proves({"S207"})) {
  Container shared;
  shared.config.set_text("/linux/rootfsPropagation", "shared");
  CHECK_HAS(mounted(shared, "/").propagation, "shared:");
}

BOOST_AUTO_TEST_CASE(an_unbindable_root, *proves({"S207"})) {
  Container unbindable;
  unbindable.config.set_text("/linux/rootfsPropagation", "unbindable");
  CHECK_HAS(mounted(unbindable, "/").propagation, "unbindable");
}

BOOST_AUTO_TEST_CASE(an_unknown_propagation_is_refused, *proves({"S207", "S006"})) {
  Container c;
  c.config.set_text("/linux/rootfsPropagation", "no-such-word");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(what_lies_in_proc_stays, *proves({"S052"})) {
  Container c;
  c.mount("/proc/sys", "tmpfs", "tmpfs", {});
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(some_files_of_proc_can_be_replaced, *proves({"S052"})) {
  Container c;
  write_file(c.scratch("file"), "other\n");
  c.bind(c.scratch("file"), "/proc/uptime");
  BOOST_TEST(c.shell("cat /proc/uptime").output() == "other\n");
}

BOOST_AUTO_TEST_CASE(cgroups_can_be_made, *proves({"S056"})) {
  Container c;
  c.config.add("/linux/namespaces", R"({"type":"cgroup"})");
  c.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"rw"});
  BOOST_TEST(
      c.shell("cd /sys/fs/cgroup; [ -e cgroup.procs ] || cd pids; mkdir made && rmdir made && "
              "echo made")
          .output() == "made\n");
}

BOOST_AUTO_TEST_CASE(a_tmpfs_has_its_targets_mode, *proves({"S057"})) {
  Container c;
  fs::permissions(c.rootfs() + "/mnt", fs::perms(0711));
  c.mount("/mnt", "tmpfs", "tmpfs", {});
  BOOST_TEST(c.shell("stat -c %a /mnt").output() == "711\n");
}

BOOST_AUTO_TEST_CASE(overlay, *proves({"S058", "S050"})) {
  Container c;
  SKIP_IF(!oci::test::contains(oci::test::read_file("/proc/filesystems"), "overlay"),
          "no overlay in this kernel");
  for (const char* layer : {"one", "two"}) {
    fs::create_directories(c.scratch(layer));
    write_file(c.scratch(layer) + "/" + layer, layer);
  }
  c.mount("/mnt", "overlay", "overlay", {"lowerdir=" + c.scratch("one") + ":" + c.scratch("two")});
  BOOST_TEST(c.shell("cat /mnt/one /mnt/two").output() == "onetwo");
}

BOOST_AUTO_TEST_CASE(a_readonly_dev_has_its_content, *proves({"S065", "S131"})) {
  Container c;
  c.config.set("/mounts/1/options", R"(["nosuid","mode=755","ro"])");
  BOOST_TEST(
      c.shell("ls -d /dev/null /dev/fd /dev/pts; touch /dev/x 2>/dev/null || echo no").output() ==
      "/dev/fd\n/dev/null\n/dev/pts\nno\n");
}

BOOST_AUTO_TEST_SUITE_END()
