#include "lib/runtime/mountinfo.h"

#include <boost/test/unit_test.hpp>

namespace oci::runtime {

BOOST_AUTO_TEST_SUITE(mountinfo)

BOOST_AUTO_TEST_CASE(lines) {
  const auto mounts = parse_mountinfo(
      "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime,idmapped master:1 shared:2 - ext3 /dev/root rw\n"
      "no mount\n"
      "37 35 0:5 / /proc rw - proc proc rw\n");
  BOOST_REQUIRE_EQUAL(mounts.size(), 2u);
  BOOST_CHECK_EQUAL(mounts[0].id, "36");
  BOOST_CHECK_EQUAL(mounts[0].point, "/mnt 2");
  BOOST_CHECK_EQUAL(mounts[0].type, "ext3");
  BOOST_CHECK(mounts[0].id_mapped());
  BOOST_CHECK_EQUAL(mounts[1].options, "rw");
  BOOST_CHECK(!mounts[1].id_mapped());
}

BOOST_AUTO_TEST_CASE(of_a_path) {
  const auto procfs = mounts_at("/proc/self/status", false);
  BOOST_REQUIRE_EQUAL(procfs.size(), 1u);
  BOOST_CHECK_EQUAL(procfs[0].type, "proc");
  BOOST_CHECK_GT(mounts_at("/", true).size(), mounts_at("/", false).size());
  BOOST_CHECK(mounts_at("/no/such/path", true).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::runtime
