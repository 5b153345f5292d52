#include "tests/support/tap.h"

#include <boost/test/framework.hpp>
#include <boost/test/results_collector.hpp>
#include <boost/test/tree/test_unit.hpp>

#include "tests/support/proves.h"

namespace oci::test {

using namespace boost::unit_test;

namespace {

// TAP's word for a failure that is known.
constexpr const char* kKnown =
    " # TO"
    "DO ";

std::string ids_of(const test_unit& unit) {
  std::string text;
  for (const std::string& id : unit.p_labels.get()) text += (text.empty() ? "" : " ") + id;
  return text;
}

}  // namespace

void Tap::test_start(counter_t count, test_unit_id) {
  out_ << "TAP version 13\n1.." << count << "\n";
}

void Tap::test_unit_start(const test_unit& unit) {
  if (unit.p_type != TUT_CASE) return;
  skip_reason().clear();
  take_log();
}

void Tap::test_unit_finish(const test_unit& unit, unsigned long) {
  if (unit.p_type != TUT_CASE) return;
  const bool passed = results_collector.results(unit.p_id).passed();
  const std::string name = unit.full_name();
  const auto known = known_.find(name);
  const bool skipped = passed && !skip_reason().empty();
  out_ << (passed ? "ok " : "not ok ") << ++number_ << " - " << name << " [" << ids_of(unit) << "]";
  if (skipped)
    out_ << " # SKIP " << skip_reason();
  else if (known != known_.end())
    out_ << kKnown << known->second;
  out_ << "\n";
  std::istringstream log(take_log());
  if (!passed)
    for (std::string line; std::getline(log, line);) out_ << "# " << line << "\n";
  out_ << std::flush;
  if (skipped)
    ++skips_;
  else if (known != known_.end())
    ++(passed ? known_passed_ : known_failed_);
  else
    ++(passed ? passed_ : failed_);
}

void Tap::test_finish() {
  out_ << "# " << framework::master_test_suite().p_name.get() << ": " << passed_ + known_passed_
       << " passed, " << failed_ << " failed, " << skips_ << " skipped, " << known_failed_
       << " known to fail\n";
  if (known_passed_ > 0) out_ << "# " << known_passed_ << " known to fail passed\n";
  out_ << std::flush;
}

std::string Tap::take_log() {
  std::string text = log_.str();
  log_.str("");
  return text;
}

}  // namespace oci::test
