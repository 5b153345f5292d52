// Writes what happens as TAP: one line a case with the requirements it names, its messages as
// comments.
#pragma once

#include <boost/test/tree/observer.hpp>
#include <map>
#include <ostream>
#include <sstream>
#include <string>

namespace oci::test {

class Tap : public boost::unit_test::test_observer {
 public:
  // `known`: case -> why the runtime under test is known to fail it.
  Tap(std::ostream& out, std::map<std::string, std::string> known)
      : out_(out), known_(std::move(known)) {}

  // Where Boost.Test's own log has to go for the messages to be in it.
  std::ostream& log() { return log_; }
  int failed() const { return failed_; }

  void test_start(boost::unit_test::counter_t count, boost::unit_test::test_unit_id) override;
  void test_unit_start(const boost::unit_test::test_unit& unit) override;
  void test_unit_finish(const boost::unit_test::test_unit& unit, unsigned long) override;
  void test_finish() override;

 private:
  std::string take_log();

  std::ostream& out_;
  std::map<std::string, std::string> known_;
  std::ostringstream log_;
  int number_ = 0, passed_ = 0, failed_ = 0, skips_ = 0, known_failed_ = 0, known_passed_ = 0;
};

}  // namespace oci::test
