#include "tests/unit/spec/schema.h"

#include <boost/test/unit_test.hpp>
#include <string>

#include "oci/parse.h"

using oci::test::SchemaWalk;
using oci::test::Way;

namespace {

const std::set<std::string> kOtherPlatforms = {"solaris", "windows", "vm", "zos", "freebsd"};

// The smallest document that has `leaf` at the end of the way.
std::string document(const Way& way, const std::string& leaf) {
  std::string before, after;
  for (const std::string& step : way) {
    if (step == "[]") {
      before += "[";
      after.insert(0, "]");
    } else {
      before += "{\"" + step + "\":";
      after.insert(0, "}");
    }
  }
  return before + leaf + after;
}

std::string shown(const Way& way) {
  std::string out;
  for (const std::string& step : way) out += "/" + step;
  return out;
}

// True when the field tables know the member and look at its value: some type is refused.
bool has_row(const Way& way) {
  oci::ParseNotes notes;
  auto known = oci::parse_spec(document(way, "null"), &notes);
  BOOST_REQUIRE_MESSAGE(known.ok(), shown(way) << ": " << (known.ok() ? "" : known.error().text));
  if (!notes.unknown.empty()) return false;
  for (const char* value : {"true", "0", "\"x\"", "[]", "{}"})
    if (!oci::parse_spec(document(way, value)).ok()) return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema)

BOOST_AUTO_TEST_CASE(every_property_has_a_row) {
  const auto dir = oci::test::spec_fixtures();
  if (dir.empty()) {
    BOOST_TEST_MESSAGE("SKIPPED: no runtime-spec schema; set OCI_SPEC_FIXTURES to its directory");
    return;
  }
  const auto common = SchemaWalk(dir).properties("config-schema.json", kOtherPlatforms);
  std::size_t below_linux = 0;
  for (const Way& way : common) {
    below_linux += way[0] == "linux";
    BOOST_TEST(has_row(way), shown(way));
  }
  // The walk itself: it went through references, arrays, maps and allOf.
  BOOST_TEST(common.size() > 150u);
  BOOST_TEST(below_linux > 90u);
  for (const Way& way :
       {Way{"hooks", "prestart", "[]", "timeout"}, Way{"linux", "netDevices", "key", "name"},
        Way{"linux", "resources", "blockIO", "throttleReadBpsDevice", "[]", "rate"},
        Way{"linux", "seccomp", "syscalls", "[]", "args", "[]", "valueTwo"},
        Way{"linux", "timeOffsets", "boottime", "secs"}})
    BOOST_TEST(common.count(way) == 1u, shown(way));
}

BOOST_AUTO_TEST_CASE(the_check_can_fail) {
  BOOST_TEST(!has_row({"process", "user", "shoeSize"}));
  BOOST_TEST(!has_row({"windows"}));
}

BOOST_AUTO_TEST_CASE(platform_blocks_are_known) {
  for (const std::string& name : kOtherPlatforms) {
    oci::ParseNotes notes;
    BOOST_TEST(oci::parse_spec(document({name, "a", "[]", "b"}, "1"), &notes).ok(), name);
    BOOST_TEST(notes.unknown.empty(), name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
