// Annotations: data for others, but for the few on which runtimes agree. Spec:
// config.md#annotations
#include <grp.h>

#include "conformance/suite.h"

using namespace oci::conformance;

BOOST_AUTO_TEST_SUITE(annotations)

// runc keeps the path of the bundle beside them.
BOOST_AUTO_TEST_CASE(one_named_bundle, *proves({"S247", "S271"})) {
  Container c;
  c.config.set("/annotations", R"({"bundle":"/elsewhere"})");
  REQUIRE_OK(c.sleeper().create());
  BOOST_TEST(c.word("bundle") == c.bundle());
}

BOOST_AUTO_TEST_CASE(those_of_engines_and_images_change_nothing,
                     *proves({"S248", "S249", "S264"})) {
  Container c;
  c.config.set("/annotations", R"({"io.kubernetes.cri.container-type":"sandbox",
    "io.kubernetes.cri-o.TTY":"true","io.podman.annotations.privileged":"TRUE",
    "io.containers.autoupdate":"registry","org.opencontainers.image.stopSignal":"SIGUSR1",
    "org.opencontainers.image.os":"plan9"})");
  BOOST_TEST(c.shell("test -t 0 || echo plain").output() == "plain\n");
  REQUIRE_OK(c.sleeper().create());
  const auto state = c.document();
  BOOST_REQUIRE((state.IsObject() && state.HasMember("annotations")));
  BOOST_TEST(state["annotations"].HasMember("io.kubernetes.cri-o.TTY"));
}

BOOST_AUTO_TEST_CASE(groups_of_the_caller_can_be_kept, *proves({"S250"})) {
  Container c;
  c.config.set("/annotations", R"({"run.oci.keep_original_groups":"1"})");
  const gid_t group = 4242;
  BOOST_REQUIRE(::setgroups(1, &group) == 0);
  const std::string groups = c.probe()["groups"];
  BOOST_REQUIRE(::setgroups(0, nullptr) == 0);
  CHECK_HAS(groups, "4242");
}

BOOST_AUTO_TEST_SUITE_END()
