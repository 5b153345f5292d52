#include "lib/plan/devices.h"

#include "support.h"

namespace oci::plan {
namespace {
using namespace test;
}

BOOST_AUTO_TEST_SUITE(devices)

BOOST_AUTO_TEST_CASE(numbers_as_the_kernel_has_them) {
  BOOST_CHECK_EQUAL(*device_number(1, 3), 0x103u);
  BOOST_CHECK_EQUAL(*device_number(259, 0x12345), 0x12310345u);
  BOOST_CHECK(!device_number(-1, 0));
  BOOST_CHECK(!device_number(0, 1 << 20));
  BOOST_CHECK(!device_number(1 << 12, 0));
}

BOOST_AUTO_TEST_CASE(default_set) {
  const Plan plan = created(small_spec());
  BOOST_CHECK_EQUAL(steps(plan, "dev_node").size(), 6u);
  for (const char* path : {"null", "zero", "full", "random", "urandom", "tty"})
    BOOST_CHECK(holds(step(plan, "dev_node", std::string("\"/dev/") + path + "\""), "mode=020666"));
  BOOST_CHECK_EQUAL(steps(plan, "symlink").size(), 6u);
  BOOST_CHECK(holds(step(plan, "symlink", "/dev/ptmx"), "target=\"pts/ptmx\""));
  HostFacts host = host_v2();
  host.has_proc_kcore = false;
  BOOST_CHECK(steps(created(small_spec(), input_of(), host), "symlink", "/dev/core").empty());
}

// S130, S305: the configuration's entry takes the place of a default one; of two, the first counts.
BOOST_AUTO_TEST_CASE(listed_devices) {
  spec::Spec spec = small_spec();
  spec.linux_->devices = {
      {"c", "/dev/null", 1, 3, 0600, 7, 8},   {"b", "/dev/sda", 8, 0, std::nullopt, {}, {}},
      {"p", "/dev/fifo", 5, 5, 0622, {}, {}}, {"u", "dev/x", 9, 9, 0100644, {}, {}},
      {"c", "/dev/ptmx", 5, 2, {}, {}, {}},   {"c", "/dev//x", 1, 1, {}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK_EQUAL(steps(plan, "dev_node").size(), 9u);
  BOOST_CHECK(holds(step(plan, "dev_node", "/dev/null"), "mode=020600 rdev=0x103 owner=7:8"));
  BOOST_CHECK(holds(step(plan, "dev_node", "/dev/sda"), "mode=060666 rdev=0x800 owner=0:0"));
  BOOST_CHECK(holds(step(plan, "dev_node", "/dev/fifo"), "mode=010622 rdev=0x0"));
  BOOST_CHECK(holds(step(plan, "dev_node", "/dev/x"), "mode=020644 rdev=0x909"));
  BOOST_CHECK(steps(plan, "dev_node", "ptmx").empty());
  BOOST_CHECK_EQUAL(plan.warnings.size(), 0u);  // validate() tells
}

BOOST_AUTO_TEST_CASE(bad_devices) {
  spec::Spec spec = small_spec();
  spec.linux_->devices = {{"z", "/dev/z", 1, 3, {}, {}, {}}};
  BOOST_CHECK_EQUAL(create_error(spec).text, "invalid device type \"z\"");
  BOOST_CHECK_EQUAL(create_error(spec).where, "/linux/devices/0/type");
  spec.linux_->devices = {{"c", "/dev/z", -1, 3, {}, {}, {}}};
  BOOST_CHECK_EQUAL(create_error(spec).text, "invalid device number -1:3");
  spec.linux_->devices = {{"c", "", 1, 3, {}, {}, {}}};
  BOOST_CHECK(holds(create_error(spec).text, "invalid device path"));
}

// S131: a /dev that the configuration binds is left as it is.
BOOST_AUTO_TEST_CASE(bound_dev_is_left_alone) {
  spec::Spec spec = small_spec();
  spec.mounts = {{"/dev/", "", "/dev", {"rbind"}, {}, {}}};
  spec.linux_->devices = {{"c", "/dev/x", 1, 3, {}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK(steps(plan, "dev_node").empty());
  BOOST_CHECK(steps(plan, "symlink").empty());
  BOOST_CHECK(steps(plan, "stdio_null").empty());
}

// S133: the host's nodes, checked to be what the configuration says.
BOOST_AUTO_TEST_CASE(user_namespace_binds_nodes) {
  spec::Spec spec = with_user_namespace(small_spec());
  spec.linux_->devices = {{"b", "/dev/sda", 8, 0, {}, {}, {}},
                          {"p", "/dev/fifo", 0, 0, {}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK_EQUAL(steps(plan, "check_device").size(), 7u);
  BOOST_CHECK(holds(step(plan, "open_tree", "/dev/sda"), "no_follow"));
  BOOST_CHECK(holds(step(plan, "check_device", "/linux/devices/0"), "type=060000 rdev=0x800"));
  BOOST_CHECK(position(plan, "open_tree to=%7 path=\"/dev/sda\"") < position(plan, "clone"));
  BOOST_CHECK(holds(step(plan, "dev_node"), "/dev/fifo"));
  HostFacts nested = host_v2();
  nested.user_namespace = true;
  const Plan inner = created(small_spec(), input_of(), nested);
  BOOST_CHECK(steps(inner, "dev_node").empty());
  BOOST_CHECK(position(inner, "clone") < position(inner, "open_tree"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
