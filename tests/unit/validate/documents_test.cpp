// Whole documents through parsing and validation. Needs the spec room beside validate: built where
// the build says that it is linked (OCI_TEST_WITH_SPEC).
#include <boost/test/unit_test.hpp>

#ifndef OCI_TEST_WITH_SPEC

BOOST_AUTO_TEST_SUITE(documents)
BOOST_AUTO_TEST_CASE(need_the_spec_room) {
  BOOST_TEST_MESSAGE(
      "SKIPPED: whole documents; this build does not link oci_spec to unit_validate");
}
BOOST_AUTO_TEST_SUITE_END()

#else

#include <map>
#include <string>

#include "oci/parse.h"
#include "oci/validate.h"
#include "tests/unit/spec/documents.h"
#include "tests/unit/spec/schema.h"

using namespace oci;
using oci::test::EngineDocument;

namespace {

// The first reason against the document; empty where there is none.
std::string reason(const std::string& text) {
  auto spec = parse_spec(text);
  if (!spec) return spec.error().text;
  const Status status = first_error(validate(*spec));
  return status ? "" : status.error().text;
}

std::string process_reason(const std::string& text) {
  auto process = parse_process(text);
  if (!process) return process.error().text;
  const Status status = first_error(validate_process(*process));
  return status ? "" : status.error().text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(documents)

BOOST_AUTO_TEST_CASE(engines_break_no_rule) {
  for (const EngineDocument& document : test::engine_documents()) {
    if (document.kind == EngineDocument::kConfig)
      BOOST_TEST(reason(document.text) == "", document.name);
    if (document.kind == EngineDocument::kProcess)
      BOOST_TEST(process_reason(document.text) == "", document.name);
  }
}

BOOST_AUTO_TEST_CASE(default_configs_have_no_findings) {
  for (const bool rootless : {false, true})
    for (const bool cgroup : {false, true}) {
      auto spec = parse_spec(default_config(cgroup, rootless, 1000, 1000));
      BOOST_REQUIRE(spec.ok());
      for (const Finding& finding : validate(*spec))
        BOOST_ERROR(finding.pointer << ": " << finding.text);
    }
}

// Good by the schema, yet no container is made of them: why each is refused.
BOOST_AUTO_TEST_CASE(good_samples_of_the_spec) {
  const auto dir = test::spec_fixtures();
  if (dir.empty()) {
    BOOST_TEST_MESSAGE(
        "SKIPPED: no runtime-spec samples; set OCI_SPEC_FIXTURES to their directory");
    return;
  }
  const std::string no_process = "process property must not be empty";
  const std::string old_version = "unsupported ociVersion \"0.5.0-dev\": only 1.x is known";
  const std::map<std::string, std::string> refused = {
      {"spec-example.json", old_version},
      {"zos-example.json", old_version},
      {"freebsd-example.json", "unable to set hostname without a private UTS namespace"},
      {"linux-netdevice.json", no_process},
      {"linux-rdma.json", no_process},
      {"minimal.json", no_process},
      {"freebsd-minimal.json", no_process},
      {"zos-minimal.json", no_process},
  };
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir / "test/config/good")) {
    const std::string name = entry.path().filename();
    const std::string text = test::read_text(entry.path());
    ParseNotes notes;
    auto spec = parse_spec(text, &notes);
    BOOST_TEST(spec.ok(), name << ": " << (spec.ok() ? "" : spec.error().text));
    // The one leftover of an older spec.
    for (const std::string& pointer : notes.unknown)
      BOOST_TEST(pointer == "/linux/resources/oomScoreAdj", name << ": unknown " << pointer);
    const auto known = refused.find(name);
    BOOST_TEST(reason(text) == (known == refused.end() ? "" : known->second), name);
    ++seen;
  }
  BOOST_TEST(seen >= 9u);
}

BOOST_AUTO_TEST_CASE(bad_samples_of_the_spec) {
  const auto dir = test::spec_fixtures();
  if (dir.empty()) {
    BOOST_TEST_MESSAGE(
        "SKIPPED: no runtime-spec samples; set OCI_SPEC_FIXTURES to their directory");
    return;
  }
  // A process makes the rest of the sample count.
  const std::string process = R"({"process":{"cwd":"/","args":["a"]},)";
  const std::map<std::string, std::string> reasons = {
      {"invalid-json.json", "invalid character ']' looking for beginning of object key string"},
      {"linux-hugepage.json", "invalid hugepage size \"64kB\""},
      {"linux-netdevice.json", "/linux/netDevices/eth0/name: expected a string, found number 23"},
      {"linux-rdma.json",
       "/linux/resources/rdma/mlx5_1/hcaHandles: expected an unsigned 32-bit integer, found "
       "string \"not a uint32\""},
      // Tolerated: other platforms' blocks are not looked at, so that templates can be shared.
      {"freebsd-vnet-disable.json", ""},
  };
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir / "test/config/bad")) {
    const std::string name = entry.path().filename();
    std::string text = test::read_text(entry.path());
    text.replace(text.find('{'), 1, name == "invalid-json.json" ? "{" : process);
    const auto expected = reasons.find(name);
    BOOST_REQUIRE_MESSAGE(expected != reasons.end(), name << " is new: say why it is refused");
    const std::string found = reason(text);
    BOOST_TEST(found.substr(0, expected->second.size()) == expected->second, name);
    if (expected->second.empty()) BOOST_TEST(found == "", name);
    ++seen;
  }
  BOOST_TEST(seen == reasons.size());
}

BOOST_AUTO_TEST_SUITE_END()

#endif
