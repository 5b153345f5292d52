// A plan with all its errors at once.
#include "lib/check/compile.h"

#include <algorithm>

#include "tests/unit/check/support.h"

using namespace oci;
using namespace oci::check_rules;

namespace {

Compiled compiled(const spec::Spec& spec) {
  plan::CreateInput input;
  input.id = "c";
  input.bundle = "/b";
  input.rootfs = "/b/rootfs";
  return compile_rest(spec, input, ideal_host());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compiling)

BOOST_AUTO_TEST_CASE(goes_on_after_each_error) {
  spec::Spec spec = check_rules::test::small_spec();
  spec.process->cwd = "";
  spec.mounts = {{"/a", "tmpfs", "x", {}, {}, {}},
                 {"/proc/sys", "tmpfs", "x", {}, {}, {}},
                 {"/b", "", "/s", {"bind", "size=1"}, {}, {}}};
  spec.linux_->namespaces.push_back({"bogus", ""});
  spec.linux_->namespaces.push_back({"pid", ""});
  spec.linux_->devices = {{"z", "/dev/a", 1, 1, {}, {}, {}}, {"c", "/dev/b", -1, 1, {}, {}, {}}};
  spec.linux_->rootfs_propagation = "bogus";
  spec.linux_->resources.emplace().block_io.emplace().weight = 5;
  spec.linux_->resources->unified = {{"a/b", "1"}, {"c/d", "1"}};
  const Compiled result = compiled(spec);
  std::vector<std::string> pointers;
  for (const Finding& f : result.errors) pointers.push_back(f.pointer);
  std::sort(pointers.begin(), pointers.end());
  const std::vector<std::string> expected = {"/linux/devices/0/type",
                                             "/linux/devices/1",
                                             "/linux/namespaces/5/type",
                                             "/linux/resources/blockIO/weight",
                                             "/linux/resources/unified/a~1b",
                                             "/linux/resources/unified/c~1d",
                                             "/linux/rootfsPropagation",
                                             "/mounts/1/destination",
                                             "/mounts/2/options",
                                             "/process/cwd"};
  BOOST_TEST(pointers == expected, boost::test_tools::per_element());
  BOOST_TEST(result.plan.has_value());
  // What is in order stays.
  BOOST_TEST(result.rest.mounts[0].destination == "/a");
}

BOOST_AUTO_TEST_CASE(leaves_out_what_is_named) {
  spec::Spec spec = check_rules::test::small_spec();
  spec.linux_->sysctl = {{"net.a/b", "1"}, {"net.c", "1"}};
  BOOST_TEST(leave_out(spec, "/linux/sysctl/net.a~1b"));
  BOOST_TEST(spec.linux_->sysctl.size() == 1u);
  BOOST_TEST(!leave_out(spec, "/ociVersion"));
  BOOST_TEST(!leave_out(spec, "/mountsX"));
  spec.linux_.reset();
  BOOST_TEST(!leave_out(spec, "/linux/seccomp"));
}

BOOST_AUTO_TEST_CASE(an_error_that_stays_ends_it) {
  spec::Spec spec = check_rules::test::small_spec();
  spec.process.reset();
  const Compiled result = compiled(spec);
  BOOST_TEST(result.errors.size() == 1u);
  BOOST_TEST(!result.plan.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
