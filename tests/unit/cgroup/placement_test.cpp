#include "lib/cgroup/placement.h"

#include <boost/test/unit_test.hpp>

#include "tests/support/proves.h"
#include "tests/unit/cgroup/layouts.h"

namespace oci::cgroup {

namespace {

std::string path_in(const Result<std::vector<Dir>>& dirs, std::string_view mount_point) {
  if (!dirs) return dirs.error().text;
  for (const Dir& dir : *dirs)
    if (dir.mount_point == mount_point) return dir.path;
  return "none";
}

std::string on_v2(std::string_view cgroups_path, std::string own = "/system.slice/engine.service") {
  return path_in(place(cgroups_path, "box", test::v2_layout(std::move(own))), "/sys/fs/cgroup");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_placement)

BOOST_AUTO_TEST_CASE(paths_are_cleaned) {
  BOOST_TEST(clean_path("") == "/");
  BOOST_TEST(clean_path("/") == "/");
  BOOST_TEST(clean_path("a") == "/a");
  BOOST_TEST(clean_path("//a/./b//c/") == "/a/b/c");
  BOOST_TEST(clean_path("a/b/../c") == "/a/c");
  BOOST_TEST(clean_path("../../a") == "/a");
  BOOST_TEST(clean_path("a/../..") == "/");
  BOOST_TEST(clean_path("a/...") == "/a/...");
}

BOOST_AUTO_TEST_CASE(absolute_is_below_the_mount_point_everywhere) {  // S141
  for (const Layout& layout : {test::v1_layout(), test::hybrid_layout(), test::v2_layout()})
    for (const Dir& dir : place("/a/b", "box", layout).value()) BOOST_TEST(dir.path == "/a/b");
}

BOOST_AUTO_TEST_CASE(relative_is_below_the_callers_own_on_v1) {  // S142
  const auto dirs = place("a/b", "box", test::hybrid_layout());
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/memory") == "/engine/worker/a/b");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/cpu,cpuacct") == "/engine/a/b");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/pids") == "/a/b");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/unified") == "/init.scope/a/b");
}

BOOST_AUTO_TEST_CASE(relative_is_beside_the_caller_on_v2) {  // S142
  BOOST_TEST(on_v2("a/b") == "/system.slice/a/b");
  BOOST_TEST(on_v2("a/b", "/engine") == "/a/b");
  BOOST_TEST(on_v2("a/b", "/") == "/a/b");
  BOOST_TEST(on_v2("a/b", "/../../outside") == "/a/b");
}

BOOST_AUTO_TEST_CASE(absent_is_the_id, *oci::test::proves({"S143", "S306"})) {  // S143, S306
  BOOST_TEST(on_v2("") == "/system.slice/box");
  BOOST_TEST(path_in(place("", "box", test::v1_layout()), "/sys/fs/cgroup/memory") ==
             "/engine/worker/box");
}

BOOST_AUTO_TEST_CASE(no_path_escapes, *oci::test::proves({"S144"})) {  // S144
  BOOST_TEST(on_v2("../x") == "/system.slice/x");
  BOOST_TEST(on_v2("/../../x") == "/x");
  BOOST_TEST(on_v2("a/../../../x") == "/system.slice/x");
}

BOOST_AUTO_TEST_CASE(a_root_is_refused, *oci::test::proves({"S306"})) {  // S306
  for (const Layout& layout :
       {test::v1_layout(), test::hybrid_layout(), test::v2_layout("/"), test::v2_layout()})
    for (const char* path : {"/", "//", "/.", "..", ".", "/a/..", "../.."}) {
      const auto dirs = place(path, "box", layout);
      BOOST_REQUIRE_MESSAGE(!dirs, path);
      BOOST_TEST((dirs.error().code == Code::kInvalidConfig));
      BOOST_TEST(dirs.error().where == "/linux/cgroupsPath");
      BOOST_TEST(dirs.error().text.find("\"" + std::string(path) + "\"") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(names_that_no_cgroup_can_have_are_refused) {
  const std::string nul("/a\0b", 4);
  for (const std::string& path :
       {std::string("/a\nb"), nul, "/" + std::string(256, 'x'), std::string("/\x7f")})
    BOOST_TEST(!place(path, "box", test::v2_layout()));
  std::string deep;
  for (int i = 0; i < 2000; ++i) deep += "/xyz";
  BOOST_TEST(!place(deep, "box", test::v2_layout()));
}

BOOST_AUTO_TEST_CASE(order_of_directories) {
  const auto hybrid = place("/a", "box", test::hybrid_layout()).value();
  BOOST_TEST(hybrid.back().unified);
  for (std::size_t i = 0; i + 1 < hybrid.size(); ++i) BOOST_TEST(!hybrid[i].unified);
  const auto v2 = place("/a", "box", test::v2_layout()).value();
  BOOST_REQUIRE(v2.size() == 1u);
  BOOST_TEST(v2[0].unified);
  BOOST_TEST(v2[0].controllers.empty());
  BOOST_TEST(place("/a", "box", Layout{}).value().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
