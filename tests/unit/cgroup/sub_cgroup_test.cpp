#include "lib/cgroup/sub_cgroup.h"

#include <boost/test/unit_test.hpp>

#include "lib/cgroup/placement.h"
#include "tests/support/proves.h"
#include "tests/unit/cgroup/layouts.h"

namespace oci::cgroup {

namespace {

const std::vector<std::string> kBad{"..", "../..", "a/..", "a/../b", "/..", "a/../../b", "a\nb"};

std::vector<Dir> dirs_of(const Layout& layout) { return place("/box", "box", layout).value(); }

std::string path_in(const std::vector<Dir>& dirs, std::string_view mount_point) {
  for (const Dir& dir : dirs)
    if (dir.mount_point == mount_point) return dir.path;
  return "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_sub_cgroup)

BOOST_AUTO_TEST_CASE(without_controllers_it_is_for_all) {
  for (const Layout& layout : {test::v1_layout(), test::hybrid_layout(), test::v2_layout()})
    for (const char* path : {"sub/x", "/sub/x", "sub/x/", "./sub//x"})
      for (const Dir& dir : sub_cgroup(dirs_of(layout), {path}).value())
        BOOST_TEST(dir.path == "/box/sub/x");
}

BOOST_AUTO_TEST_CASE(with_controllers_it_is_for_these) {
  const auto dirs =
      sub_cgroup(dirs_of(test::v1_layout()), {"memory,cpu:sub", "systemd:/other"}).value();
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/memory") == "/box/sub");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/cpu,cpuacct") == "/box/sub");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/systemd") == "/box/other");
  BOOST_TEST(path_in(dirs, "/sys/fs/cgroup/pids") == "/box");
}

BOOST_AUTO_TEST_CASE(pure_v2_ignores_controllers) {
  BOOST_TEST(sub_cgroup(dirs_of(test::v2_layout()), {"whatever:sub"}).value()[0].path ==
             "/box/sub");
}

BOOST_AUTO_TEST_CASE(the_containers_own) {
  for (const char* path : {"", "/", "."})
    BOOST_TEST(sub_cgroup(dirs_of(test::v2_layout()), {path}).value()[0].path == "/box");
}

BOOST_AUTO_TEST_CASE(nothing_leaves_the_container,
                     *oci::test::proves({"S157"})) {  // C070, security V034
  for (const Layout& layout : {test::v1_layout(), test::v2_layout()})
    for (const std::string& path : kBad) {
      const auto dirs = sub_cgroup(dirs_of(layout), {path});
      BOOST_REQUIRE_MESSAGE(!dirs, path);
      BOOST_TEST(dirs.error().text == "bad sub cgroup path: " + path);
      BOOST_TEST((dirs.error().code == Code::kInvalidArgument));
      BOOST_TEST(!sub_cgroup(dirs_of(layout), {"memory:" + path}));
    }
}

BOOST_AUTO_TEST_CASE(unknown_controllers) {
  const auto dirs = sub_cgroup(dirs_of(test::v1_layout()), {"memory,foo:sub"});
  BOOST_REQUIRE(!dirs);
  BOOST_TEST(dirs.error().text == "unknown controller foo in SubCgroupPaths");
}

BOOST_AUTO_TEST_CASE(where_the_init_is) {
  const auto at = [](const Layout& layout, const char* proc) {
    const auto dirs = cgroup_of_init(dirs_of(layout), parse_membership(proc));
    return dirs ? dirs->back().path : std::string("none");
  };
  BOOST_TEST(at(test::v2_layout(), "0::/box/init.scope\n") == "/box/init.scope");
  BOOST_TEST(at(test::hybrid_layout(), "4:pids:/box\n0::/box/a/b\n") == "/box/a/b");
  for (const char* elsewhere :
       {"0::/box\n", "0::/boxes/a\n", "0::/../box/a\n", "0::/box/../a\n", ""})
    BOOST_TEST(at(test::v2_layout(), elsewhere) == "none", elsewhere);
  BOOST_TEST(at(test::v1_layout(), "4:pids:/box/a\n") == "none");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
