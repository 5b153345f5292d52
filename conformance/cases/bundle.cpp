// The bundle, the document, what is not known or not valid in it. Spec: bundle.md, config.md
#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
namespace fs = std::filesystem;

namespace {

// Refused, and as if it had never been tried.
void check_no_trace(Container& c) {
  const Outcome created = c.create();
  BOOST_TEST(!created.ok());
  BOOST_TEST(!c.state().ok());
  const auto none = [&] { return oci::test::cgroup_dirs(c.id()).empty(); };
  BOOST_TEST(oci::test::eventually(none), "cgroups are left");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bundle)

BOOST_AUTO_TEST_CASE(config_json_is_needed, *proves({"S001"})) {
  Container c;
  BOOST_TEST(!c.call({"create", "--bundle", c.bundle(), c.id()}).ok());
  BOOST_TEST(!c.call({"create", "--bundle", c.scratch("nowhere"), c.id()}).ok());
  c.sleeper();
  REQUIRE_OK(c.create());
}

BOOST_AUTO_TEST_CASE(the_bundle_is_the_working_directory_by_default, *proves({"S001"})) {
  Container c;
  c.sleeper().write_config();
  const Command command{.argv = {runtime(), "create", c.id()}, .cwd = c.bundle()};
  REQUIRE_OK(oci::test::run(command));
  BOOST_TEST(c.word("bundle") == c.bundle());
  static_cast<void>(c.kill("KILL"));
  BOOST_TEST(c.wait_for("stopped"));
  BOOST_TEST(c.remove().ok());
}

BOOST_AUTO_TEST_CASE(a_root_that_is_not_there, *proves({"S002", "S015", "S012"})) {
  Container c;
  c.config.set_text("/root/path", "missing");
  check_no_trace(c);
}

BOOST_AUTO_TEST_CASE(an_absolute_root, *proves({"S015"})) {
  Container c;
  c.config.set_text("/root/path", c.rootfs());
  BOOST_TEST(c.shell("echo here").output() == "here\n");
}

BOOST_AUTO_TEST_CASE(root_is_required, *proves({"S014"})) {
  Container c;
  c.config.drop("/root");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(text_that_is_no_json, *proves({"S003", "S012"})) {
  for (const char* text : {"", "{", "{\"ociVersion\":", "[]", "not json"}) {
    Container c;
    oci::test::write_file(c.bundle() + "/config.json", text);
    BOOST_TEST(!c.call({"create", "--bundle", c.bundle(), c.id()}).ok(), text);
    BOOST_TEST(!c.state().ok(), text);
  }
}

BOOST_AUTO_TEST_CASE(versions, *proves({"S004"})) {
  for (const char* version : {"1.0.0", "1.0.1", "1.0.2-dev"}) {
    Container c;
    c.config.set_text("/ociVersion", version);
    BOOST_TEST(c.shell("echo ran").output() == "ran\n", version);
  }
}

BOOST_AUTO_TEST_CASE(later_minor_versions, *proves({"S004"})) {
  for (const char* version : {"1.1.0", "1.2.0", "1.2.1", "1.3.0"}) {
    Container c;
    c.config.set_text("/ociVersion", version);
    BOOST_TEST(c.shell("echo ran").output() == "ran\n", version);
  }
}

BOOST_AUTO_TEST_CASE(unknown_properties_are_ignored, *proves({"S005"})) {
  Container c;
  c.config.set("/extra", R"({"any":[1,2,{"thing":null}]})")
      .set("/process/extra", "true")
      .set("/linux/extra", "[]")
      .set("/root/extra", "1.5")
      .set("/mounts/0/extra", R"("text")");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(wrong_types_are_refused, *proves({"S006", "S008"})) {
  const std::pair<const char*, const char*> kWrong[] = {{"/process/args", R"("/bin/true")"},
                                                        {"/mounts", "{}"},
                                                        {"/process/user/uid", "-1"},
                                                        {"/process/user/uid", "4294967296"},
                                                        {"/root", "[]"}};
  for (const auto& [pointer, value] : kWrong) {
    Container c;
    c.config.set(pointer, value);
    BOOST_TEST(c.refused(), pointer << " " << value);
  }
}

BOOST_AUTO_TEST_CASE(null_is_as_if_absent, *proves({"S007"})) {
  Container c;
  c.config.set("/hooks", "null").set("/annotations", "null").set("/linux/sysctl", "null");
  c.config.set("/process/rlimits", "null").set("/linux/maskedPaths", "null");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(other_platforms_are_ignored,
                     *proves({"S099", "S100", "S101", "S102", "S103", "S089", "S072"})) {
  Container c;
  c.config.set("/windows", R"({"layerFolders":["C:\\x"]})")
      .set("/solaris", R"({"milestone":"svc:/x"})")
      .set("/vm", R"({"kernel":{"path":"/k"}})")
      .set("/freebsd", R"({"jail":{"host":"new"}})")
      .set("/zos", R"({"namespaces":[{"type":"ipc"}]})")
      .set_text("/process/commandLine", "ignored")
      .set_text("/process/user/username", "ignored");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(failures_at_every_depth_leave_nothing, *proves({"S012", "S276"})) {
  Container mount;
  mount.mount("/mnt", "no-such-filesystem", "none", {});
  check_no_trace(mount);
  Container program;
  program.args({"/no/such/program"});
  if (program.refused()) {
    static_cast<void>(program.remove());
    BOOST_TEST(!program.state().ok());
  }
  Container device;
  device.bind("/no/such/source", "/mnt");
  check_no_trace(device);
}

BOOST_AUTO_TEST_SUITE_END()
