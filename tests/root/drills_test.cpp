// Crash drills: the plan is failed at every step, the runtime is killed at every point between its
// side effects. What remains must be what `delete --force` can find; a failure leaves nothing at
// all.
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"
#include "tests/support/seccomp_agent.h"

using namespace oci::test;

namespace {

constexpr int kKilled = 137;
constexpr int kMostPoints =
    400;  // no config has as many; a drill that never ends is a defect of the drill

std::string mapped_file(const Bundle& b, const std::string& from, const std::string& to,
                        const std::string& maps) {
  return R"({"destination":")" + to + R"(","type":"none","source":")" + b.scratch(from) +
         R"(","options":["bind","idmap"])" + maps + "}";
}

// Of files in the tests' own directory.
bool can_map_ids() {
  static const bool can = [] {
    Bundle b;
    write_file(b.scratch("file"), "x");
    b.config.add("/mounts",
                 mapped_file(b, "file", "/mnt/file", R"(,"uidMappings":[{"containerID":0,"hostID":1,
        "size":1}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}])"));
    const bool done = b.args({"/bin/true"}).run().ok();
    if (!done) BOOST_TEST_MESSAGE("SKIPPED: no id-mapped mount in the drills");
    return done;
  }();
  return can;
}

struct Rich : Bundle {
  SeccompAgent agent{scratch("agent")};
  explicit Rich(bool user_namespace) {
    config.set("/linux/resources",
               R"({"pids":{"limit":50},"memory":{"limit":100000000},"cpu":{"shares":512},
      "devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":1,"minor":11,"access":"rw"}]})");
    config.set("/linux/seccomp",
               R"({"defaultAction":"SCMP_ACT_ALLOW","listenerPath":")" + agent.path() +
                   R"(","syscalls":[{"names":["swapon"],"action":"SCMP_ACT_NOTIFY"}]})");
    config.set("/process/rlimits", R"([{"type":"RLIMIT_NOFILE","soft":100,"hard":200}])");
    config.set("/process/user/additionalGids", "[7]")
        .set_text("/process/cwd", "/made")
        .set("/process/oomScoreAdj", "100");
    config.add("/mounts",
               R"({"destination":"/etc","type":"tmpfs","source":"tmpfs","options":["tmpcopyup"]})");
    write_file(scratch("bound"), "x");
    config.add("/mounts", R"({"destination":"/mnt/file","type":"bind","source":")" +
                              scratch("bound") + R"(","options":["bind","ro"]})");
    if (can_map_ids()) {
      const char* own = R"(,"uidMappings":[{"containerID":0,"hostID":5000,"size":10}],
          "gidMappings":[{"containerID":0,"hostID":5000,"size":10}])";
      config.add("/mounts", mapped_file(*this, "bound", "/mnt/mapped", own));
      if (user_namespace)
        config.add("/mounts", mapped_file(*this, "bound", "/mnt/with-container", ""));
    }
    for (const char* kind : {"createRuntime", "createContainer", "startContainer", "poststart"})
      config.add((std::string("/hooks/") + kind).c_str(),
                 R"({"path":"/bin/busybox","args":["true"]})");
    if (user_namespace) {
      config.add("/linux/namespaces", R"({"type":"user"})");
      const char* map = R"([{"containerID":0,"hostID":100000,"size":65536}])";
      config.set("/linux/uidMappings", map).set("/linux/gidMappings", map);
      open_to_all();
    } else {
      config.set("/linux/sysctl", R"({"net.ipv4.ip_forward":"1"})");
      config.set("/linux/devices",
                 R"([{"path":"/dev/kmsg","type":"c","major":1,"minor":11,"fileMode":384}])");
    }
    args({"/bin/sleep", "1000"});
  }

  // A root that is mapped to a user of no rights must be able to get there and to write.
  void open_to_all() {
    namespace fs = std::filesystem;
    fs::permissions(scratch(""), fs::perms(0755));
    for (const char* name : {"", "/mnt", "/etc", "/dev"})
      fs::permissions(rootfs() + name, fs::perms(0777));
  }

  Outcome drilled(Command command, const std::string& drill) {
    command.env = {"OCI_DRILL=" + drill};
    return oci::test::run(command);
  }
  Outcome drilled(const std::vector<std::string>& words, const std::string& drill) {
    return drilled(command(words), drill);
  }
};

// `step` does one drill and answers whether the point was still reached.
template <class F>
void until_none_is_hit(const char* what, int at_least, F step) {
  int n = 0;
  while (n < kMostPoints && step(n)) ++n;
  BOOST_TEST_MESSAGE(what << ": " << n << " points");
  BOOST_TEST(n >= at_least, what << " has only " << n << " points");
  BOOST_TEST(n < kMostPoints);
}

void force_away(Rich& b, const Traces& traces, const std::string& where) {
  const Outcome r = b.remove();
  BOOST_TEST(r.ok(), where << ": delete --force: " << r.text());
  const std::string left = traces.left();
  BOOST_TEST(left.empty(), where << " leaves\n" << left);
}

bool have_drills() {
  static const bool have = [] {
    Bundle b;
    Command command = b.args({"/bin/true"}).creation("run", {});
    command.env = {"OCI_DRILL=fail:0"};
    return run(command).code != 0;
  }();
  return have;
}
#define OCI_NEEDS_DRILLS() OCI_SKIP_IF(!have_drills(), "this runtime was built without OCI_DRILLS")

void fail_run(bool user_namespace) {
  Rich b(user_namespace);
  b.args({"/bin/true"});
  OCI_REQUIRE_OK(b.run());
  const Traces traces(b);
  until_none_is_hit("failing steps of run", 40, [&](int n) {
    const Outcome r = b.drilled(b.creation("run", {}), "fail:" + std::to_string(n));
    const std::string where = "step " + std::to_string(n);
    if (r.code != 0) BOOST_TEST(contains(r.err, "input/output error"), where << ": " << r.text());
    const std::string left = traces.left();
    BOOST_TEST(left.empty(), where << " leaves\n" << left);
    return r.code != 0;
  });
}

void fail_create(bool user_namespace) {
  Rich b(user_namespace);
  const Traces traces(b);
  until_none_is_hit("failing steps of create and start", 40, [&](int n) {
    const std::string where = "step " + std::to_string(n);
    const Outcome created = b.drilled(b.creation("create", {}), "fail:" + std::to_string(n));
    if (!created.ok()) {
      const std::string left = traces.left();
      BOOST_TEST(left.empty(), where << " leaves\n" << left);
      return true;
    }
    const Outcome started = b.start();
    force_away(b, traces, where);
    return !started.ok();
  });
}

void kill_create(const char* verb, bool user_namespace, std::vector<std::string> flags = {}) {
  Rich b(user_namespace);
  const Traces traces(b);
  until_none_is_hit(verb, 10, [&](int n) {
    const Outcome r = b.drilled(b.creation(verb, flags), "kill:" + std::to_string(n));
    BOOST_TEST((r.code == kKilled || r.ok()), r.text());
    force_away(b, traces, std::string(verb) + " killed at point " + std::to_string(n));
    return r.code == kKilled;
  });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(drills)

BOOST_AUTO_TEST_CASE(a_failed_run_leaves_nothing) {
  OCI_NEEDS_DRILLS();
  fail_run(false);
}

BOOST_AUTO_TEST_CASE(a_failed_run_with_a_user_namespace_leaves_nothing) {
  OCI_NEEDS_DRILLS();
  fail_run(true);
}

BOOST_AUTO_TEST_CASE(a_failed_create_leaves_nothing, *proves({"S012"})) {
  OCI_NEEDS_DRILLS();
  fail_create(false);
}

BOOST_AUTO_TEST_CASE(a_killed_create_can_be_deleted, *proves({"S093"})) {
  OCI_NEEDS_DRILLS();
  kill_create("create", false);
}

BOOST_AUTO_TEST_CASE(a_killed_create_with_a_user_namespace_can_be_deleted) {
  OCI_NEEDS_DRILLS();
  kill_create("create", true);
}

BOOST_AUTO_TEST_CASE(a_killed_detached_run_can_be_deleted) {
  OCI_NEEDS_DRILLS();
  kill_create("run", false, {"--detach"});
}

BOOST_AUTO_TEST_CASE(a_killed_start_can_be_deleted) {
  OCI_NEEDS_DRILLS();
  Rich b(false);
  const Traces traces(b);
  until_none_is_hit("start", 4, [&](int n) {
    OCI_REQUIRE_OK(b.create());
    const Outcome r = b.drilled({"start", b.id()}, "kill:" + std::to_string(n));
    BOOST_TEST((r.code == kKilled || r.ok()), r.text());
    force_away(b, traces, "start killed at point " + std::to_string(n));
    return r.code == kKilled;
  });
}

BOOST_AUTO_TEST_CASE(a_killed_delete_can_be_repeated) {
  OCI_NEEDS_DRILLS();
  Rich b(false);
  const Traces traces(b);
  until_none_is_hit("delete", 4, [&](int n) {
    OCI_REQUIRE_OK(b.create());
    const Outcome r = b.drilled({"delete", "--force", b.id()}, "kill:" + std::to_string(n));
    BOOST_TEST((r.code == kKilled || r.ok()), r.text());
    force_away(b, traces, "delete killed at point " + std::to_string(n));
    return r.code == kKilled;
  });
}

BOOST_AUTO_TEST_CASE(a_failed_exec_leaves_no_process) {
  OCI_NEEDS_DRILLS();
  Rich b(false);
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  const Traces traces(b);
  until_none_is_hit("failing steps of exec", 10, [&](int n) {
    const Outcome r = b.drilled({"exec", b.id(), "/bin/true"}, "fail:" + std::to_string(n));
    const std::string left = traces.left();
    BOOST_TEST(left.empty(), "step " << n << " leaves\n" << left);
    return r.code != 0;
  });
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_SUITE_END()
