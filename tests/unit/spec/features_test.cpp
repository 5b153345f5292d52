#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "lib/json/reader.h"
#include "lib/spec/features.h"
#include "lib/words/seccomp.h"
#include "oci/version.h"
#include "tests/support/proves.h"

using oci::json::Cursor;
using oci::json::Document;

namespace {

// The strings of the array at the end of these names.
std::vector<std::string> list(const Cursor& at, std::vector<const char*> names) {
  if (names.empty()) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < at.size(); ++i) {
      std::string_view text;
      BOOST_REQUIRE(at.child(i).get(text));
      out.emplace_back(text);
    }
    return out;
  }
  const auto next = at.find(names.front());
  BOOST_REQUIRE_MESSAGE(next, names.front());
  names.erase(names.begin());
  return list(*next, names);
}

bool has(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

constexpr std::uint32_t kUnknownToken = oci::words::kSeccompArchs[2].token;

std::string features() {
  return oci::spec::render_features(
      {[](std::uint32_t token) { return token != kUnknownToken; },
       [](std::uint32_t flag) { return flag != oci::words::kFilterFlagWaitKillableRecv; }});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(features_document)

BOOST_AUTO_TEST_CASE(parts_that_are_carried_out, *oci::test::proves({"S297", "S300"})) {
  auto document = Document::parse(features());
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  const auto block = root.find("linux");
  BOOST_REQUIRE(block);
  const auto is_true = [&](const char* name, const char* key) {
    const auto part = block->find(name);
    const auto at = part ? part->find(key) : std::nullopt;
    bool value = false;
    return at && at->get(value) && value;
  };
  BOOST_TEST(is_true("netDevices", "enabled"));
  for (const char* key : {"enabled", "schemata", "monitoring"})
    BOOST_TEST(is_true("intelRdt", key), key);
}

BOOST_AUTO_TEST_CASE(lists_come_from_the_tables,
                     *oci::test::proves({"S290", "S291", "S292", "S293", "S295", "S298"})) {
  auto document = Document::parse(features());
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  BOOST_TEST(list(root, {"hooks"}).size() == 6u);
  const auto options = list(root, {"mountOptions"});
  BOOST_TEST(std::is_sorted(options.begin(), options.end()));
  for (const char* word : {"defaults", "rro", "rbind", "tmpcopyup", "nosymfollow"})
    BOOST_TEST(has(options, word), word);
  BOOST_TEST(list(root, {"linux", "namespaces"}).size() == 8u);
  BOOST_TEST(list(root, {"linux", "capabilities"}).size() == 41u);
  BOOST_TEST(list(root, {"linux", "seccomp", "actions"}).size() == 9u);
  BOOST_TEST(list(root, {"linux", "seccomp", "operators"}).size() == 7u);
  const auto archs = list(root, {"linux", "seccomp", "archs"});
  BOOST_TEST(archs.size() == 22u);
  BOOST_TEST(!has(archs, "SCMP_ARCH_LOONGARCH64"));
  BOOST_TEST(has(list(root, {"linux", "seccomp", "supportedFlags"}), "SECCOMP_FILTER_FLAG_LOG"));
  BOOST_TEST(list(root, {"linux", "memoryPolicy", "modes"}).size() == 7u);
  BOOST_TEST(list(root, {"linux", "memoryPolicy", "flags"}).size() == 3u);
}

BOOST_AUTO_TEST_CASE(versions_and_shape) {
  const std::string text = features();
  BOOST_TEST(text.starts_with("{\n    \"ociVersionMin\": \"1.0.0\",\n    \"ociVersionMax\": \"" +
                              std::string(oci::kSpecVersion) +
                              "\",\n    \"hooks\": [\n        \"prestart\""));
  BOOST_TEST(text.ends_with("\n}"));
}

// Engines take the document at its word: what create refuses must not be in it.
BOOST_AUTO_TEST_CASE(what_is_refused_is_not_announced) {
  const std::string text = features();
  auto document = Document::parse(text);
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  BOOST_TEST(!has(list(root, {"linux", "seccomp", "supportedFlags"}),
                  "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"));
  BOOST_TEST(has(list(root, {"linux", "seccomp", "knownFlags"}),
                 "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"));
}

// S299: what engines look at before they give a container a user namespace.
BOOST_AUTO_TEST_CASE(id_mapped_mounts_are_announced) {
  const std::string text = features();
  auto document = Document::parse(text);
  BOOST_REQUIRE(document.ok());
  for (const char* word : {"idmap", "ridmap"})
    BOOST_TEST(has(list(document->root(), {"mountOptions"}), word), word);
  BOOST_TEST(text.find("\"idmap\": {\n                \"enabled\": true") != std::string::npos);
}

// What an engine must not let a user of it set (config.md#annotations).
BOOST_AUTO_TEST_CASE(annotations_that_act_are_named, *oci::test::proves({"S266", "S302"})) {
  auto document = Document::parse(features());
  BOOST_REQUIRE(document.ok());
  const auto unsafe = list(document->root(), {"potentiallyUnsafeConfigAnnotations"});
  BOOST_TEST(unsafe.size() == 2u);
  BOOST_TEST(has(unsafe, "run.oci.pidfd_receiver"));
}

BOOST_AUTO_TEST_SUITE_END()
