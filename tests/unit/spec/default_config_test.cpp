#include <boost/test/unit_test.hpp>
#include <string>

#include "oci/parse.h"
#include "oci/version.h"
#include "tests/unit/spec/documents.h"

using oci::spec::Strings;

namespace {

oci::spec::Spec parsed(bool cgroup_namespace, bool rootless) {
  oci::ParseNotes notes;
  auto spec = oci::parse_spec(oci::default_config(cgroup_namespace, rootless, 1000, 1001), &notes);
  BOOST_REQUIRE(spec.ok());
  BOOST_TEST(notes.unknown.empty());
  return spec.take();
}

std::string types(const oci::spec::Spec& spec) {
  std::string out;
  for (const auto& ns : spec.linux_->namespaces) out += ns.type + " ";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(default_config)

// The file is what runc 1.1.5 wrote, with the two changes of 1.5.1: the version and no ambient set.
BOOST_AUTO_TEST_CASE(equals_runc_byte_for_byte) {
  const std::string dir = std::string(OCI_SOURCE_DIR) + "/tests/unit/spec/golden/";
  BOOST_TEST(oci::default_config(false, false, 0, 0) == oci::test::read_text(dir + "spec.json"));
  BOOST_TEST(oci::default_config(false, true, 1000, 1001) ==
             oci::test::read_text(dir + "spec-rootless.json"));
}

BOOST_AUTO_TEST_CASE(capabilities_and_names) {
  const auto spec = parsed(false, false);
  const Strings caps = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  BOOST_TEST((spec.process->capabilities->bounding == caps));
  BOOST_TEST((spec.process->capabilities->effective == caps));
  BOOST_TEST((spec.process->capabilities->permitted == caps));
  BOOST_TEST(spec.process->capabilities->inheritable.empty());
  BOOST_TEST(spec.process->capabilities->ambient.empty());
  BOOST_TEST(spec.oci_version == oci::kSpecVersion);
  BOOST_TEST(spec.hostname == "runc");
  BOOST_TEST((spec.process->terminal && spec.root->readonly));
}

BOOST_AUTO_TEST_CASE(cgroup_namespace_where_asked) {
  BOOST_TEST(types(parsed(false, false)) == "pid network ipc uts mount ");
  BOOST_TEST(types(parsed(true, false)) == "pid network ipc uts mount cgroup ");
}

BOOST_AUTO_TEST_CASE(rootless_variant) {
  const auto spec = parsed(false, true);
  BOOST_TEST(types(spec) == "pid ipc uts mount user ");
  BOOST_TEST(!spec.linux_->resources.has_value());
  BOOST_TEST(spec.linux_->uid_mappings.at(0).host_id == 1000u);
  BOOST_TEST(spec.linux_->gid_mappings.at(0).host_id == 1001u);
  BOOST_TEST(spec.linux_->gid_mappings.at(0).size == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
