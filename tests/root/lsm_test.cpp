// AppArmor and SELinux, where the kernel has them; the VM of tests/vm does.
// Spec: config.md#linux-process, apparmorProfile and selinuxLabel
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

// Loaded while it lives. Everything but what `refused` says is allowed.
class Profile {
 public:
  explicit Profile(std::string name, const std::string& refused = {}) : name_(std::move(name)) {
    text_ =
        "profile " + name_ + " flags=(attach_disconnected,mediate_deleted) {\n" +
        "  file,\n  capability,\n  network,\n  mount,\n  umount,\n  signal,\n  ptrace,\n  unix,\n" +
        refused + "}\n";
    const Outcome loaded = parser("--replace");
    BOOST_REQUIRE_MESSAGE(loaded.ok(), loaded.text());
  }
  Profile(const Profile&) = delete;
  Profile& operator=(const Profile&) = delete;
  ~Profile() { static_cast<void>(parser("--remove")); }
  const std::string& name() const { return name_; }

  static bool possible() {
    return contains(read_file("/sys/module/apparmor/parameters/enabled"), "Y") &&
           ::access("/sbin/apparmor_parser", X_OK) == 0 &&
           ::access("/sys/kernel/security/apparmor", F_OK) == 0;
  }

 private:
  Outcome parser(const char* verb) const {
    return run({.argv = {"/sbin/apparmor_parser", verb, "--skip-cache"},
                .input = text_,
                .timeout = std::chrono::seconds(60)});
  }
  std::string name_, text_;
};

constexpr const char* kSecret = "  deny /etc/secret rw,\n";
constexpr const char* kShow = "cat /proc/self/attr/current; cat /etc/secret";

}  // namespace

#define OCI_NEEDS_APPARMOR() \
  OCI_SKIP_IF(!Profile::possible(), "no AppArmor, or no apparmor_parser, here")

BOOST_AUTO_TEST_SUITE(lsm)

BOOST_AUTO_TEST_CASE(an_apparmor_profile_confines, *proves({"S074"})) {
  OCI_NEEDS_APPARMOR();
  const Profile profile("oci-test-confined", kSecret);
  Bundle b;
  write_file(b.rootfs() + "/etc/secret", "secret\n");
  BOOST_TEST(shell(b, kShow) == "unconfined\nsecret\n");
  b.config.set_text("/process/apparmorProfile", profile.name());
  for (const char* no_new_privileges : {"true", "false"}) {
    b.config.set("/process/noNewPrivileges", no_new_privileges);
    const Outcome r = b.shell(kShow).run();
    BOOST_TEST(r.out == profile.name() + " (enforce)\n", r.text());
    OCI_CHECK_HAS(r.err, "Permission denied");
  }
  // Also of a user who is not root, below a seccomp filter, in a user namespace.
  b.config.set("/process/user/uid", "1000")
      .set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ALLOW"})");
  BOOST_TEST(b.shell(kShow).run().out == profile.name() + " (enforce)\n");
  b.config.set("/process/user/uid", "0")
      .add("/linux/namespaces", R"({"type":"user"})")
      .set("/linux/uidMappings", R"([{"containerID":0,"hostID":0,"size":65536}])")
      .set("/linux/gidMappings", R"([{"containerID":0,"hostID":0,"size":65536}])");
  const Outcome r = b.shell(kShow).run();
  BOOST_TEST(r.out == profile.name() + " (enforce)\n", r.text());
}

BOOST_AUTO_TEST_CASE(unconfined_is_no_profile) {
  Bundle b;
  b.config.set_text("/process/apparmorProfile", "unconfined");
  OCI_REQUIRE_OK(b.args({"/bin/true"}).run());
}

BOOST_AUTO_TEST_CASE(exec_has_the_containers_profile_or_its_own) {
  OCI_NEEDS_APPARMOR();
  const Profile first("oci-test-first", kSecret), second("oci-test-second");
  Bundle b;
  write_file(b.rootfs() + "/etc/secret", "secret\n");
  b.config.set_text("/process/apparmorProfile", first.name());
  b.start_sleeper();
  BOOST_TEST(b.exec({"sh", "-c", kShow}).out == first.name() + " (enforce)\n");
  BOOST_TEST(b.exec({"sh", "-c", kShow}, {"--apparmor", second.name()}).out ==
             second.name() + " (enforce)\nsecret\n");
  BOOST_TEST(b.exec({"sh", "-c", kShow}, {"--apparmor", "unconfined"}).out ==
             "unconfined\nsecret\n");
  const Outcome missing = b.exec({"true"}, {"--apparmor", "oci-test-nosuch"});
  BOOST_TEST(missing.code == 255);
  OCI_CHECK_HAS(missing.err, "oci-test-nosuch");
}

BOOST_AUTO_TEST_CASE(a_profile_that_is_not_loaded_is_an_error, *proves({"S074"})) {
  OCI_NEEDS_APPARMOR();
  Bundle b;
  const Traces traces(b);
  b.config.set_text("/process/apparmorProfile", "oci-test-nosuch");
  const Outcome r = b.args({"/bin/true"}).run();
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), "apparmor failed to apply profile");
  OCI_CHECK_HAS(r.err, "oci-test-nosuch");
  OCI_CHECK_HAS(r.err, "no such file or directory");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(an_selinux_label_is_set, *proves({"S075"})) {
  OCI_SKIP_IF(::access("/sys/fs/selinux/enforce", F_OK) != 0, "no SELinux here");
  const std::string label = "system_u:system_r:container_t:s0:c1,c2";
  Bundle b;
  b.config.set_text("/process/selinuxLabel", label);
  b.start_sleeper();
  // It ends with a zero byte.
  const auto current = [](const std::string& text) { return std::string(text.c_str()); };
  BOOST_TEST(current(read_file("/proc/" + std::to_string(b.pid()) + "/attr/current")) == label);
  BOOST_TEST(current(b.exec({"cat", "/proc/self/attr/current"}).out) == label);
  const std::string other = "system_u:system_r:container_t:s0:c3,c4";
  BOOST_TEST(current(b.exec({"cat", "/proc/self/attr/current"}, {"--process-label", other}).out) ==
             other);
  const Outcome r = b.exec({"true"}, {"--process-label", "not:a:label"});
  BOOST_TEST(r.code == 255);
  OCI_CHECK_HAS(r.err, "not:a:label");
}

BOOST_AUTO_TEST_CASE(a_mount_label_is_the_files, *proves({"S206"})) {
  OCI_SKIP_IF(::access("/sys/fs/selinux/enforce", F_OK) != 0, "no SELinux here");
  const std::string label = "system_u:object_r:container_file_t:s0:c1,c2";
  Bundle b;
  b.config.set_text("/linux/mountLabel", label);
  b.start_sleeper();
  const std::string shm = "/proc/" + std::to_string(b.pid()) + "/root/dev/shm";
  const Outcome r = run({.argv = {"stat", "-c", "%C", shm}});
  BOOST_TEST(r.out == label + "\n", r.text());
}

BOOST_AUTO_TEST_SUITE_END()
