// Which requirements of the specification (conformance/requirements.tsv) a case shows to be kept:
// docs/SPEC-COVERAGE.md is made of these.
#pragma once

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <vector>

namespace oci::test {

// The ids are the case's labels, too: --run_test=@S104 runs the cases of one.
class proves : public boost::unit_test::decorator::base {
 public:
  proves(std::initializer_list<const char*> ids) : ids_(ids.begin(), ids.end()) {}

 private:
  void apply(boost::unit_test::test_unit& unit) override {
    for (const std::string& id : ids_) unit.add_label(id);
  }
  boost::unit_test::decorator::base_ptr clone() const override {
    return boost::unit_test::decorator::base_ptr(new proves(*this));
  }
  std::vector<std::string> ids_;
};

// Why the case that runs can say nothing here; empty if it can.
inline std::string& skip_reason() {
  static std::string reason;
  return reason;
}

}  // namespace oci::test
