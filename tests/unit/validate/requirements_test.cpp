#include "lib/validate/requirements.h"

#include <map>
#include <set>
#include <string>

#include "lib/validate/rules.h"
#include "tests/unit/validate/support.h"

using namespace oci;
using namespace oci::validate_rules;

namespace {

std::vector<Requirement> all() {
  std::vector<Requirement> out;
  for (const auto list : {config_requirements(), linux_requirements(), rest_requirements()})
    out.insert(out.end(), list.begin(), list.end());
  return out;
}

template <class Rules>
void collect(const Rules& rules, std::map<std::string, std::string>& out) {
  for (const auto& rule : rules) {
    const auto [known, fresh] = out.emplace(rule.id, rule.anchor);
    BOOST_TEST(known->second == rule.anchor, rule.id << " has two anchors");
  }
}

// Requirement and anchor of all rules of this room.
std::map<std::string, std::string> rules() {
  std::map<std::string, std::string> out;
  collect(head_rules(), out);
  collect(process_rules(), out);
  collect(config_rules(), out);
  collect(id_map_rules(), out);
  collect(sysctl_rules(), out);
  collect(resource_rules(), out);
  collect(namespace_rules(), out);
  collect(device_rules(), out);
  collect(seccomp_rules(), out);
  collect(linux_rules(), out);
  collect(config_advice(), out);
  collect(mount_advice(), out);
  collect(linux_advice(), out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(requirements)

// S001 to S266 and S304 to S306 are about configurations; the others about operations and features.
BOOST_AUTO_TEST_CASE(every_row_stands_once_with_its_judges) {
  std::set<std::string> ids;
  for (const Requirement& r : all()) {
    BOOST_TEST(ids.insert(std::string(r.id)).second, r.id << " stands twice");
    BOOST_TEST(r.judges != 0u, r.id);
    BOOST_TEST(!r.text.empty(), r.id);
    BOOST_TEST(r.anchor.find(".md") != std::string_view::npos, r.id);
    BOOST_TEST((r.pointer.empty() || r.pointer[0] == '/'), r.id);
  }
  const auto number = [](int n) {
    return (n < 10 ? "S00" : n < 100 ? "S0" : "S") + std::to_string(n);
  };
  for (int n = 1; n <= 306; ++n)
    if (n <= 266 || n >= 304) BOOST_TEST(ids.contains(number(n)), number(n));
  BOOST_TEST(ids.size() == 269u);
}

BOOST_AUTO_TEST_CASE(rules_and_rows_agree) {
  // One rule for several rows.
  const std::map<std::string, std::string> shared = {
      {"S047", "S022"}, {"S048", "S022"}, {"S084", "S083"}, {"S177", "S176"},
      {"S178", "S176"}, {"S220", "S213"}, {"S265", "S264"}};
  const auto by_id = rules();
  for (const auto& [id, anchor] : by_id) {
    const Requirement* r = find_requirement(id);
    BOOST_REQUIRE_MESSAGE(r != nullptr, id << " is no row");
    BOOST_TEST(r->anchor == anchor, id);
    BOOST_TEST((r->judges & kRule) != 0u, id << " has a rule");
  }
  for (const Requirement& r : all()) {
    const auto other = shared.find(std::string(r.id));
    const std::string id = other == shared.end() ? std::string(r.id) : other->second;
    if ((r.judges & kRule) != 0) BOOST_TEST(by_id.contains(id), r.id << " has no rule");
  }
}

BOOST_AUTO_TEST_CASE(by_pointer) {
  const auto at = [](const char* pointer) { return requirement_at(pointer).id; };
  BOOST_TEST(at("/process/rlimits/3/type") == "S073");
  BOOST_TEST(at("/mounts/0/options/1") == "S050");
  BOOST_TEST(at("/mounts/0") == "S022");
  BOOST_TEST(at("/mounts") == "S017");
  BOOST_TEST(at("/linux/resources/memory/swap") == "S164");
  BOOST_TEST(at("/linux/resources/memory/limit") == "S162");
  BOOST_TEST(at("/linux/resources/memoryX") == "S187");
  BOOST_TEST(at("/windows/x") == "S099");
  BOOST_TEST(at("/other") == "S006");
  BOOST_TEST(at("") == "S006");
}

BOOST_AUTO_TEST_CASE(words) {
  BOOST_TEST(level_name(Level::kError) == "error");
  BOOST_TEST(duty_name(Duty::kShould) == "should");
  BOOST_TEST(scope_name(Scope::kRuntime) == "runtime");
}

BOOST_AUTO_TEST_SUITE_END()
