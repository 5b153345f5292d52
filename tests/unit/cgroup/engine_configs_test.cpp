// The resources that real engines write can be planned on every layout.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "lib/sys/file.h"
#include "oci/parse.h"
#include "tests/unit/cgroup/layouts.h"

namespace oci::cgroup {

BOOST_AUTO_TEST_SUITE(cgroup_engine_configs)

BOOST_AUTO_TEST_CASE(all_can_be_planned) {
  const std::filesystem::path folder =
      std::filesystem::path(OCI_SOURCE_DIR) / "tests/fixtures/engine-configs";
  int planned = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() != ".json") continue;
    const auto spec = parse_spec(sys::read_file(file.path()).value());
    // Process and resources documents are there, too.
    if (!spec || !spec->linux_ || !spec->linux_->resources) continue;
    ++planned;
    for (const Layout& layout :
         {test::v1_layout(), test::hybrid_layout(), test::v2_layout(), test::v2_layout("/")}) {
      const auto out = plan(spec->linux_->cgroups_path, "box", &*spec->linux_->resources, false,
                            layout, nullptr);
      BOOST_TEST(out.ok(), file.path().filename() << ": " << test::text_of(out));
      if (out) BOOST_TEST(!out->dirs.empty());
    }
  }
  BOOST_TEST(planned > 100);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
