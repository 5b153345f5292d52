// All tests with real cgroups once more under each layout that this host does not have by itself.
#include <sys/wait.h>

#include <cstdlib>

#include "tests/support/proves.h"
#include "tests/unit/cgroup/root_fixture.h"

namespace oci::cgroup {

namespace {

constexpr const char* kInside = "OCI_UNIT_CGROUP_VIEW";

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_views)

BOOST_AUTO_TEST_CASE(every_layout, *oci::test::proves({"S152", "S155"})) {
  if (std::getenv(kInside) != nullptr) return;
  const Layout layout = probe().value();
  OCI_NEEDS_ROOT();
  // A host with pure v2 has no controllers for v1 hierarchies.
  OCI_SKIP_UNLESS(layout.mode != Mode::kV2,
                  "a v2 host shows no other layout; a virtual machine does");
  const std::string self = std::filesystem::read_symlink("/proc/self/exe");
  for (const std::string view : {"v1", "v2", "hybrid"}) {
    const std::string command =
        std::string(kInside) + "=1 '" OCI_SOURCE_DIR "/tests/support/cgroup-view' " + view + " '" +
        self + "' --run_test='cgroup_root*,cgroup_probe' --color_output=no --log_level=message";
    const int status = std::system(command.c_str());
    BOOST_TEST((WIFEXITED(status) && WEXITSTATUS(status) == 0), "under a " << view << " view");
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
