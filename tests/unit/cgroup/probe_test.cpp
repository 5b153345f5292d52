#include "lib/cgroup/probe.h"

#include <boost/test/unit_test.hpp>

#include "lib/sys/cgroupfs.h"

namespace oci::cgroup {

BOOST_AUTO_TEST_SUITE(cgroup_probe)

BOOST_AUTO_TEST_CASE(membership_lines) {
  const auto list =
      parse_membership("12:cpu,cpuacct:/a:b\n3:name=systemd:/\n0::/user.slice\nrubbish\n");
  BOOST_REQUIRE(list.size() == 3u);
  BOOST_TEST(list[0].controllers == (std::vector<std::string>{"cpu", "cpuacct"}));
  BOOST_TEST(list[0].path == "/a:b");
  BOOST_TEST(list[1].controllers == (std::vector<std::string>{"name=systemd"}));
  BOOST_TEST(list[2].controllers.empty());
  BOOST_TEST(list[2].path == "/user.slice");
}

BOOST_AUTO_TEST_CASE(mount_lines) {
  const auto list = parse_cgroup_mounts(
      "22 1 0:21 / / rw - ext4 /dev/vda rw\n"
      "30 22 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 master:2 - cgroup cgroup "
      "rw,cpu,cpuacct\n"
      "31 22 0:27 /docker/x /mnt/a\\040b ro - cgroup2 none rw,nsdelegate\n"
      "32 22 0:28 / /x rw - tmpfs cgroup rw\n"
      "33 22 0:29 / /broken rw -\n");
  BOOST_REQUIRE(list.size() == 2u);
  BOOST_TEST(list[0].mount_point == "/sys/fs/cgroup/cpu,cpuacct");
  BOOST_TEST(!list[0].unified);
  BOOST_TEST(list[0].controllers == (std::vector<std::string>{"rw", "cpu", "cpuacct"}));
  BOOST_TEST(list[1].unified);
  BOOST_TEST(list[1].root == "/docker/x");
  BOOST_TEST(list[1].mount_point == "/mnt/a b");
}

// Whatever the layout of this host is: what is found is really mounted there.
BOOST_AUTO_TEST_CASE(this_host) {
  const Layout layout = probe().value();
  for (const Hierarchy& hierarchy : layout.v1) {
    BOOST_TEST((sys::cgroup_filesystem(hierarchy.mount_point) == sys::CgroupFs::kV1),
               hierarchy.mount_point);
    BOOST_TEST(!hierarchy.controllers.empty());
    BOOST_TEST(hierarchy.own_path.starts_with('/'));
  }
  if (!layout.unified_mount_point.empty())
    BOOST_TEST((sys::cgroup_filesystem(layout.unified_mount_point) == sys::CgroupFs::kV2));
  BOOST_TEST((layout.mode == Mode::kV1 || layout.mode == Mode::kHybrid) == !layout.v1.empty());
  BOOST_TEST((layout.mode == Mode::kV2 || layout.mode == Mode::kHybrid) ==
             !layout.unified_mount_point.empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
