#include "lib/cgroup/devices.h"

#include <boost/test/unit_test.hpp>

#include "lib/cgroup/device_bpf.h"
#include "tests/support/ebpf_evaluator.h"
#include "tests/unit/cgroup/device_rules.h"

namespace oci::cgroup {

namespace {

constexpr int kLists = 600;

spec::Resources with(std::vector<spec::DeviceCgroup> rules) {
  spec::Resources resources;
  resources.devices = std::move(rules);
  return resources;
}

std::string error_of(spec::DeviceCgroup rule) {
  const spec::Resources resources = with({std::move(rule)});
  const auto rules = effective_device_rules(&resources);
  return rules ? "no error" : rules.error().text + " at " + rules.error().where;
}

std::vector<std::string> v1_lines(std::vector<spec::DeviceCgroup> given) {
  const spec::Resources resources = with(std::move(given));
  const auto writes = v1_device_writes(effective_device_rules(&resources).value());
  if (!writes) return {writes.error().text};
  std::vector<std::string> out;
  for (const V1DeviceWrite& write : *writes)
    out.push_back((write.allow ? "allow " : "deny ") + write.value);
  return out;
}

std::uint32_t access_type(const test::Request& request) {
  return request.access << 16 | (request.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_devices)

BOOST_AUTO_TEST_CASE(errors) {  // S158
  const std::string at = " at /linux/resources/devices/0/";
  BOOST_TEST(error_of({true, "c", 1, 3, ""}) ==
             "device access at 0 field cannot be empty" + at + "access");
  BOOST_TEST(error_of({true, "q", 1, 3, "r"}) == "invalid cgroup device type \"q\"" + at + "type");
  BOOST_TEST(error_of({true, "u", 1, 3, "r"}) == "invalid cgroup device type \"u\"" + at + "type");
  BOOST_TEST(error_of({true, "c", -2, 3, "r"}) == "invalid device major number -2" + at + "major");
  BOOST_TEST(error_of({true, "c", 1, 4294967296, "r"}) ==
             "invalid device minor number 4294967296" + at + "minor");
  BOOST_TEST(error_of({true, "c", -1, 4294967295, "rxyz"}) == "no error");
}

BOOST_AUTO_TEST_CASE(default_rules_stay_at_the_end) {  // S305
  const spec::Resources resources = with({{false, "", {}, {}, "rwm"}, {false, "c", 1, 3, "rwm"}});
  const auto rules = effective_device_rules(&resources).value();
  const auto defaults = effective_device_rules(nullptr).value();
  BOOST_REQUIRE(rules.size() == defaults.size() + 1);
  BOOST_TEST(std::equal(defaults.begin() + 1, defaults.end(), rules.begin() + 2));
}

BOOST_AUTO_TEST_CASE(everything) {
  BOOST_TEST(v1_lines({{true, "", {}, {}, "rwm"}}) == (std::vector<std::string>{"allow a"}));
  BOOST_TEST(v1_lines({{false, "a", {}, {}, "rwm"}}).size() == 12u);
  BOOST_TEST(v1_lines({{true, "", {}, {}, "rwm"}, {false, "c", 10, 229, "rwm"}}) ==
             (std::vector<std::string>{"allow a", "deny c 10:229 rw"}));
}

// The kernel's own `a` ignores numbers and letters: `a 10:200 r` must not open everything.
BOOST_AUTO_TEST_CASE(all_types_with_numbers_or_letters_is_not_everything) {
  const auto lines = v1_lines({{true, "a", 60, 3, "r"}});
  BOOST_TEST(lines[0] == "deny a");
  BOOST_TEST(std::count(lines.begin(), lines.end(), "allow b 60:3 r") == 1);
  BOOST_TEST(std::count(lines.begin(), lines.end(), "allow c 60:3 r") == 1);
}

// open(2) asks for both letters at once, mknod(2) for its own alone.
BOOST_AUTO_TEST_CASE(v1_exceptions_have_the_letters_that_are_asked_for_together) {
  const auto lines = v1_lines({{true, "c", 60, {}, "w"},
                               {true, "c", 60, 3, "r"},
                               {true, "c", 60, 5, "m"},
                               {true, "b", 8, 20, "rw"}});
  for (const char* line :
       {"allow c 60:* w", "allow c 60:3 rw", "allow c 60:5 m", "allow b 8:20 rw"})
    BOOST_TEST(std::count(lines.begin(), lines.end(), line) == 1, line);
}

BOOST_AUTO_TEST_CASE(v1_has_no_exceptions_from_exceptions) {
  BOOST_TEST(
      v1_lines({{true, "c", 60, {}, "rwm"}, {false, "c", 60, 3, "w"}}) ==
      (std::vector<std::string>{
          "requested rule [c 60:3 w] not supported by devices cgroupv1 (cannot punch hole in "
          "existing wildcard rule [c 60:* rwm])"}));
}

BOOST_AUTO_TEST_CASE(program_equals_the_reference) {
  std::mt19937 random(1);
  const auto requests = test::all_requests();
  int allowed = 0;
  for (int i = 0; i < kLists; ++i) {
    const auto user = test::random_rules(random);
    const spec::Resources resources = with(user);
    const auto program = compile_device_program(effective_device_rules(&resources).value());
    const oci::test::EbpfEvaluator evaluator(program);
    for (const test::Request& request : requests) {
      const bool expected = test::reference(user, request);
      allowed += expected ? 1 : 0;
      const bool answer = evaluator.run({access_type(request), request.major, request.minor}) != 0;
      if (answer != expected) BOOST_FAIL(test::shown(user) << " for " << test::shown(request));
    }
  }
  // The lists must be worth it.
  BOOST_TEST(allowed > kLists * 10);
  BOOST_TEST(allowed < kLists * static_cast<int>(requests.size()) * 9 / 10);
}

BOOST_AUTO_TEST_CASE(numbers_above_two_to_the_31) {
  const spec::Resources resources = with({{true, "c", 4294967295, 2147483648, "rwm"}});
  const auto program = compile_device_program(effective_device_rules(&resources).value());
  const oci::test::EbpfEvaluator evaluator(program);
  BOOST_TEST(evaluator.run({kAccessRead << 16 | BPF_DEVCG_DEV_CHAR, 4294967295, 2147483648}) == 1u);
  BOOST_TEST(evaluator.run({kAccessRead << 16 | BPF_DEVCG_DEV_CHAR, 4294967295, 2147483647}) == 0u);
}

// v1 may refuse a list, but what it takes grants each letter as the reference does, and no
// combination of letters more.
BOOST_AUTO_TEST_CASE(v1_writes_equal_the_reference) {
  std::mt19937 random(2);
  const auto requests = test::all_requests();
  int taken = 0;
  for (int i = 0; i < kLists; ++i) {
    const auto user = test::random_rules(random);
    const spec::Resources resources = with(user);
    const auto writes = v1_device_writes(effective_device_rules(&resources).value());
    if (!writes) continue;
    ++taken;
    test::V1Kernel kernel;
    for (const V1DeviceWrite& write : *writes) kernel.write(write.allow, write.value);
    for (const test::Request& request : requests) {
      const bool expected = test::reference(user, request), answer = kernel.allows(request);
      const bool single = (request.access & (request.access - 1)) == 0;
      if (single ? answer != expected : answer && !expected)
        BOOST_FAIL(test::shown(user) << " for " << test::shown(request));
    }
  }
  BOOST_TEST(taken > kLists / 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
