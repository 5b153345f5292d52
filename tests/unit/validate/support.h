// A spec without findings, and cases that break one rule each.
#pragma once

#include <boost/test/unit_test.hpp>
#include <functional>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "oci/validate.h"
#include "tests/support/good_spec.h"

namespace oci {

inline std::ostream& operator<<(std::ostream& out, const Finding& f) {
  return out << (f.level == Level::kError ? "error " : "warning ") << f.requirement << " "
             << f.pointer << ": " << f.text << " (" << f.anchor << ")";
}

namespace test {

inline void drop_namespace(spec::Spec& spec, const std::string& type) {
  std::erase_if(spec.linux_->namespaces,
                [&](const spec::Namespace& ns) { return ns.type == type; });
}

// A user namespace of our own with ids 0 to 999.
inline void add_user_namespace(spec::Spec& spec) {
  spec.linux_->namespaces.push_back({"user", ""});
  spec.linux_->uid_mappings = {{0, 100000, 1000}};
  spec.linux_->gid_mappings = {{0, 100000, 1000}};
}

struct Case {
  std::function<void(spec::Spec&)> change;
  Level level;
  std::string requirement;
  std::string pointer;
  std::string text;
};

// The change must give this finding; findings of other rules may stand beside it.
inline void check_case(const Case& c) {
  spec::Spec spec = good_spec();
  c.change(spec);
  std::vector<Finding> findings = validate(spec);
  for (Finding& f : advise(spec)) findings.push_back(std::move(f));
  std::string all;
  for (const Finding& f : findings) {
    if (f.level == c.level && f.requirement == c.requirement && f.pointer == c.pointer &&
        f.text == c.text) {
      BOOST_TEST(f.anchor.find(".md#") != std::string::npos);
      BOOST_TEST(!f.rule.empty());
      BOOST_TEST((f.scope == Scope::kSpec));
      return;
    }
    std::ostringstream line;
    line << "\n  " << f;
    all += line.str();
  }
  BOOST_ERROR(c.requirement << " " << c.pointer << ": " << c.text << " not found, but:" << all);
}

// The change must be without any finding.
inline void check_clean(const std::function<void(spec::Spec&)>& change) {
  spec::Spec spec = good_spec();
  change(spec);
  for (const Finding& f : validate(spec)) BOOST_ERROR("unexpected " << f);
}

std::vector<Case> process_cases();
std::vector<Case> config_cases();
std::vector<Case> linux_cases();
std::vector<Case> resource_cases();
std::vector<Case> seccomp_cases();
std::vector<Case> advice_cases();

}  // namespace test
}  // namespace oci
