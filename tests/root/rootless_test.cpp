// Callers without rights: a user of the host, and root of a user namespace as rootless engines are.
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"
#include "tests/support/seccomp_agent.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

constexpr unsigned kNobody = 65534;

void become_nobody() {
  if (::setgroups(0, nullptr) != 0 || ::setresgid(kNobody, kNobody, kNobody) != 0 ||
      ::setresuid(kNobody, kNobody, kNobody) != 0)
    ::_exit(125);
}

bool write_file(const char* path, const std::string& text) {
  std::FILE* file = std::fopen(path, "w");
  if (file == nullptr) return false;
  const bool written = std::fputs(text.c_str(), file) >= 0;
  return std::fclose(file) == 0 && written;
}

void become_root_of_a_namespace() {
  become_nobody();
  ::prctl(PR_SET_DUMPABLE, 1);  // else /proc/self would be root's
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) ::_exit(126);
  const std::string map = "0 " + std::to_string(kNobody) + " 1";
  if (!write_file("/proc/self/setgroups", "deny") || !write_file("/proc/self/uid_map", map) ||
      !write_file("/proc/self/gid_map", map))
    ::_exit(127);
}

// The bundle and the program are the caller's own, and so is the state.
struct Rootless : Bundle {
  Rootless() {
    fs::permissions(scratch(""), fs::perms(0755));
    fs::copy_file(runtime(), program());
    fs::create_directory(state());
    fs::permissions(state(), fs::perms(0700));
    for (const std::string& path : {dir(), rootfs(), state()})
      if (::chown(path.c_str(), kNobody, kNobody) != 0) BOOST_FAIL("chown " + path);
  }
  std::string program() const { return scratch("program"); }
  std::string state() const { return scratch("state-of-nobody"); }

  Outcome as(void (*who)(), std::vector<std::string> words) {
    write_config();
    words.insert(words.begin(), {program(), "--root", state()});
    Command command;
    command.argv = std::move(words);
    command.cwd = dir();
    command.in_child = who;
    return oci::test::run(command);
  }
};

// What `spec --rootless` writes for nobody.
void make_rootless(Config& config) {
  const std::string map = R"([{"containerID":0,"hostID":65534,"size":1}])";
  config.drop_where("/linux/namespaces", "type", "network")
      .add("/linux/namespaces", R"({"type":"user"})")
      .set("/linux/uidMappings", map)
      .set("/linux/gidMappings", map)
      .drop("/linux/resources")
      .drop("/linux/cgroupsPath")
      .drop_where("/mounts", "destination", "/sys")
      .drop_where("/mounts", "destination", "/sys/fs/cgroup")
      .add("/mounts", R"({"destination":"/sys","type":"none","source":"/sys",
                          "options":["rbind","nosuid","noexec","nodev","ro"]})")
      .drop_where("/mounts", "destination", "/dev/pts")
      .add("/mounts", R"({"destination":"/dev/pts","type":"devpts","source":"devpts",
                          "options":["nosuid","noexec","newinstance","ptmxmode=0666","mode=0620"]})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rootless)

BOOST_AUTO_TEST_CASE(a_user_of_the_host) {
  OCI_NOT_RUNC("its cgroups differ");
  Rootless b;
  make_rootless(b.config);
  b.args({"/bin/sh", "-c", "id -u; cat /proc/self/uid_map | tr -s ' '; exec sleep 1000"});
  const Outcome created = b.as(become_nobody, {"create", "--pid-file", b.dir() + "/pid", b.id()});
  OCI_REQUIRE_OK(created);
  OCI_REQUIRE_OK(b.as(become_nobody, {"start", b.id()}));
  OCI_CHECK_HAS(b.as(become_nobody, {"state", b.id()}).out, "\"running\"");
  const Outcome inside =
      b.as(become_nobody, {"exec", b.id(), "/bin/sh", "-c", "id -u; cat /proc/self/uid_map"});
  OCI_REQUIRE_OK(inside);
  OCI_CHECK_HAS(inside.out, "0\n");
  OCI_CHECK_HAS(inside.out, "65534");
  OCI_CHECK_HAS(b.as(become_nobody, {"pause", b.id()}).err, "no cgroup");
  OCI_REQUIRE_OK(b.as(become_nobody, {"kill", b.id(), "KILL"}));
  BOOST_TEST(eventually([&] { return b.as(become_nobody, {"delete", b.id()}).ok(); }));
  BOOST_TEST(!fs::exists(b.state() + "/" + b.id()));
}

// Nothing of another process has to be opened for it, which a user may not do.
BOOST_AUTO_TEST_CASE(with_a_seccomp_agent) {
  OCI_NOT_RUNC("its cgroups differ");
  Rootless b;
  make_rootless(b.config);
  const SeccompAgent agent(b.scratch("agent"));
  fs::permissions(agent.path(), fs::perms(0777));
  b.config.set("/linux/seccomp",
               R"({"defaultAction":"SCMP_ACT_ALLOW","listenerPath":")" + agent.path() +
                   R"(","syscalls":[{"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"}]})");
  b.args({"/bin/sleep", "1000"});
  OCI_REQUIRE_OK(b.as(become_nobody, {"create", b.id()}));
  OCI_REQUIRE_OK(b.as(become_nobody, {"start", b.id()}));
  const Outcome r = b.as(become_nobody, {"exec", b.id(), "/bin/mkdir", "/tmp/x"});
  OCI_CHECK_HAS(r.err, "No medium found");
  BOOST_TEST(agent.told().size() == 2u);
  OCI_REQUIRE_OK(b.as(become_nobody, {"delete", "--force", b.id()}));
}

// A range of ids takes newuidmap, and that /etc/subuid grants it.
BOOST_AUTO_TEST_CASE(ids_that_nobody_granted) {
  OCI_NOT_RUNC("its text differs");
  Rootless b;
  make_rootless(b.config);
  b.config.set("/linux/uidMappings", R"([{"containerID":0,"hostID":65534,"size":1},
                                         {"containerID":1,"hostID":1000,"size":10}])");
  const Outcome r = b.as(become_nobody, {"run", b.id()});
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "newuidmap");
  BOOST_TEST(fs::is_empty(b.state()));
}

BOOST_AUTO_TEST_CASE(root_of_a_user_namespace) {
  OCI_NOT_RUNC("its cgroups differ");
  Rootless b;
  make_rootless(b.config);
  b.config.drop_where("/linux/namespaces", "type", "user")
      .drop("/linux/uidMappings")
      .drop("/linux/gidMappings");
  b.args({"/bin/sh", "-c", "id -u; echo $$"});
  const Outcome r = b.as(become_root_of_a_namespace, {"run", b.id()});
  OCI_REQUIRE_OK(r);
  BOOST_TEST(r.out == "0\n1\n");
  BOOST_TEST(fs::is_empty(b.state()));
}

BOOST_AUTO_TEST_CASE(a_cgroup_that_is_named_must_be_made, *proves({"S189"})) {
  OCI_NOT_RUNC("its text differs");
  Rootless b;
  make_rootless(b.config);
  b.config.set_text("/linux/cgroupsPath", "/of-nobody");
  const Outcome r = b.as(become_nobody, {"run", b.id()});
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "cgroup");
  OCI_CHECK_HAS(r.err, "permission denied");
}

BOOST_AUTO_TEST_SUITE_END()
