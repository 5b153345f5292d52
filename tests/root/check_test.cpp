// check, plan: what is told of good and bad bundles, by which exit code, and that nothing is made.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

Outcome check(Bundle& b, std::vector<std::string> flags = {}) {
  b.write_config();
  flags.insert(flags.begin(), {"check", "--bundle", b.dir()});
  return b.call(flags);
}

Outcome plan(Bundle& b, std::vector<std::string> words = {}) {
  b.write_config();
  words.insert(words.begin(), {"plan", "--bundle", b.dir()});
  return b.call(words);
}

std::set<std::string> files_below(const std::string& dir) {
  std::set<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(dir)) out.insert(entry.path());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(checks)

BOOST_AUTO_TEST_CASE(a_good_bundle) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.args({"/bin/sh"});
  const Outcome r = check(b, {"--strict"});
  BOOST_TEST(r.code == 0, r.text());
  BOOST_TEST(r.err == "");
  OCI_CHECK_HAS(r.out, "What would be done:\n");
  OCI_CHECK_HAS(r.out, "\n0 errors, 0 warnings\n");
}

// What check says will go wrong does go wrong, in the same words.
BOOST_AUTO_TEST_CASE(agrees_with_create) {
  OCI_NOT_RUNC("a command of our own");
  struct Bad {
    const char *pointer, *value, *text;
  };
  for (const Bad& bad :
       {Bad{"/process/args", R"(["/bin/nowhere"])", "stat /bin/nowhere: no such file or directory"},
        Bad{"/process/args", R"(["nowhere"])", "executable file not found in $PATH"},
        Bad{"/process/cwd", R"("/bin/sh")", "mkdir /bin/sh: not a directory"},
        Bad{"/root/path", R"("nowhere")", "nowhere: no such file or directory"},
        Bad{"/linux/sysctl", R"({"vm.swappiness":"1"})", "is not in a separate kernel namespace"},
        Bad{"/linux/rootfsPropagation", R"("bogus")", "rootfsPropagation=bogus is not supported"},
        Bad{"/process/user", R"("x")", "expected an object"}}) {
    Bundle b;
    b.config.set(bad.pointer, bad.value);
    const Outcome r = check(b);
    BOOST_TEST(r.code == 1, r.text());
    OCI_CHECK_HAS(r.out, bad.text);
    OCI_CHECK_HAS(r.out, "  " + std::string(bad.pointer));
    OCI_CHECK_HAS(r.out, "\n1 error, ");
    BOOST_TEST(r.out.find("What would be done") == std::string::npos);
    const Outcome made = b.create();
    BOOST_TEST(!made.ok());
    OCI_CHECK_HAS(said(made), bad.text);
  }
}

BOOST_AUTO_TEST_CASE(warnings_and_what_is_of_this_host) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.config.set("/bogus", "1");
  BOOST_TEST(check(b).code == 0);
  const Outcome strict = check(b, {"--strict"});
  BOOST_TEST(strict.code == 1, strict.text());
  OCI_CHECK_HAS(strict.out, "Warnings about the document:\n  /bogus: ");
  fs::remove_all(b.rootfs());
  OCI_CHECK_HAS(check(b).out, "Errors on this host:\n  /root/path: invalid rootfs");
  const Outcome document = check(b, {"--no-host"});
  BOOST_TEST(document.code == 0, document.text());
  OCI_CHECK_HAS(document.out, "\n0 errors, 1 warning\n");
}

BOOST_AUTO_TEST_CASE(nothing_to_check) {
  OCI_NOT_RUNC("a command of our own");
  const Bundle b;
  fs::create_directories(b.scratch("empty"));
  const Outcome empty = b.call({"check", "--bundle", b.scratch("empty")});
  BOOST_TEST(empty.code == 2, empty.text());
  OCI_CHECK_HAS(empty.err, "JSON specification file config.json not found");
  BOOST_TEST(b.call({"check", "--bundle", b.scratch("nowhere")}).code == 2);
  BOOST_TEST(b.call({"check", "surplus"}).code == 1);
}

BOOST_AUTO_TEST_CASE(json_has_stable_keys) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.config.set("/process/args", R"(["nowhere"])");
  const Outcome r = check(b, {"--json"});
  BOOST_TEST(r.code == 1);
  for (const char* part :
       {"\n  \"errors\": 1,\n", "\"level\": \"error\"", "\"scope\": \"host\"",
        "\"pointer\": \"/process/args/0\"", "\"id\": \"S071\"", "\"duty\": \"must\"",
        "\"anchor\": \"config.md#posix-process\"", "\n  \"plan\": null\n"})
    OCI_CHECK_HAS(r.out, part);
}

BOOST_AUTO_TEST_CASE(the_plan) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.config.drop("/linux/cgroupsPath");
  const Outcome text = plan(b, {"named"});
  OCI_REQUIRE_OK(text);
  for (const char* part : {"\nsteps before the clone\n", "\nsteps of the container's process\n",
                           "fs_mount", "# /mounts/0", "/named"})
    OCI_CHECK_HAS(text.out, part);
  const Outcome json = plan(b, {"--json"});
  OCI_REQUIRE_OK(json);
  for (const char* part :
       {"\"steps\": [", "\"name\": \"exec\"", "\"stage\": 2", "\"seccomp\": null"})
    OCI_CHECK_HAS(json.out, part);
  b.config.set("/process/cwd", R"("relative")");
  const Outcome bad = plan(b);
  BOOST_TEST(bad.code == 1);
  OCI_CHECK_HAS(bad.err, "Cwd must be an absolute path");
}

BOOST_AUTO_TEST_CASE(nothing_is_made) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.config.set("/process/cwd", R"("/new/cwd")")
      .add("/mounts", R"({"destination":"/new/mount","type":"tmpfs","source":"tmpfs"})")
      .set("/linux/cgroupsPath", "\"/" + b.id() + "\"");
  b.write_config();
  const Traces traces(b);
  const auto before = files_below(b.dir());
  OCI_REQUIRE_OK(check(b));
  OCI_REQUIRE_OK(plan(b));
  BOOST_TEST(traces.left() == "");
  BOOST_TEST((files_below(b.dir()) == before));
  BOOST_TEST(!fs::exists(b.state_root()));
}

// A cgroup with somebody in it, and rights that the caller does not have.
BOOST_AUTO_TEST_CASE(what_is_in_use) {
  OCI_NOT_RUNC("a command of our own");
  Bundle b;
  b.config.set("/linux/cgroupsPath", "\"/" + b.id() + "\"");
  b.start_sleeper();
  const Outcome r = check(b);
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.out, "/linux/cgroupsPath: container's cgroup is not empty: ");
}

BOOST_AUTO_TEST_SUITE_END()
