// Symlinks as sources and targets of bind mounts: src-nofollow, dest-nofollow, copy-symlink.
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

// On the host "link" leads to "file"; in the root "/t" leads to "/inside".
struct Linked : Bundle {
  explicit Linked(bool with_target = true) {
    write_file(scratch("file"), "of the host\n");
    write_file(rootfs() + "/inside", "of the root\n");
    BOOST_REQUIRE(::symlink(scratch("file").c_str(), scratch("link").c_str()) == 0);
    if (with_target) fs::create_symlink("/inside", rootfs() + "/t");
  }
  void bind(const std::string& options, const std::string& from = "link",
            const std::string& to = "/t") {
    config.add("/mounts", R"({"destination":")" + to + R"(","type":"bind","source":")" +
                              scratch(from) + R"(","options":["bind",)" + options + "]}");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(symlink_mounts)

BOOST_AUTO_TEST_CASE(both_are_followed_by_default) {
  Linked b;
  b.bind(R"("ro")");
  BOOST_TEST(shell(b, "cat /t /inside; readlink /t") == "of the host\nof the host\n/inside\n");
}

BOOST_AUTO_TEST_CASE(the_link_itself_as_source_and_as_target, *proves({"S063"})) {
  OCI_NOT_RUNC("options of crun");
  Linked b;
  b.bind(R"("src-nofollow","dest-nofollow","ro")");
  BOOST_TEST(shell(b, "readlink /t; cat /inside") == b.scratch("file") + "\nof the root\n");
  BOOST_TEST(link_of(b.rootfs() + "/t") == "/inside");
}

BOOST_AUTO_TEST_CASE(the_link_as_target_of_a_file) {
  OCI_NOT_RUNC("options of crun");
  Linked b;
  b.bind(R"("dest-nofollow")");
  BOOST_TEST(shell(b, "cat /t /inside") == "of the host\nof the root\n");
}

BOOST_AUTO_TEST_CASE(a_copied_link, *proves({"S063"})) {
  OCI_NOT_RUNC("an option of crun");
  for (const bool user_namespace : {false, true}) {
    Linked b(false);
    fs::permissions(b.scratch(""), fs::perms::all);
    fs::permissions(b.rootfs(), fs::perms::all);
    if (user_namespace)
      b.config.add("/linux/namespaces", R"({"type":"user"})")
          .set("/linux/uidMappings", R"([{"containerID":0,"hostID":100000,"size":65536}])")
          .set("/linux/gidMappings", R"([{"containerID":0,"hostID":100000,"size":65536}])");
    b.bind(R"("copy-symlink","ro","rslave")");
    b.bind(R"("copy-symlink")", "link", "/deeper/t");
    b.bind(R"("copy-symlink","ro")", "file", "/plain");
    const std::string target = b.scratch("file");
    BOOST_TEST(shell(b,
                     "readlink /t; readlink /deeper/t; cat /plain; grep -c ' /t ' "
                     "/proc/self/mountinfo") == target + "\n" + target + "\nof the host\n0\n");
    BOOST_TEST(link_of(b.rootfs() + "/t") == target);
    // The same link again is fine.
    OCI_REQUIRE_OK(b.shell("true").run());
  }
}

BOOST_AUTO_TEST_CASE(what_is_there_already_is_not_replaced_by_a_link) {
  OCI_NOT_RUNC("an option of crun");
  Linked other;
  other.bind(R"("copy-symlink")");
  const Traces traces(other);
  const Outcome r = other.shell("true").run();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "symlink: file exists");
  BOOST_TEST(link_of(other.rootfs() + "/t") == "/inside");
  BOOST_TEST(traces.left() == "");
}

// Links of the root lead to places in the root, also on the way to a copied link.
BOOST_AUTO_TEST_CASE(a_copied_link_stays_in_the_root) {
  OCI_NOT_RUNC("an option of crun");
  Linked b;
  fs::create_directory(b.scratch("outside"));
  fs::create_symlink(b.scratch("outside"), b.rootfs() + "/way");
  b.bind(R"("copy-symlink")", "link", "/way/t");
  OCI_REQUIRE_OK(b.shell("true").run());
  BOOST_TEST(fs::is_empty(b.scratch("outside")));
  BOOST_TEST(link_of(b.rootfs() + b.scratch("outside") + "/t") == b.scratch("file"));
}

BOOST_AUTO_TEST_CASE(no_link_in_proc) {  // CVE-2019-16884
  OCI_NOT_RUNC("an option of crun");
  Linked b;
  fs::create_symlink("/proc", b.rootfs() + "/way");
  b.bind(R"("src-nofollow","dest-nofollow")", "link", "/proc/self");
  BOOST_TEST(b.shell("true").run().code == 1);
  Linked other;
  fs::create_symlink("/proc", other.rootfs() + "/way");
  other.bind(R"("copy-symlink")", "link", "/way/x");
  BOOST_TEST(other.shell("true").run().code == 1);
}

BOOST_AUTO_TEST_SUITE_END()
