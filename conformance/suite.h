// What every case of the suite uses.
#pragma once

#include <boost/test/unit_test.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "conformance/container.h"
#include "tests/support/host.h"

namespace oci::conformance {

// The requirements (requirements.tsv) that a case shows to be kept. They are its labels, too:
// --run_test=@S104 runs the cases of one.
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

// Why the case that runs cannot say anything here.
void skip(const std::string& reason);

}  // namespace oci::conformance

// Ends the case where it cannot run.
#define SKIP_IF(condition, why)      \
  do {                               \
    if (condition) {                 \
      ::oci::conformance::skip(why); \
      return;                        \
    }                                \
  } while (false)

#define REQUIRE_OK(outcome)                                                 \
  do {                                                                      \
    const ::oci::conformance::Outcome& outcome_ = (outcome);                \
    BOOST_REQUIRE_MESSAGE(outcome_.ok(), #outcome ": " << outcome_.text()); \
  } while (false)

#define CHECK_HAS(text, part)                                  \
  do {                                                         \
    const std::string text_ = (text), part_ = (part);          \
    BOOST_CHECK_MESSAGE(::oci::test::contains(text_, part_),   \
                        "no '" << part_ << "' in: " << text_); \
  } while (false)
