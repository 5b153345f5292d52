#include "lib/plan/paths.h"

#include <boost/test/unit_test.hpp>

namespace oci::plan {

BOOST_AUTO_TEST_SUITE(paths)

BOOST_AUTO_TEST_CASE(cleaning_never_climbs) {
  BOOST_CHECK_EQUAL(clean_path(""), "/");
  BOOST_CHECK_EQUAL(clean_path("/"), "/");
  BOOST_CHECK_EQUAL(clean_path("a/b"), "/a/b");
  BOOST_CHECK_EQUAL(clean_path("//a//./b/"), "/a/b");
  BOOST_CHECK_EQUAL(clean_path("/a/../../../etc"), "/etc");
  BOOST_CHECK_EQUAL(clean_path("/proc/../proc/./sys"), "/proc/sys");
  BOOST_CHECK_EQUAL(clean_path("/..."), "/...");
}

BOOST_AUTO_TEST_CASE(resolving_below_a_base) {
  BOOST_CHECK_EQUAL(resolve_path("/b", "/x/y"), "/x/y");
  BOOST_CHECK_EQUAL(resolve_path("/b", "x/../y"), "/b/y");
  BOOST_CHECK_EQUAL(resolve_path("/b", ""), "/b");
}

BOOST_AUTO_TEST_CASE(below) {
  BOOST_CHECK(lies_below("/proc/sys", "/proc"));
  BOOST_CHECK(!lies_below("/proc", "/proc"));
  BOOST_CHECK(!lies_below("/process", "/proc"));
  BOOST_CHECK(lies_below("/a", "/"));
  BOOST_CHECK(!lies_below("/", "/"));
}

BOOST_AUTO_TEST_CASE(quoting_keeps_lines_whole) {
  BOOST_CHECK_EQUAL(quoted("a\"b\\c\n\x01"), "\"a\\\"b\\\\c\\n\\x01\"");
  BOOST_CHECK_EQUAL(pointer_token("net/ipv4~x"), "net~1ipv4~0x");
}

BOOST_AUTO_TEST_CASE(what_may_cover_proc_files) {
  for (const char* path : {"/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/uptime",
                           "/proc/sys/kernel/ns_last_pid"})
    BOOST_CHECK(may_be_mounted_in_proc(path));
  for (const char* path :
       {"/proc", "/proc/net/dev", "/proc/self/attr", "/proc/sys", "/proc/cpuinfo/x", "/sys"})
    BOOST_CHECK(!may_be_mounted_in_proc(path));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
