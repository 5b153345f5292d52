// What several themes need.
#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/bundle.h"
#include "tests/support/host.h"
#include "tests/support/proves.h"

// Ends the case, loudly, where it cannot run.
#define OCI_SKIP_IF(condition, why)                                     \
  do {                                                                  \
    if (condition) {                                                    \
      BOOST_TEST_MESSAGE("SKIPPED: " << why);                           \
      ::oci::test::skip_reason() = (std::ostringstream{} << why).str(); \
      return;                                                           \
    }                                                                   \
  } while (false)
// Where we differ from runc on purpose; with OCIRUN=runc the case says nothing.
#define OCI_NOT_RUNC(why) OCI_SKIP_IF(::oci::test::testing_runc(), "differs from runc: " << why)

#define OCI_REQUIRE_OK(outcome)                                             \
  do {                                                                      \
    const ::oci::test::Outcome& outcome_ = (outcome);                       \
    BOOST_REQUIRE_MESSAGE(outcome_.ok(), #outcome ": " << outcome_.text()); \
  } while (false)
#define OCI_CHECK_HAS(text, part)                              \
  do {                                                         \
    const std::string text_ = (text), part_ = (part);          \
    BOOST_CHECK_MESSAGE(::oci::test::contains(text_, part_),   \
                        "no '" << part_ << "' in: " << text_); \
  } while (false)

namespace oci::test {

using Facts = std::map<std::string, std::string>;

// Runs the probe as the container's process.
inline Facts probe(Bundle& b, const std::vector<std::string>& words = {},
                   const std::vector<std::string>& flags = {}) {
  std::vector<std::string> all{"/bin/probe"};
  all.insert(all.end(), words.begin(), words.end());
  const Outcome r = b.args(all).run(flags);
  BOOST_REQUIRE_MESSAGE(r.ok(), r.text());
  return facts(r.out);
}

// Runs a script as the container's process; its output, whatever its exit code.
inline std::string shell(Bundle& b, const std::string& script) {
  const Outcome r = b.shell(script).run();
  BOOST_CHECK_MESSAGE(r.err.empty(), r.text());
  return r.out;
}

// The error of the log line, without the quoting of the log.
inline std::string said(const Outcome& r) {
  std::string text;
  for (std::size_t i = 0; i < r.err.size(); ++i)
    if (r.err[i] != '\\' || i + 1 == r.err.size() || r.err[i + 1] != '"') text += r.err[i];
  return text;
}

// Without its last newlines.
inline std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

// A bundle for the command `update`.
class Updatable : public Bundle {
 public:
  Outcome update(std::vector<std::string> flags) const {
    flags.insert(flags.begin(), "update");
    flags.push_back(id());
    return call(flags);
  }
  Outcome update_by(const std::string& json) const {
    Command c = command({"update", "--resources", "-", id()});
    c.input = json;
    return oci::test::run(c);
  }
};

// What a container could leave behind: processes, mounts, its cgroups, its state.
class Traces {
 public:
  explicit Traces(const Bundle& bundle) : bundle_(bundle), before_(now()) {}
  // What has been added since, one a line; waits a little for the kernel to free what is dead.
  std::string left() const;

 private:
  std::set<std::string> now() const;
  const Bundle& bundle_;
  const std::set<std::string> before_;
};

}  // namespace oci::test
