// Bad input: what is said, the exit code, and that nothing is left. The texts are those that
// engines know from runc.
#include <signal.h>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

struct Case {
  const char* pointer;
  const char* json;  // null: the member is dropped
  const char* text;  // what the error says
};
std::ostream& operator<<(std::ostream& out, const Case& c) {
  return out << c.pointer << " = " << (c.json != nullptr ? c.json : "absent");
}

const Case kConfigs[] = {
    {"/ociVersion", R"("nonsense")", ""},
    {"/process", nullptr, "process property must not be empty"},
    {"/process/args", "[]", "args must not be empty"},
    {"/process/args", R"("sh")", "/process/args"},
    {"/process/args", R"(["nosuch"])", "executable file not found in $PATH"},
    {"/process/args", R"(["/no/such"])", "no such file or directory"},
    {"/process/args", R"(["/etc"])", "is a directory"},
    {"/process/args", R"(["/etc/passwd"])", "permission denied"},
    {"/process/cwd", R"("relative")", "Cwd must be an absolute path"},
    {"/process/cwd", R"("")", "Cwd property must not be empty"},
    {"/process/cwd", R"("/etc/passwd")", "not a directory"},
    {"/process/user/uid", "-1", "/process/user/uid"},
    {"/process/user/uid", "4294967296", "/process/user/uid"},
    {"/process/user/uid", R"("root")", "/process/user/uid"},
    {"/process/user/uid", "4294967295", "uids and gids must be in range"},
    {"/process/user/gid", "4294967295", "uids and gids must be in range"},
    {"/process/user/additionalGids", "[4294967295]", "uids and gids must be in range"},
    {"/linux/devices", R"([{"path":"/dev/x","type":"c","major":1,"minor":3,"uid":4294967295}])",
     "invalid device owner"},
    {"/process/rlimits/0/type", R"("RLIMIT_NONSENSE")", "RLIMIT_NONSENSE"},
    {"/process/rlimits", R"([{"type":"RLIMIT_NOFILE","soft":5,"hard":4}])", ""},
    {"/process/rlimits",
     R"([{"type":"RLIMIT_CPU","soft":5,"hard":5},{"type":"RLIMIT_CPU","soft":6,"hard":6}])",
     "rlimit RLIMIT_CPU is listed more than once"},
    {"/process/oomScoreAdj", "1001", ""},
    {"/root", nullptr, "root"},
    {"/root/path", R"("missing")", "no such file or directory"},
    {"/root/path", R"("config.json")", "not a directory"},
    {"/hostname", R"("0123456789012345678901234567890123456789012345678901234567890123456789")",
     ""},
    {"/mounts/0/destination", R"("relative/../..")", ""},
    {"/mounts/-",
     R"({"destination":"/data","type":"bind","source":"/no/such/source","options":["bind"]})",
     "/no/such/source"},
    {"/mounts/-", R"({"destination":"/data","type":"nosuchfs","source":"x"})", "no such device"},
    {"/mounts/-", R"({"destination":"/data","type":"tmpfs","source":"x","options":["nonsense"]})",
     "invalid argument"},
    {"/mounts/-", R"({"destination":"/proc/self/attr","type":"tmpfs","source":"x"})", "proc"},
    {"/mounts/-", R"({"destination":"/proc/sys","type":"bind","source":"/tmp","options":["bind"]})",
     "proc"},
    {"/mounts/-", R"({"destination":"/etc/passwd","type":"tmpfs","source":"x"})",
     "not a directory"},
    {"/mounts/-",
     R"({"destination":"/data","type":"bind","source":"/tmp\u0000/x","options":["bind"]})", ""},
    {"/linux/namespaces/-", R"({"type":"nonsense"})", "nonsense"},
    {"/linux/namespaces/-", R"({"type":"pid"})", "pid"},
    {"/linux/namespaces/1/path", R"("/no/such/namespace")", "/no/such/namespace"},
    {"/linux/namespaces/1/path", R"("/proc/self/ns/uts")", ""},
    {"/linux/namespaces/1/path", R"("/etc/passwd")", ""},
    {"/linux/sysctl", R"({"kernel.core_pattern":"x"})", "core_pattern"},
    {"/linux/sysctl", R"({"net.ipv4.no_such_thing":"1"})", "no_such_thing"},
    {"/linux/sysctl", R"({"net/../../kernel.core_pattern":"1"})", ""},
    {"/linux/rootfsPropagation", R"("nonsense")", "nonsense"},
    {"/linux/seccomp", R"({"defaultAction":"SCMP_ACT_NONSENSE"})", "SCMP_ACT_NONSENSE"},
    {"/linux/seccomp",
     R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_NONSENSE"]})",
     "SCMP_ARCH_NONSENSE"},
    {"/linux/devices", R"([{"path":"/dev/x","type":"q","major":1,"minor":2}])", ""},
    {"/linux/devices", R"([{"path":"/etc/passwd","type":"c","major":1,"minor":2}])", ""},
    {"/linux/maskedPaths", R"(["/etc/passwd/x"])", "can't mask path"},
    {"/linux/resources/memory", R"({"limit":"1G"})", "/linux/resources/memory/limit"},
    {"/linux/resources/hugepageLimits", R"([{"pageSize":"../../x","limit":1}])", ""},
    {"/linux/resources/unified", R"({"cgroup.procs":"1"})", ""},
    {"/linux/resources/unified", R"({"cgroup.freeze":"1"})", ""},
    {"/linux/intelRdt", R"({"closID":"../x"})", ""},
    {"/hooks", R"({"createRuntime":[{"path":"relative"}]})", ""},
    {"/hooks", R"({"createRuntime":[{"path":"/bin/true","timeout":-1}]})", ""},
};

// Cases where an older runc says something else or accepts it: the stricter word of the
// specification counts.
bool only_ours(const Case& c) {
  const std::string p = c.pointer, j = c.json != nullptr ? c.json : "";
  return *c.text == 0 || p.rfind("/process/user/uid", 0) == 0 || p == "/process/args" ||
         p == "/root" || contains(j, "RLIMIT_NONSENSE") || contains(j, "RLIMIT_CPU") ||
         contains(j, "nosuchfs") || p == "/linux/resources/memory" ||
         p == "/linux/rootfsPropagation" || contains(j, "\"pid\"") || contains(j, "4294967295") ||
         contains(j, "NONSENSE") || contains(j, "nonsense");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_DATA_TEST_CASE(in_the_configuration, boost::unit_test::data::make(kConfigs), c) {
  OCI_SKIP_IF(testing_runc() && only_ours(c), "differs from runc in text or strictness");
  Bundle b;
  const Traces traces(b);
  if (c.json != nullptr)
    b.config.set(c.pointer, c.json);
  else
    b.config.drop(c.pointer);
  for (const char* verb : {"create", "run"}) {
    const Outcome r = run(b.creation(verb, {}));
    BOOST_TEST(r.code == 1, verb << ": " << r.text());
    OCI_CHECK_HAS(said(r), c.text);
    OCI_CHECK_HAS(r.err, std::string(verb) + " failed: ");
    BOOST_TEST(r.out == "");
    const std::string left = traces.left();
    BOOST_TEST(left.empty(), "left behind:\n" << left);
    static_cast<void>(b.remove());
  }
}

BOOST_AUTO_TEST_CASE(bundles_that_are_none) {
  Bundle b;
  const std::string nowhere = b.scratch("nowhere"), empty = b.scratch("empty");
  fs::create_directories(empty);
  for (const char* verb : {"create", "run"}) {
    OCI_CHECK_HAS(b.call({verb, "--bundle", nowhere, b.id()}).err,
                  "chdir " + nowhere + ": no such file or directory");
    OCI_CHECK_HAS(b.call({verb, "--bundle", empty, b.id()}).err,
                  "JSON specification file config.json not found");
  }
}

BOOST_AUTO_TEST_CASE(documents_that_are_none) {
  const std::pair<const char*, const char*> texts[] = {{"", ""},
                                                       {"{", ""},
                                                       {"[]", ""},
                                                       {"null", ""},
                                                       {"{\"ociVersion\":\"1.0.2\"} trailing", ""},
                                                       {"{\"process\":[]}", "/process"}};
  for (const auto& [text, part] : texts) {
    if (testing_runc() && (contains(text, "trailing") || *part != 0 || std::string(text) == "null"))
      continue;
    Bundle b;
    const Traces traces(b);
    Command command = b.creation("run", {});
    write_file(b.dir() + "/config.json", text);
    const Outcome r = run(command);
    BOOST_TEST(r.code == 1, text << ": " << r.text());
    OCI_CHECK_HAS(r.err, part);
    BOOST_TEST(traces.left() == "");
  }
  Bundle b;
  Command command = b.creation("run", {});
  fs::remove(b.dir() + "/config.json");
  const Outcome r = run(command);
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "JSON specification file config.json not found");
}

BOOST_AUTO_TEST_CASE(missing_containers) {
  Bundle b;
  for (const std::vector<std::string>& words :
       std::vector<std::vector<std::string>>{{"state", "nobody"},
                                             {"start", "nobody"},
                                             {"kill", "nobody"},
                                             {"delete", "nobody"},
                                             {"pause", "nobody"},
                                             {"resume", "nobody"},
                                             {"ps", "nobody"}}) {
    const Outcome r = b.call(words);
    BOOST_TEST(r.code == 1, words[0]);
    OCI_CHECK_HAS(r.err, "container does not exist");
    BOOST_TEST(r.out == "");
  }
  BOOST_TEST(b.call({"delete", "--force", "nobody"}).ok());
}

BOOST_AUTO_TEST_CASE(wrong_states) {
  Bundle b;
  b.start_sleeper();
  OCI_CHECK_HAS(b.start().err, "cannot start an already running container");
  OCI_CHECK_HAS(b.create().err, "container with given ID already exists");
  BOOST_TEST(b.status() == "running");
  BOOST_TEST(b.call({"kill", b.id(), "KILL"}).ok());
  BOOST_REQUIRE(eventually([&] { return b.status() == "stopped"; }));
  OCI_CHECK_HAS(b.start().err, "cannot start a container that has stopped");
  const Outcome killed = b.call({"kill", b.id(), "TERM"});
  BOOST_TEST(killed.code == 1);
  OCI_CHECK_HAS(killed.err, "container not running");
  BOOST_TEST(b.call({"kill", "--all", b.id(), "TERM"}).ok());
}

BOOST_AUTO_TEST_CASE(signals) {
  Bundle b;
  b.start_sleeper();
  BOOST_TEST(b.call({"kill", b.id(), "0"}).ok());
  for (const char* bad : {"FOO", "SIGRTMIN+3", "0x9", "9x"}) {
    const Outcome r = b.call({"kill", b.id(), bad});
    BOOST_TEST(r.code == 1, bad);
    OCI_CHECK_HAS(said(r), "unknown signal \"" + std::string(bad) + "\"");
  }
  const Outcome r = b.call({"kill", b.id(), "1000"});
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "unable to signal init: invalid argument");
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(a_program_whose_interpreter_is_missing) {  // C009
  Bundle b;
  write_file(b.rootfs() + "/script", "#!/no/such/interpreter\n", 0755);
  OCI_REQUIRE_OK(b.args({"/script"}).create());
  const Outcome r = b.start();
  BOOST_TEST(r.ok(), r.text());
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  BOOST_TEST(b.remove().ok());
  const Outcome foreground = b.run();
  BOOST_TEST(foreground.code == (testing_runc() ? 1 : 255));
  OCI_CHECK_HAS(foreground.err, "exec /script: no such file or directory\n");
}

BOOST_AUTO_TEST_CASE(the_log_file_has_the_error_and_stderr_too) {
  Bundle b;
  const std::string log = b.scratch("log");
  Command command = b.args({"nosuch"}).creation("run", {});
  command.argv.insert(command.argv.begin() + 1, {"--log", log, "--log-format", "json"});
  const Outcome r = run(command);
  BOOST_TEST(r.code == 1);
  rapidjson::Document line;
  line.Parse(lines(read_file(log)).back().c_str());
  BOOST_REQUIRE(line.IsObject());
  BOOST_TEST(std::string(line["level"].GetString()) == "error");
  OCI_CHECK_HAS(line["msg"].GetString(), "exec: \"nosuch\": executable file not found in $PATH");
  OCI_CHECK_HAS(r.err, "exec: \"nosuch\": executable file not found in $PATH");
  BOOST_TEST(!contains(r.err, "level="), r.err);
}

BOOST_AUTO_TEST_CASE(a_pid_file_that_cannot_be_written_ends_the_container) {
  Bundle b;
  const Traces traces(b);
  const Outcome r =
      b.args({"/bin/sleep", "1000"}).create({"--pid-file", b.scratch("no/such/dir/pid")});
  BOOST_TEST(r.code == 1, r.text());
  BOOST_TEST(traces.left() == "", traces.left());
}

BOOST_AUTO_TEST_CASE(a_corrupt_state_can_be_deleted) {  // C174
  OCI_NOT_RUNC("there it stays for ever");
  Bundle b;
  const Traces traces(b);
  b.start_sleeper();
  const int pid = b.pid();
  write_file(b.state_dir() + "/state.json", "{");
  BOOST_TEST(b.call({"state", b.id()}).code == 1);
  BOOST_TEST(b.call({"list"}).ok());
  OCI_REQUIRE_OK(b.remove());
  BOOST_TEST(!fs::exists(b.state_dir()));
  // What it named can no longer be known: the process is this test's to end.
  ::kill(pid, SIGKILL);
  for (const std::string& dir : cgroup_dirs(b.id())) {
    std::error_code busy;  // a little longer than the process lives
    eventually([&] { return fs::remove(dir, busy); });
  }
  BOOST_TEST(traces.left() == "", traces.left());
}

BOOST_AUTO_TEST_SUITE_END()
