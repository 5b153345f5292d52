#include "tests/support/proves.h"
#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Spec;
using oci::test::check_clean;

namespace oci::test {

std::vector<Case> config_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  const spec::IdMapping map{0, 1, 1};
  const std::string both = "id-mapped mounts must have both uid and gid mappings specified";
  return {
      {[](Spec& s) { s.oci_version = "2.0.0"; }, error, "S004", "/ociVersion",
       "unsupported ociVersion \"2.0.0\": only 1.x is known"},
      {[](Spec& s) { s.oci_version = ""; }, warning, "S004", "/ociVersion",
       "ociVersion is missing"},
      {[](Spec& s) { s.root.reset(); }, error, "S014", "/root", "root must be specified"},
      {[](Spec& s) {
         s.hostname = "h";
         drop_namespace(s, "uts");
       },
       error, "S096", "/hostname", "unable to set hostname without a private UTS namespace"},
      {[](Spec& s) {
         s.hostname = "h";
         s.linux_.reset();
       },
       error, "S096", "/hostname", "unable to set hostname without a private UTS namespace"},
      {[](Spec& s) {
         s.domainname = "d";
         drop_namespace(s, "uts");
       },
       error, "S097", "/domainname", "unable to set domainname without a private UTS namespace"},
      {[](Spec& s) {
         s.mounts = {{"", "tmpfs", "tmpfs", {}, {}, {}}};
       },
       error, "S018", "/mounts/0/destination", "mount destination must not be empty"},
      {[](Spec& s) {
         s.mounts = {{"data", "tmpfs", "tmpfs", {}, {}, {}}};
       },
       warning, "S018", "/mounts/0/destination",
       "mount destination \"data\" is not absolute: support for this is deprecated, taken as "
       "below /"},
      {[=](Spec& s) {
         s.mounts = {{"/d", "", "/s", {"remount"}, {map}, {map}}};
       },
       error, "S022", "/mounts/0", "the ids of a mount cannot be mapped by a remount"},
      {[=](Spec& s) {
         s.mounts = {{"/d", "", "/s", {"bind"}, {map, map}, {map}}};
       },
       error, "S022", "/mounts/0/uidMappings/1", "id mapping overlaps with mapping #0"},
      {[](Spec& s) {
         s.mounts = {{"/d", "", "/s", {"bind"}, {{0, 0, 1}}, {{0, 0, 0}}}};
       },
       error, "S022", "/mounts/0/gidMappings/0/size", "an id mapping of size 0 maps nothing"},
      {[](Spec& s) {
         s.mounts = {{"/d", "tmpfs", "tmpfs", {"idmap"}, {}, {}}};
       },
       error, "S022", "/mounts/0", both},
      {[=](Spec& s) {
         s.mounts = {{"/d", "", "/s", {"bind"}, {map}, {}}};
       },
       error, "S022", "/mounts/0", both},
      {[=](Spec& s) {
         s.mounts = {{"/d", "", "/s", {"rbind", "ridmap"}, {}, {}}};
       },
       error, "S022", "/mounts/0", both},
      {[](Spec& s) {
         s.hooks.create_runtime = {{"/a", {}, {}, {}}, {"", {}, {}, {}}};
       },
       error, "S229", "/hooks/createRuntime/1/path",
       "error running createRuntime hook #1: exec: no command"},
      {[](Spec& s) {
         s.hooks.poststop = {{"bin/x", {}, {}, {}}};
       },
       warning, "S229", "/hooks/poststop/0/path",
       "poststop hook #0: path \"bin/x\" is not absolute"},
      {[](Spec& s) {
         s.hooks.prestart = {{"/a", {}, {}, 0}};
       },
       error, "S232", "/hooks/prestart/0/timeout",
       "prestart hook #0: timeout must be greater than zero, not 0"},
      {[](Spec& s) {
         s.annotations = {{"", "x"}};
       },
       error, "S010", "/annotations/", "annotation keys must not be empty"},
      {[](Spec& s) {
         s.annotations = {{"run.oci.seccomp.plugins", "/x.so"}};
       },
       error, "S256", "/annotations/run.oci.seccomp.plugins",
       "annotation run.oci.seccomp.plugins=\"/x.so\": seccomp plugins are refused"},
      {[](Spec& s) {
         s.annotations = {{"run.oci.handler", "wasm"}};
       },
       error, "S261", "/annotations/run.oci.handler",
       "annotation run.oci.handler=\"wasm\": there is no such handler"},
  };
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(config_rules)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer, *oci::test::proves({"S256", "S261"})) {
  for (const test::Case& c : test::config_cases()) test::check_case(c);
}

BOOST_AUTO_TEST_CASE(what_is_allowed, *oci::test::proves({"S098"})) {
  check_clean([](Spec& s) {
    s.oci_version = "1.0.2-dev";
    s.root->path = "";
    s.hostname = "h";
    s.domainname = "d";
    s.mounts = {{"/", "tmpfs", "tmpfs", {"defaults"}, {}, {}},
                {"/d", "", "/s", {"bind", "ro"}, {}, {}}};
    s.hooks.poststart = {{"/a", {}, {}, 1}};
    s.annotations = {{"a", ""}};
  });
  check_clean([](Spec& s) { s.linux_.reset(); });
  check_clean([](Spec& s) {
    test::add_user_namespace(s);
    s.mounts = {{"/d", "", "/s", {"bind", "idmap"}, {}, {}}};
  });
}

BOOST_AUTO_TEST_SUITE_END()
