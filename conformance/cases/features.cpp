// The features document. Spec: features.md
#include <unistd.h>

#include "conformance/suite.h"

using namespace oci::conformance;

namespace {

rapidjson::Document features() {
  rapidjson::Document document;
  const Outcome said = oci::test::run({.argv = {runtime(), "features"}, .cwd = "/"});
  if (said.ok()) document.Parse(said.out.c_str());
  return document;
}

bool lists(const rapidjson::Document& document, const char* pointer, const char* word) {
  const rapidjson::Value* list = rapidjson::Pointer(pointer).Get(document);
  if (list == nullptr || !list->IsArray()) return false;
  for (const auto& entry : list->GetArray())
    if (entry.IsString() && std::string(entry.GetString()) == word) return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(features_document)

BOOST_AUTO_TEST_CASE(versions, *proves({"S289", "S303"})) {
  const auto document = features();
  SKIP_IF(!document.IsObject(), "the runtime has no command features");
  for (const char* key : {"ociVersionMin", "ociVersionMax"}) {
    BOOST_REQUIRE(document.HasMember(key));
    BOOST_TEST(std::string(document[key].GetString()).rfind("1.", 0) == 0, key);
  }
}

BOOST_AUTO_TEST_CASE(words, *proves({"S290", "S291", "S292", "S293", "S294", "S295"})) {
  const auto document = features();
  SKIP_IF(!document.IsObject(), "the runtime has no command features");
  BOOST_TEST(lists(document, "/hooks", "createContainer"));
  BOOST_TEST(lists(document, "/mountOptions", "nosuid"));
  BOOST_TEST(lists(document, "/linux/namespaces", "mount"));
  BOOST_TEST(lists(document, "/linux/capabilities", "CAP_KILL"));
  BOOST_TEST(lists(document, "/linux/seccomp/actions", "SCMP_ACT_ALLOW"));
  BOOST_TEST((rapidjson::Pointer("/linux/cgroup/v1").Get(document) != nullptr));
}

BOOST_AUTO_TEST_SUITE_END()
