// User namespaces, made by root with maps. Spec: config-linux.md#user-namespace-mappings
#include <sys/resource.h>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

struct Mapped : Bundle {
  Mapped() {
    config.add("/linux/namespaces", R"({"type":"user"})");
    const char* map =
        R"([{"containerID":0,"hostID":100000,"size":1000},{"containerID":1000,"hostID":200000,"size":1000}])";
    config.set("/linux/uidMappings", map).set("/linux/gidMappings", map);
    // Its root must be able to come to the rootfs and owns it.
    fs::permissions(scratch(""), fs::perms(0755));
    for (const auto& entry : fs::recursive_directory_iterator(rootfs()))
      if (entry.is_directory() && !entry.is_symlink())
        static_cast<void>(!::chown(entry.path().c_str(), 100000, 100000));
    static_cast<void>(!::chown(rootfs().c_str(), 100000, 100000));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(userns)

BOOST_AUTO_TEST_CASE(ids_are_mapped) {
  Mapped b;
  auto f = probe(b);
  BOOST_TEST(f["uid"] == "0");
  BOOST_TEST(f["gid"] == "0");
  BOOST_TEST(f["groups"] == "");
  BOOST_TEST(f["ns.user"] != link_of("/proc/self/ns/user"));
  BOOST_TEST(shell(b, "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '") ==
             " 0 100000 1000\n 1000 200000 1000\n 0 100000 1000\n 1000 200000 1000\n");
  BOOST_TEST(shell(b, "echo x >/tmp/made") == "");
  struct stat s;
  BOOST_REQUIRE(::stat((b.rootfs() + "/tmp/made").c_str(), &s) == 0);
  BOOST_TEST(s.st_uid == 100000u);
  BOOST_TEST(s.st_gid == 100000u);
}

// In the namespace nobody has CAP_SYS_RESOURCE.
BOOST_AUTO_TEST_CASE(limits_above_the_callers) {
  OCI_SKIP_IF(!has_capability(24), "CAP_SYS_RESOURCE is not there");
  Mapped b;
  b.config.set("/process/rlimits", R"([{"type":"RLIMIT_NOFILE","soft":3000,"hard":4000},
                                       {"type":"RLIMIT_NPROC","soft":100,"hard":200}])");
  const auto lower = [] {
    for (const auto kind : {RLIMIT_NOFILE, RLIMIT_NPROC}) {
      const rlimit low{1000, 1000};
      ::setrlimit(kind, &low);
    }
  };
  Command command = b.args({"/bin/probe"}).creation("run", {});
  command.in_child = lower;
  const Outcome r = run(command);
  OCI_REQUIRE_OK(r);
  auto f = facts(r.out);
  BOOST_TEST(f["rlimit.NOFILE"] == "3000:4000");
  BOOST_TEST(f["rlimit.NPROC"] == "100:200");
  b.start_sleeper();
  Command exec = b.command({"exec", b.id(), "/bin/probe"});
  exec.in_child = lower;
  f = facts(run(exec).out);
  BOOST_TEST(f["rlimit.NOFILE"] == "3000:4000");
}

BOOST_AUTO_TEST_CASE(another_user_of_the_map) {
  Mapped b;
  b.config.set("/process/user", R"({"uid":1001,"gid":1002,"additionalGids":[5]})");
  auto f = probe(b);
  BOOST_TEST(f["uid"] == "1001");
  BOOST_TEST(f["gid"] == "1002");
  BOOST_TEST(f["groups"] == "5");
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  const std::string status = read_file("/proc/" + std::to_string(b.pid()) + "/status");
  OCI_CHECK_HAS(status, "Uid:\t200001\t200001\t200001\t200001");
  OCI_CHECK_HAS(status, "Gid:\t200002\t200002\t200002\t200002");
}

BOOST_AUTO_TEST_CASE(what_belongs_to_root_outside_stays_closed) {
  Mapped b;
  write_file(b.scratch("private"), "secret", 0600);
  b.config.add("/mounts", R"({"destination":"/private","type":"bind","source":")" +
                              b.scratch("private") + R"(","options":["bind"]})");
  const Outcome r = b.shell("cat /private").run();
  OCI_CHECK_HAS(r.err, "Permission denied");
  BOOST_TEST(r.out == "");
}

BOOST_AUTO_TEST_CASE(a_source_that_only_the_runtime_can_reach, *proves({"S061", "S062"})) {
  Mapped b;
  const std::string dir = b.scratch("closed");
  fs::create_directories(dir + "/inner");
  write_file(dir + "/inner/file", "reached\n");
  fs::permissions(dir, fs::perms(0700));
  b.config.add("/mounts", R"({"destination":"/data","type":"bind","source":")" + dir +
                              R"(/inner","options":["bind"]})");
  OCI_NOT_RUNC("old ones open the source inside");
  BOOST_TEST(shell(b, "cat /data/file") == "reached\n");
}

BOOST_AUTO_TEST_CASE(devices_masks_and_streams, *proves({"S133"})) {
  Mapped b;
  auto f = probe(b, {"stat", "/dev/null", "/dev/zero", "/proc/keys"});
  OCI_CHECK_HAS(f["/dev/null"], "1:3");
  OCI_CHECK_HAS(f["/dev/zero"], "1:5");
  // The null device over the file, and a process that may reopen its own streams.
  OCI_CHECK_HAS(f["/proc/keys"], "1:3");
  BOOST_TEST(shell(b, "echo x >/dev/null; echo again >/proc/self/fd/1") == "again\n");
}

BOOST_AUTO_TEST_CASE(exec_enters_it) {
  Mapped b;
  b.start_sleeper();
  auto f = facts(b.exec({"/bin/probe"}).out);
  BOOST_TEST(f["uid"] == "0");
  BOOST_TEST(f["ns.user"] == link_of("/proc/" + std::to_string(b.pid()) + "/ns/user"));
  const Outcome r = b.exec({"/bin/probe"}, {"--user", "1500:1501"});
  BOOST_TEST(facts(r.out)["uid"] == "1500", r.text());
  BOOST_TEST(facts(r.out)["gid"] == "1501");
}

BOOST_AUTO_TEST_CASE(an_unmapped_user_is_an_error) {
  Mapped b;
  const Traces traces(b);
  b.config.set("/process/user/uid", "60000");
  const Outcome r = b.run();
  BOOST_TEST(r.code == 1, r.text());
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(joining_anothers_user_namespace) {
  OCI_NOT_RUNC("it wants the maps again");
  Mapped first, second;
  first.start_sleeper();
  const std::string ns = "/proc/" + std::to_string(first.pid()) + "/ns/";
  second.config.drop("/linux/uidMappings")
      .drop("/linux/gidMappings")
      .drop_where("/linux/namespaces", "type", "user");
  second.config.add("/linux/namespaces", R"({"type":"user","path":")" + ns + "user\"}");
  auto f = probe(second);
  BOOST_TEST(f["ns.user"] == link_of(ns + "user"));
  BOOST_TEST(f["uid"] == "0");
}

// Engines name both for the containers of a pod.
BOOST_AUTO_TEST_CASE(joining_one_with_the_same_maps_and_no_other, *proves({"S119"})) {
  OCI_NOT_RUNC("1.1 never compares");
  Mapped first, second;
  first.start_sleeper();
  const std::string path = "/proc/" + std::to_string(first.pid()) + "/ns/user";
  second.config.drop_where("/linux/namespaces", "type", "user")
      .add("/linux/namespaces", R"({"type":"user","path":")" + path + "\"}");
  BOOST_TEST(probe(second)["ns.user"] == link_of(path));
  // The same in other words.
  const char* split = R"([{"containerID":1000,"hostID":200000,"size":1000},
    {"containerID":0,"hostID":100000,"size":400},{"containerID":400,"hostID":100400,"size":600}])";
  second.config.set("/linux/uidMappings", split);
  BOOST_TEST(probe(second)["ns.user"] == link_of(path));
  second.config.set("/linux/gidMappings", R"([{"containerID":0,"hostID":100000,"size":999}])");
  OCI_CHECK_HAS(second.run().err,
                "both namespace path and non-matching mapping specified -- you may only provide");
}

BOOST_AUTO_TEST_SUITE_END()
