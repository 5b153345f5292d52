#include "oci/validate.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "lib/validate/rules.h"
#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Spec;

namespace {

using Name = std::pair<std::string, Level>;

template <class Rules>
void collect(const Rules& rules, std::set<Name>& out) {
  for (const auto& rule : rules) out.emplace(rule.id, rule.level);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(validation)

BOOST_AUTO_TEST_CASE(a_good_spec_has_no_findings) {
  test::check_clean([](Spec&) {});
}

// No rule without a case that shows it.
BOOST_AUTO_TEST_CASE(every_rule_is_tested) {
  std::set<Name> rules, tested;
  collect(validate_rules::head_rules(), rules);
  collect(validate_rules::process_rules(), rules);
  collect(validate_rules::config_rules(), rules);
  collect(validate_rules::id_map_rules(), rules);
  collect(validate_rules::sysctl_rules(), rules);
  collect(validate_rules::resource_rules(), rules);
  collect(validate_rules::namespace_rules(), rules);
  collect(validate_rules::device_rules(), rules);
  collect(validate_rules::seccomp_rules(), rules);
  collect(validate_rules::linux_rules(), rules);
  collect(validate_rules::config_advice(), rules);
  collect(validate_rules::mount_advice(), rules);
  collect(validate_rules::linux_advice(), rules);
  for (const auto& cases : {test::process_cases(), test::config_cases(), test::linux_cases(),
                            test::resource_cases(), test::seccomp_cases(), test::advice_cases()})
    for (const test::Case& c : cases) tested.emplace(c.requirement, c.level);
  BOOST_TEST(rules.size() > 50u);
  for (const auto& [id, level] : rules)
    BOOST_TEST(tested.count({id, level}) == 1u,
               id << (level == Level::kError ? " error" : " warning"));
}

BOOST_AUTO_TEST_CASE(all_findings_at_once_in_document_order) {
  Spec spec = test::good_spec();
  spec.process->cwd = "x";
  spec.root.reset();
  spec.hostname = "h";
  spec.mounts = {{"", "", "", {}, {}, {}}};
  spec.linux_->uid_mappings = {{0, 0, 1}};
  spec.linux_->resources.emplace().unified["a/b"] = "";
  spec.linux_->seccomp.emplace().default_action = "X";
  spec.linux_->rootfs_propagation = "bogus";
  test::drop_namespace(spec, "uts");
  const char* expected[] = {"/process/cwd",
                            "/root",
                            "/hostname",
                            "/mounts/0/destination",
                            "/linux/uidMappings",
                            "/linux/resources/unified/a~1b",
                            "/linux/seccomp/defaultAction",
                            "/linux/rootfsPropagation"};
  const std::vector<Finding> findings = validate(spec);
  BOOST_REQUIRE(findings.size() == std::size(expected));
  for (std::size_t i = 0; i < findings.size(); ++i) BOOST_TEST(findings[i].pointer == expected[i]);
}

BOOST_AUTO_TEST_CASE(first_error_passes_over_warnings) {
  const Finding warning{Level::kWarning, "S1", "a.md#b", "/w", "careful"};
  const Finding error{Level::kError, "S2", "a.md#b", "/e", "wrong"};
  BOOST_TEST(first_error({}).ok());
  BOOST_TEST(first_error({warning}).ok());
  const Status status = first_error({warning, error, {Level::kError, "S3", "", "/x", "worse"}});
  BOOST_REQUIRE(!status.ok());
  BOOST_TEST(status.error().text == "wrong");
  BOOST_TEST(status.error().where == "/e");
  BOOST_TEST((status.error().code == Code::kInvalidConfig));
}

BOOST_AUTO_TEST_CASE(container_ids) {
  for (const char* good : {"a", "A-Z_0.9+x", "-x", "...", "..a"})
    BOOST_TEST(check_container_id(good).ok(), good);
  BOOST_TEST(check_container_id(std::string(1024, 'a')).ok());
  for (const std::string& bad :
       {std::string("."), std::string(".."), std::string("a/b"), std::string("a b"),
        std::string("\xc3\xa4"), std::string("a\0b", 3), std::string("a:b"),
        std::string(1025, 'a')}) {
    const Status status = check_container_id(bad);
    BOOST_REQUIRE_MESSAGE(!status.ok(), bad);
    BOOST_TEST(status.error().text == "invalid container ID format");
    BOOST_TEST((status.error().code == Code::kInvalidArgument));
  }
  BOOST_REQUIRE(!check_container_id("").ok());
  BOOST_TEST(check_container_id("").error().text == "container id cannot be empty");
}

BOOST_AUTO_TEST_SUITE_END()
