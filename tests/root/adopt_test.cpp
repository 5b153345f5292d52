// Containers that runc and crun created, in their own state directories: each command works on
// them, and the peer still can.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <map>
#include <ostream>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;
namespace data = boost::unit_test::data;

namespace {

// A peer, and how it sees the cgroups; an empty view is the host's. crun takes no hybrid one.
struct Place {
  const char* peer;
  const char* view;
};
std::ostream& operator<<(std::ostream& out, const Place& place) {
  return out << place.peer << (*place.view != 0 ? " on " : "") << place.view;
}
const std::vector<Place> kPlaces = {{"runc", ""}, {"runc", "v2"}, {"crun", "v1"}, {"crun", "v2"}};

std::vector<std::string> in_view(const char* view, std::vector<std::string> words) {
  if (*view != 0) words.insert(words.begin(), {OCI_SOURCE_DIR "/tests/support/cgroup-view", view});
  return words;
}

bool installed(const std::string& program) {
  for (const char* dir : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
    if (::access((dir + program).c_str(), X_OK) == 0) return true;
  return false;
}

constexpr const char* kFreezer = "/sys/fs/cgroup/freezer";
bool host_has_v1() { return ::access(kFreezer, F_OK) == 0; }

// Empty: the peer can be tested here.
std::string find_why_not(const Place& place) {
  if (testing_runc()) return "ocirun is under test";
  if (!installed(place.peer)) return std::string(place.peer) + " is not installed";
  const bool v1 = std::string(place.view) == "v1";
  if (!oci::test::run({.argv = in_view(place.view, {"test", "-d", v1 ? kFreezer : "/"})}).ok())
    return std::string("this host has no cgroup ") + place.view + " view";
  return {};
}

const std::string& why_not(const Place& place) {
  static std::map<std::string, std::string> known;
  const std::string key = std::string(place.peer) + place.view;
  if (known.count(key) == 0) known[key] = find_why_not(place);
  return known[key];
}

// A bundle whose container the peer makes.
struct Adopted {
  explicit Adopted(const Place& where) : place(where) {
    b.args({"/bin/sleep", "1000"});
    // Where crun cannot raise RLIMIT_MEMLOCK it has no device program, and minds only for denials.
    b.config.drop("/linux/resources");
    b.config.set_text("/ociVersion", "1.0.2");  // crun knows no later one
    b.config.set("/annotations", R"({"org.example.key":"v=w"})");
  }
  // In the view of the cgroups that it was made in, for the bundle's own clean-up has another.
  ~Adopted() { static_cast<void>(own({"delete", "--force", b.id()})); }

  bool by_runc() const { return std::string(place.peer) == "runc"; }
  Outcome call(const std::string& program, const std::vector<std::string>& words) const {
    std::vector<std::string> all{program, "--root", b.state_root()};
    all.insert(all.end(), words.begin(), words.end());
    // A v1 view is for crun alone: where the host has v1, ocirun finds the container in its own.
    const bool host = std::string(place.view) == "v1" && program == runtime() && host_has_v1();
    return oci::test::run({.argv = in_view(host ? "" : place.view, all), .cwd = b.dir()});
  }
  Outcome peer(const std::vector<std::string>& words) const { return call(place.peer, words); }
  Outcome own(const std::vector<std::string>& words) const { return call(runtime(), words); }

  void create() {
    b.write_config();
    OCI_REQUIRE_OK(peer({"create", b.id()}));
  }
  void start() {
    create();
    OCI_REQUIRE_OK(peer({"start", b.id()}));
    // The peers return before their init has executed the program.
    const std::string program =
        "/proc/" + std::to_string(state(own({"state", b.id()}))["pid"].GetInt()) + "/exe";
    BOOST_REQUIRE(eventually([&] { return link_of(program).ends_with("/bin/busybox"); }));
  }

  static rapidjson::Document state(const Outcome& outcome) {
    BOOST_REQUIRE_MESSAGE(outcome.ok(), outcome.text());
    rapidjson::Document document;
    document.Parse(outcome.out.c_str());
    BOOST_REQUIRE_MESSAGE(document.IsObject(), outcome.text());
    return document;
  }
  std::string status() const { return state(own({"state", b.id()}))["status"].GetString(); }
  std::string peer_status() const { return state(peer({"state", b.id()}))["status"].GetString(); }
  int pid() const { return state(own({"state", b.id()}))["pid"].GetInt(); }
  std::string record() const { return b.state_dir() + (by_runc() ? "/state.json" : "/status"); }
  Facts probe_by(const std::string& program) const {
    const Outcome r = call(program, {"exec", b.id(), "/bin/probe"});
    BOOST_REQUIRE_MESSAGE(r.ok(), r.text());
    return facts(r.out);
  }
  void nothing_is_left() const {
    BOOST_TEST(!fs::exists(b.state_dir()));
    BOOST_TEST(eventually([&] { return cgroup_dirs(b.id()).empty(); }));
  }

  Place place;
  Bundle b;
};

bool ended(int pid) {
  return eventually([&] { return ::access(("/proc/" + std::to_string(pid)).c_str(), F_OK) != 0; });
}

}  // namespace

#define OCI_ADOPT(name) BOOST_DATA_TEST_CASE(name, data::make(kPlaces), place)
#define OCI_SKIP_UNUSABLE(place) \
  OCI_SKIP_IF(!why_not(place).empty(), place << ": " << why_not(place))

BOOST_AUTO_TEST_SUITE(adopt)

OCI_ADOPT(state_and_list_say_what_the_peer_says) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.create();
  for (const char* expected : {"created", "running"}) {
    if (std::string(expected) == "running") OCI_REQUIRE_OK(a.peer({"start", a.b.id()}));
    const auto theirs = Adopted::state(a.peer({"state", a.b.id()}));
    const auto ours = Adopted::state(a.own({"state", a.b.id()}));
    BOOST_TEST(std::string(ours["status"].GetString()) == expected);
    for (const char* key : {"id", "status", "bundle", "created"})
      BOOST_TEST(std::string(ours[key].GetString()) == theirs[key].GetString(), key);
    BOOST_TEST(ours["pid"].GetInt() == theirs["pid"].GetInt());
    BOOST_TEST(std::string(ours["rootfs"].GetString()) == a.b.rootfs());
    BOOST_TEST(std::string(ours["annotations"]["org.example.key"].GetString()) == "v=w");
    const Outcome listed = a.own({"list"});
    BOOST_TEST(listed.err == "");
    OCI_CHECK_HAS(listed.out, a.b.id());
    OCI_CHECK_HAS(listed.out, std::string(" ") + expected + " ");
  }
}

// Its maker alone knows all of its mounts and devices.
OCI_ADOPT(checkpoint_is_the_makers) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.start();
  const Outcome r = a.own({"checkpoint", "--image-path", a.b.scratch("images"), a.b.id()});
  BOOST_TEST(r.code == 1);
  const std::string peer = place.peer;
  OCI_CHECK_HAS(said(r),
                "container was created by " + peer + ": only " + peer + " can checkpoint it");
  BOOST_TEST(a.status() == "running");
  BOOST_TEST(a.peer_status() == "running");
}

OCI_ADOPT(exec_is_what_the_peers_exec_is) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.b.config.set("/process/user", R"({"uid":7,"gid":8,"additionalGids":[9,10]})")
      .set("/process/cwd", "\"/tmp\"")
      .set("/process/env", R"(["PATH=/bin","A=1,2","HOME=/x"])")
      .set("/process/oomScoreAdj", "123")
      .set("/process/rlimits", R"([{"type":"RLIMIT_NOFILE","hard":900,"soft":800}])")
      .set("/linux/seccomp",
           R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
               {"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":33}]})");
  a.start();
  auto f = a.probe_by(runtime());
  const Facts expected = {{"uid", "7"},
                          {"gid", "8"},
                          {"groups", "9,10"},
                          {"cwd", "/tmp"},
                          {"env.A", "1,2"},
                          {"env.HOME", "/x"},
                          {"NoNewPrivs", "1"},
                          {"CapBnd", "0000000020000420"},
                          {"rlimit.NOFILE", "800:900"}};
  for (const auto& [key, value] : expected) BOOST_TEST(f[key] == value, key);
  // crun execs as root, in / and without what else the container's process has.
  if (a.by_runc()) {
    auto theirs = a.probe_by(place.peer);
    // Go's own handling of RLIMIT_NOFILE gets in runc's way now and then.
    theirs.erase("rlimit.NOFILE");
    for (const char* key : {"fd.0", "fd.1", "fd.2", "pid", "ppid", "sid", "pgid", "ctty"})
      theirs.erase(key);
    for (const auto& [key, value] : theirs) BOOST_TEST(f[key] == value, key);
  }
  const auto cgroups = [&](const std::string& program) {
    return a.call(program, {"exec", a.b.id(), "/bin/cat", "/proc/self/cgroup"}).out;
  };
  BOOST_TEST(cgroups(runtime()) == read_file("/proc/" + std::to_string(a.pid()) + "/cgroup"));
  BOOST_TEST(cgroups(runtime()) == cgroups(place.peer));
  const std::vector<std::string> forbidden{"exec", a.b.id(), "/bin/mkdir", "/tmp/x"};
  BOOST_TEST(a.own(forbidden).err == a.peer(forbidden).err);
  OCI_CHECK_HAS(a.own(forbidden).err, "mkdir");
  const std::vector<std::string> oom{"exec", a.b.id(), "/bin/cat", "/proc/self/oom_score_adj"};
  BOOST_TEST(a.own(oom).out == "123\n");
  BOOST_TEST(a.own({"exec", "--user", "0:0", "--env", "B=2", a.b.id(), "/bin/sh", "-c",
                    "id -u; echo $A $B; exit 5"})
                 .code == 5);
}

OCI_ADOPT(exec_in_a_user_namespace) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.b.config.add("/linux/namespaces", R"({"type":"user"})")
      .set("/linux/uidMappings", R"([{"containerID":0,"hostID":100000,"size":1000}])")
      .set("/linux/gidMappings", R"([{"containerID":0,"hostID":200000,"size":1000}])");
  a.b.config.add("/linux/namespaces", R"({"type":"cgroup"})");
  fs::permissions(a.b.scratch(""), fs::perms(0755));
  a.create();
  const auto check = [&] {
    auto f = a.probe_by(runtime());
    const std::string init = "/proc/" + std::to_string(a.pid()) + "/ns/";
    for (const char* type : {"user", "cgroup", "pid", "mnt", "net", "ipc", "uts"})
      BOOST_TEST(f[std::string("ns.") + type] == link_of(init + type), type);
    BOOST_TEST(f["uid"] == "0");
    const Outcome maps =
        a.own({"exec", a.b.id(), "/bin/cat", "/proc/self/uid_map", "/proc/self/gid_map"});
    OCI_CHECK_HAS(maps.out, " 100000 ");
    OCI_CHECK_HAS(maps.out, " 200000 ");
  };
  // Also while it waits at its gate, where nobody inside may trace it.
  check();
  OCI_REQUIRE_OK(a.own({"start", a.b.id()}));
  check();
}

OCI_ADOPT(pause_resume_ps_events_and_kill) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.b.shell("trap 'exit 3' TERM; sleep 1000 & wait");
  a.start();
  BOOST_REQUIRE(eventually([&] { return lines(a.own({"ps", a.b.id()}).out).size() == 3; }));
  const Outcome pids = a.own({"ps", "--format", "json", a.b.id()});
  OCI_CHECK_HAS(pids.out, std::to_string(a.pid()));
  OCI_REQUIRE_OK(a.own({"pause", a.b.id()}));
  BOOST_TEST(a.status() == "paused");
  BOOST_TEST(a.peer_status() == "paused");
  BOOST_TEST(!a.own({"exec", a.b.id(), "/bin/true"}).ok());
  BOOST_TEST(!a.own({"delete", a.b.id()}).ok());
  OCI_REQUIRE_OK(a.own({"resume", a.b.id()}));
  BOOST_TEST(a.peer_status() == "running");
  const Outcome stats = a.own({"events", "--stats", a.b.id()});
  OCI_REQUIRE_OK(stats);
  BOOST_TEST(stats.out.starts_with("{\"type\":\"stats\",\"id\":\"" + a.b.id() + "\""));
  const int pid = a.pid();
  OCI_REQUIRE_OK(a.own({"kill", a.b.id(), "TERM"}));
  BOOST_TEST(ended(pid));
  BOOST_TEST(a.status() == "stopped");
  BOOST_TEST(!a.own({"kill", a.b.id(), "TERM"}).ok());
  OCI_REQUIRE_OK(a.own({"delete", a.b.id()}));
  a.nothing_is_left();
}

OCI_ADOPT(start_and_delete_run_each_hook_once) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  const std::string log = a.b.scratch("hooks");
  const auto hook = [&](const std::string& name, const std::string& file) {
    return R"([{"path":"/bin/sh","args":["sh","-c","echo )" + name + " $(cat) >>" + file + "\"]}]";
  };
  write_file(log, "", 0666);
  a.b.config.set("/hooks/createRuntime", hook("createRuntime", log))
      .set("/hooks/poststart", hook("poststart", log))
      .set("/hooks/poststop", hook("poststop", log))
      .set("/hooks/startContainer", hook("startContainer", "/tmp/log"));
  a.create();
  OCI_REQUIRE_OK(a.own({"start", a.b.id()}));
  BOOST_TEST(a.status() == "running");
  BOOST_TEST(a.peer_status() == "running");
  BOOST_TEST(!a.own({"start", a.b.id()}).ok());
  BOOST_TEST(eventually([&] { return lines(read_file(a.b.rootfs() + "/tmp/log")).size() == 1; }));
  OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
  const std::string text = read_file(log);
  BOOST_REQUIRE_MESSAGE(lines(text).size() == 3u, text);
  for (const char* name : {"createRuntime", "poststart", "poststop"}) OCI_CHECK_HAS(text, name);
  OCI_CHECK_HAS(lines(text)[2], "\"status\":\"stopped\"");
  OCI_CHECK_HAS(lines(text)[2], "\"id\":\"" + a.b.id() + "\"");
  BOOST_TEST(lines(read_file(a.b.rootfs() + "/tmp/log")).size() == 1u);
  a.nothing_is_left();
}

OCI_ADOPT(delete_force_in_every_state) {
  OCI_SKIP_UNUSABLE(place);
  for (const std::string status : {"created", "running", "paused"}) {
    Adopted a(place);
    if (status == "created")
      a.create();
    else
      a.start();
    if (status == "paused") OCI_REQUIRE_OK(a.peer({"pause", a.b.id()}));
    BOOST_TEST(a.status() == status);
    const int pid = a.pid();
    OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
    BOOST_TEST(ended(pid));
    a.nothing_is_left();
  }
}

OCI_ADOPT(without_a_pid_namespace_all_of_it_ends) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.b.config.drop_where("/linux/namespaces", "type", "pid");
  a.b.shell("sleep 1000 & sleep 1001 & exec sleep 1002");
  a.start();
  BOOST_REQUIRE(eventually([&] { return lines(a.own({"ps", a.b.id()}).out).size() == 4; }));
  OCI_REQUIRE_OK(a.own({"kill", a.b.id(), "KILL"}));
  BOOST_TEST(eventually([&] { return read_file(cgroup_file(a.b.id(), "cgroup.procs")).empty(); }));
  OCI_REQUIRE_OK(a.own({"delete", a.b.id()}));
  a.nothing_is_left();
}

OCI_ADOPT(the_peer_goes_on_with_it) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.create();
  const std::string before = read_file(a.record());
  BOOST_REQUIRE(!before.empty());
  OCI_REQUIRE_OK(a.own({"start", a.b.id()}));
  OCI_REQUIRE_OK(a.own({"exec", a.b.id(), "/bin/true"}));
  OCI_REQUIRE_OK(a.own({"pause", a.b.id()}));
  OCI_REQUIRE_OK(a.own({"resume", a.b.id()}));
  if (std::string(place.view) != "v2") {
    OCI_REQUIRE_OK(a.own({"update", "--pids-limit", "50", a.b.id()}));
    BOOST_TEST(read_file(cgroup_file(a.b.id(), "pids.max")) == "50\n");
  }
  BOOST_TEST(read_file(a.record()) == before);
  BOOST_TEST(a.peer_status() == "running");
  OCI_REQUIRE_OK(a.peer({"exec", a.b.id(), "/bin/true"}));
  OCI_REQUIRE_OK(a.peer({"delete", "--force", a.b.id()}));
  BOOST_TEST(!a.own({"state", a.b.id()}).ok());
  a.nothing_is_left();
}

OCI_ADOPT(a_damaged_record_is_an_error_and_can_be_removed) {
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.start();
  const int pid = a.pid();
  const std::string file = a.by_runc() ? a.record() : a.b.state_dir() + "/config.json";
  Config record;
  record.parse(read_file(file));
  // A value that no version writes, beside what tells of the process and the cgroups.
  record.set(a.by_runc() ? "/config/namespaces/0/type" : "/process/args", "7");
  write_file(file, record.text(), 0600);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"state", a.b.id()}, {"exec", a.b.id(), "/bin/true"}, {"delete", a.b.id()}}) {
    const Outcome refused = a.own(words);
    BOOST_TEST(!refused.ok(), words[0]);
    OCI_CHECK_HAS(said(refused), a.b.id() + "/");
  }
  BOOST_TEST(::access(("/proc/" + std::to_string(pid)).c_str(), F_OK) == 0);
  OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
  BOOST_TEST(ended(pid));
  a.nothing_is_left();
}

BOOST_AUTO_TEST_CASE(runc_without_its_bundle) {
  const Place place{"runc", ""};
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.start();
  fs::remove(a.b.dir() + "/config.json");
  const Outcome refused = a.own({"exec", a.b.id(), "/bin/true"});
  BOOST_TEST(!refused.ok());
  OCI_CHECK_HAS(said(refused), "without it exec needs --process");
  write_file(a.b.scratch("p.json"), R"({"args":["/bin/true"],"cwd":"/","user":{"uid":0,"gid":0}})");
  OCI_REQUIRE_OK(a.own({"exec", "--process", a.b.scratch("p.json"), a.b.id()}));
  OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
  a.nothing_is_left();
}

BOOST_AUTO_TEST_CASE(nobody_elses_process_is_killed) {
  const Place place{"runc", ""};
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.start();
  const int pid = a.pid();
  // Not everybody makes a cgroup for each container.
  oci::test::Running other({.argv = {"sleep", "1000"}});
  for (const std::string& dir : cgroup_dirs(a.b.id()))
    write_file(dir + "/cgroup.procs", std::to_string(other.pid()));
  const Outcome refused = a.own({"delete", "--force", a.b.id()});
  BOOST_TEST(!refused.ok());
  OCI_CHECK_HAS(said(refused), "device or resource busy");
  BOOST_TEST(ended(pid));
  BOOST_TEST(!ended(other.pid()));
  ::kill(other.pid(), SIGKILL);
  static_cast<void>(other.wait());
  OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
  a.nothing_is_left();
}

BOOST_AUTO_TEST_CASE(crun_without_its_bundle) {
  const Place place{"crun", "v1"};
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.start();
  fs::remove(a.b.dir() + "/config.json");
  OCI_REQUIRE_OK(a.own({"exec", a.b.id(), "/bin/true"}));
  OCI_REQUIRE_OK(a.own({"delete", "--force", a.b.id()}));
  a.nothing_is_left();
}

BOOST_AUTO_TEST_CASE(readiness_of_a_container_of_runc) {
  const Place place{"runc", ""};
  OCI_SKIP_UNUSABLE(place);
  Adopted a(place);
  a.create();
  // It was made without a socket, so there is none to wait at.
  Command start = a.b.command({"start", a.b.id()});
  start.env = {"NOTIFY_SOCKET=" + a.b.scratch("none")};
  BOOST_TEST(!oci::test::run(start).ok());
  BOOST_TEST(a.status() == "created");
  OCI_REQUIRE_OK(a.own({"start", a.b.id()}));
}

BOOST_AUTO_TEST_SUITE_END()
