#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <map>
#include <string>

#include "lib/json/fields.h"
#include "lib/spec/config_table.h"
#include "oci/parse.h"
#include "tests/unit/spec/documents.h"

using oci::test::EngineDocument;

namespace {

// Parses, renders and parses again: both must agree, and nothing may be unknown.
template <class T, class Parse, class Render>
void round_trip(const EngineDocument& document, Parse parse, Render render) {
  oci::ParseNotes notes;
  auto first = parse(document.text, &notes);
  BOOST_REQUIRE_MESSAGE(first.ok(),
                        document.name << ": " << (first.ok() ? "" : first.error().text));
  for (const std::string& pointer : notes.unknown)
    BOOST_ERROR(document.name << ": unknown " << pointer);
  for (const std::string& pointer : notes.duplicate)
    BOOST_ERROR(document.name << ": twice " << pointer);
  const std::string text = render(*first);
  auto second = parse(text, nullptr);
  BOOST_REQUIRE_MESSAGE(second.ok(),
                        document.name << ": " << (second.ok() ? "" : second.error().text));
  BOOST_TEST(render(*second) == text, document.name);
}

// Pointer and value of every leaf, without those that rendering leaves out: null, "", 0 and false.
void leaves(const oci::json::Cursor& at, std::map<std::string, std::string>& out) {
  bool flag = false;
  std::int64_t number = 0;
  std::uint64_t natural = 0;
  std::string_view text;
  if (at.is_null()) return;
  if (at.get(flag)) {
    if (flag) out[at.pointer()] = "true";
  } else if (at.get(number)) {
    if (number != 0) out[at.pointer()] = std::to_string(number);
  } else if (at.get(natural)) {
    out[at.pointer()] = std::to_string(natural);
  } else if (at.get(text)) {
    if (!text.empty()) out[at.pointer()] = text;
  } else {
    for (std::size_t i = 0; i < at.size(); ++i) {
      const oci::json::Cursor child = at.child(i);
      leaves(child, out);
    }
  }
}

std::map<std::string, std::string> leaves_of(const std::string& text) {
  auto document = oci::json::Document::parse(text);
  BOOST_REQUIRE(document.ok());
  std::map<std::string, std::string> out;
  const oci::json::Cursor root = document->root();
  leaves(root, out);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(engine_configs)

BOOST_AUTO_TEST_CASE(all_parse_and_survive_a_round_trip) {
  std::size_t kinds[3] = {};
  for (const EngineDocument& document : oci::test::engine_documents()) {
    ++kinds[document.kind];
    switch (document.kind) {
      case EngineDocument::kConfig:
        round_trip<oci::spec::Spec>(document, oci::parse_spec, oci::render_spec);
        break;
      case EngineDocument::kProcess:
        round_trip<oci::spec::Process>(document, oci::parse_process, oci::render_process);
        break;
      case EngineDocument::kResources:
        round_trip<oci::spec::Resources>(
            document, oci::parse_resources,
            [](const oci::spec::Resources& r) { return oci::json::encode(r); });
        break;
    }
  }
  for (const std::size_t count : kinds) BOOST_TEST(count > 5u);
}

// Nothing an engine wrote gets lost on the way through the structs.
BOOST_AUTO_TEST_CASE(every_value_arrives) {
  for (const EngineDocument& document : oci::test::engine_documents()) {
    if (document.kind != EngineDocument::kConfig) continue;
    auto spec = oci::parse_spec(document.text);
    BOOST_REQUIRE(spec.ok());
    const auto before = leaves_of(document.text);
    const auto after = leaves_of(oci::render_spec(*spec));
    BOOST_TEST(before.size() > 20u);
    for (const auto& [pointer, value] : before) {
      const auto found = after.find(pointer);
      if (found == after.end())
        BOOST_ERROR(document.name << ": lost " << pointer);
      else
        BOOST_TEST(found->second == value, document.name << pointer);
    }
    BOOST_TEST(after.size() == before.size(), document.name);
  }
}

BOOST_AUTO_TEST_SUITE_END()
