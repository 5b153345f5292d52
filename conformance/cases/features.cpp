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

BOOST_AUTO_TEST_CASE(security_modules, *proves({"S296"})) {
  const auto document = features();
  SKIP_IF(!document.IsObject(), "the runtime has no command features");
  for (const char* pointer : {"/linux/apparmor/enabled", "/linux/selinux/enabled"}) {
    const rapidjson::Value* enabled = rapidjson::Pointer(pointer).Get(document);
    BOOST_TEST((enabled != nullptr && enabled->IsBool()), pointer);
  }
}

BOOST_AUTO_TEST_CASE(later_parts, *proves({"S297", "S298", "S299", "S300"})) {
  const auto document = features();
  SKIP_IF(!document.IsObject(), "the runtime has no command features");
  SKIP_IF(rapidjson::Pointer("/linux/mountExtensions").Get(document) == nullptr,
          "a version without them");
  for (const char* pointer : {"/linux/intelRdt/enabled", "/linux/mountExtensions/idmap/enabled",
                              "/linux/netDevices/enabled"}) {
    const rapidjson::Value* enabled = rapidjson::Pointer(pointer).Get(document);
    BOOST_TEST((enabled != nullptr && enabled->IsBool()), pointer);
  }
  BOOST_TEST(lists(document, "/linux/memoryPolicy/modes", "MPOL_BIND"));
  BOOST_TEST(lists(document, "/linux/memoryPolicy/flags", "MPOL_F_STATIC_NODES"));
}

BOOST_AUTO_TEST_CASE(annotations_are_texts, *proves({"S265", "S301", "S302"})) {
  const auto document = features();
  SKIP_IF(!document.IsObject(), "the runtime has no command features");
  BOOST_REQUIRE((document.HasMember("annotations") && document["annotations"].IsObject()));
  for (const auto& entry : document["annotations"].GetObject())
    BOOST_TEST(entry.value.IsString(), entry.name.GetString());
  const auto unsafe = document.FindMember("potentiallyUnsafeConfigAnnotations");
  if (unsafe == document.MemberEnd()) return;
  for (const auto& entry : unsafe->value.GetArray()) BOOST_TEST(entry.IsString());
}

BOOST_AUTO_TEST_SUITE_END()
