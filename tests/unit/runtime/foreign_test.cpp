#include "lib/runtime/foreign.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "lib/runtime/store.h"
#include "lib/sys/file.h"
#include "lib/words/namespaces.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::TempDir;
using runtime::Foreign;
using runtime::Maker;
using runtime::Record;
namespace fs = std::filesystem;

namespace {

std::string fixture(const std::string& name) {
  const auto text =
      sys::read_file(std::string(OCI_SOURCE_DIR) + "/tests/fixtures/foreign-records/" + name);
  BOOST_REQUIRE_MESSAGE(text.ok(), name);
  return *text;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, what + " is not in the text");
  return text.replace(at, what.size(), by);
}

// A hybrid host with cpu and cpuacct together.
std::vector<cgroup::CgroupMount> mounts() {
  std::vector<cgroup::CgroupMount> out;
  const auto v1 = [&](const std::string& place, std::vector<std::string> controllers) {
    out.push_back({"/sys/fs/cgroup/" + place, "/", false, std::move(controllers)});
  };
  v1("cpu", {"rw", "cpu", "cpuacct"});
  v1("cpuacct", {"rw", "cpuacct"});
  for (const char* name : {"blkio", "cpuset", "devices", "freezer", "memory", "pids"})
    v1(name, {"rw", name});
  v1("systemd", {"rw", "name=systemd"});
  out.push_back({"/sys/fs/cgroup/unified", "/", true, {}});
  return out;
}

Foreign runc(const std::string& text) {
  return runtime::parse_runc_state(text, "box/state.json", mounts());
}

Record whole(Foreign foreign) {
  BOOST_REQUIRE_MESSAGE(!foreign.fault, (foreign.fault ? foreign.fault->text : ""));
  return std::move(foreign.record);
}

std::string fault_of(const Foreign& foreign) {
  BOOST_REQUIRE(foreign.fault);
  return foreign.fault->text;
}

cgroup::Layout layout(bool v1, bool unified) {
  cgroup::Layout out;
  if (v1)
    for (const char* name : {"cpu", "freezer"})
      out.v1.push_back({{name}, std::string("/sys/fs/cgroup/") + name, "/"});
  if (unified) out.unified_mount_point = v1 ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
  out.mode = v1 ? (unified ? cgroup::Mode::kHybrid : cgroup::Mode::kV1) : cgroup::Mode::kV2;
  return out;
}

Foreign crun(const std::string& status, const cgroup::Layout& where,
             const std::set<std::string>& there, bool with_config = true) {
  const Result<std::string> config =
      with_config ? Result<std::string>(fixture("crun-1.8.1.config.json"))
                  : Result<std::string>(Error{Code::kSystem, "open config.json", ENOENT, {}, {}});
  return runtime::parse_crun_status(status, config, "box/status", where,
                                    [&](const std::string& path) { return there.contains(path); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(foreign)

BOOST_AUTO_TEST_CASE(what_every_version_of_runc_says_alike) {
  for (const char* name : {"runc-1.1.5.json", "runc-1.2.6.json", "runc-1.5.1.json"}) {
    BOOST_TEST_CONTEXT(name) {
      const Record r = whole(runc(fixture(name)));
      BOOST_CHECK(r.maker == Maker::kRunc);
      BOOST_CHECK_EQUAL(r.init.pid, 4711);
      BOOST_CHECK_EQUAL(r.init.start_time, 123456u);
      BOOST_CHECK_EQUAL(r.bundle, "/srv/bundle");
      BOOST_CHECK_EQUAL(r.rootfs, "/srv/bundle/rootfs");
      BOOST_CHECK(r.created.starts_with("2026-01-02T03:04:05."));
      BOOST_CHECK(r.annotations == spec::StringMap({{"org.example.a", "b=c"}}));
      BOOST_CHECK(r.process.no_new_privileges);
      BOOST_REQUIRE(r.process.capabilities);
      BOOST_CHECK_EQUAL(r.process.capabilities->bounding.size(), 3u);
      BOOST_CHECK_EQUAL(r.process.capabilities->inheritable.size(), 0u);
      BOOST_CHECK_EQUAL(r.process.oom_score_adj.value_or(0), 100);
      BOOST_CHECK_EQUAL(r.linux_.resources->cpu->shares.value_or(0), 512u);
      BOOST_CHECK((r.namespaces & (words::kNewPid | words::kNewMount | words::kNewNetwork)) ==
                  (words::kNewPid | words::kNewMount | words::kNewNetwork));
      // runc itself has run the poststart hook.
      BOOST_CHECK(r.hooks.poststart.empty());
      BOOST_REQUIRE_EQUAL(r.hooks.poststop.size(), 1u);
      BOOST_CHECK_EQUAL(r.hooks.poststop[0].timeout.value_or(0), 3);
      BOOST_CHECK(r.hooks.poststop[0].args == spec::Strings({"true", "x"}));
    }
  }
}

BOOST_AUTO_TEST_CASE(what_newer_ones_have_besides) {
  const Record r = whole(runc(fixture("runc-1.5.1.json")));
  BOOST_CHECK(r.user_namespace);
  BOOST_CHECK((r.namespaces & (words::kNewUser | words::kNewCgroup | words::kNewTime)) ==
              (words::kNewUser | words::kNewCgroup | words::kNewTime));
  BOOST_REQUIRE_EQUAL(r.linux_.uid_mappings.size(), 1u);
  BOOST_CHECK_EQUAL(r.linux_.uid_mappings[0].host_id, 100000u);
  BOOST_CHECK_EQUAL(r.linux_.gid_mappings[0].host_id, 200000u);
  BOOST_CHECK_EQUAL(r.process.user.umask.value_or(0), 23u);
  BOOST_CHECK_EQUAL(r.process.scheduler->policy, "SCHED_BATCH");
  BOOST_CHECK_EQUAL(r.process.io_priority->io_class, "IOPRIO_CLASS_BE");
  BOOST_CHECK_EQUAL(r.linux_.personality->domain, "LINUX32");
  BOOST_CHECK_EQUAL(r.linux_.memory_policy->mode, "MPOL_PREFERRED");
  BOOST_CHECK_EQUAL(r.linux_.memory_policy->nodes, "0");
  BOOST_CHECK(r.linux_.memory_policy->flags == spec::Strings({"MPOL_F_STATIC_NODES"}));
}

BOOST_AUTO_TEST_CASE(a_resctrl_group_is_remembered) {
  const std::string text = fixture("runc-1.1.5.json");
  BOOST_CHECK_EQUAL(whole(runc(text)).resctrl, "");
  const Record r = whole(runc(
      replaced(text, "\"intel_rdt_path\": \"\"", "\"intel_rdt_path\": \"/sys/fs/resctrl/box\"")));
  BOOST_CHECK_EQUAL(r.resctrl, "/sys/fs/resctrl/box");
}

BOOST_AUTO_TEST_CASE(seccomp_in_the_specs_words) {
  const Record r = whole(runc(fixture("runc-1.1.5.json")));
  BOOST_REQUIRE(r.seccomp);
  BOOST_CHECK_EQUAL(r.seccomp->default_action, "SCMP_ACT_ALLOW");
  BOOST_CHECK(r.seccomp->architectures == spec::Strings({"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"}));
  BOOST_REQUIRE(r.seccomp->flags);
  BOOST_REQUIRE_EQUAL(r.seccomp->syscalls.size(), 3u);
  const spec::Syscall& call = r.seccomp->syscalls[0];
  BOOST_CHECK(call.names == spec::Strings({"mkdirat"}));
  BOOST_CHECK_EQUAL(call.action, "SCMP_ACT_ERRNO");
  BOOST_CHECK_EQUAL(call.errno_ret.value_or(0), 7u);
  const auto& args = r.seccomp->syscalls[2].args;
  BOOST_REQUIRE_EQUAL(args.size(), 2u);
  BOOST_CHECK_EQUAL(args[0].op, "SCMP_CMP_NE");
  BOOST_CHECK_EQUAL(args[0].value, 8u);
  BOOST_CHECK_EQUAL(args[1].op, "SCMP_CMP_MASKED_EQ");
  BOOST_CHECK_EQUAL(args[1].value, 255u);
  BOOST_CHECK_EQUAL(args[1].value_two, 3u);
  BOOST_CHECK_EQUAL(args[1].index, 1u);
  BOOST_CHECK_EQUAL(r.seccomp_agent, "");
}

BOOST_AUTO_TEST_CASE(an_agent_is_remembered) {
  const std::string text =
      replaced(fixture("runc-1.1.5.json"), "\"default_action\": 4",
               R"("default_action": 4, "listener_path": "/agent", "listener_metadata": "m")");
  // Of no use without a rule that asks it.
  BOOST_CHECK_EQUAL(whole(runc(text)).seccomp_agent, "");
  const Record r = whole(runc(replaced(text, "\"action\": 2", "\"action\": 7")));
  BOOST_CHECK_EQUAL(r.seccomp_agent, "/agent");
  BOOST_CHECK_EQUAL(r.seccomp_metadata, "m");
  BOOST_CHECK_EQUAL(r.seccomp.value().listener_path, "/agent");
}

BOOST_AUTO_TEST_CASE(cgroups_of_a_hybrid_host) {
  const std::string text =
      replaced(fixture("runc-1.1.5.json"), "/sys/fs/cgroup/cpuacct/box", "/sys/fs/cgroup/cpu/box");
  const Record r = whole(runc(text));
  BOOST_CHECK(r.cgroup.mode == cgroup::Mode::kHybrid);
  // cpu and cpuacct are one directory; the unified one is the last.
  BOOST_REQUIRE_EQUAL(r.cgroup.dirs.size(), 9u);
  std::size_t both = 0;
  for (std::size_t i = 0; i < r.cgroup.dirs.size(); ++i) {
    const cgroup::Dir& dir = r.cgroup.dirs[i];
    BOOST_CHECK_EQUAL(dir.path, "/box");
    BOOST_CHECK_EQUAL(dir.unified, i + 1 == r.cgroup.dirs.size());
    BOOST_CHECK(r.cgroup.made_by_us(i));
    if (dir.controllers == std::vector<std::string>({"cpu", "cpuacct"})) ++both;
  }
  BOOST_CHECK_EQUAL(both, 1u);
}

BOOST_AUTO_TEST_CASE(cgroups_of_other_hosts) {
  const auto v2 = runtime::parse_runc_state(fixture("runc-1.1.5-v2.json"), "box/state.json",
                                            {{"/sys/fs/cgroup", "/", true, {}}});
  BOOST_CHECK(!v2.fault);
  BOOST_CHECK(v2.record.cgroup.mode == cgroup::Mode::kV2);
  BOOST_REQUIRE_EQUAL(v2.record.cgroup.dirs.size(), 1u);
  BOOST_CHECK_EQUAL(v2.record.cgroup.dirs[0].mount_point, "/sys/fs/cgroup");
  BOOST_CHECK_EQUAL(v2.record.cgroup.dirs[0].path, "/box");

  // What cannot be reached here is an error, but the rest is known.
  const Foreign elsewhere = runc(fixture("runc-1.1.5-v2.json"));
  BOOST_CHECK(fault_of(elsewhere).find("is in no cgroup filesystem") != std::string::npos);
  BOOST_CHECK(elsewhere.fault->code == Code::kCgroup);
  BOOST_CHECK_EQUAL(elsewhere.record.init.pid, 4711);
}

BOOST_AUTO_TEST_CASE(no_path_leads_out_of_the_cgroups) {
  for (const char* path : {"/sys/fs/cgroup/devices/../../x", "/sys/fs/cgroup/devices/",
                           "/sys/fs/cgroup/devices", "/etc", "devices/box"}) {
    const Foreign f =
        runc(replaced(fixture("runc-1.1.5.json"), "/sys/fs/cgroup/devices/box", path));
    BOOST_CHECK_MESSAGE(f.fault && f.fault->code == Code::kCgroup, path);
    BOOST_CHECK_EQUAL(f.record.cgroup.dirs.size(), 9u);
  }
}

BOOST_AUTO_TEST_CASE(what_no_known_version_writes_is_an_error_that_names_it) {
  const std::string good = fixture("runc-1.5.1.json");
  const auto check = [&](const std::string& what, const std::string& by, const std::string& text) {
    const Foreign f = runc(replaced(good, what, by));
    BOOST_CHECK_MESSAGE(fault_of(f).find(text) != std::string::npos, fault_of(f));
    BOOST_CHECK(f.fault->code == Code::kCorruptState);
    BOOST_CHECK(f.fault->text.starts_with("box/state.json: "));
    // There still is what to kill and to remove.
    BOOST_CHECK_EQUAL(f.record.init.pid, 4711);
    BOOST_CHECK(!f.record.cgroup.dirs.empty());
  };
  check("\"default_action\": 4", "\"default_action\": 12", "unknown action 12");
  check("\"default_action\": 4", "\"default_action\": \"x\"", "/config/seccomp/default_action");
  check("\"amd64\"", "\"vax\"", "unknown architecture vax");
  check("NEWPID", "NEWVAX", "unknown type \"NEWVAX\"");
  check("bundle=/srv", "bundel=/srv", "no bundle is named");
  check("\"mode\": 1", "\"mode\": 77", "unknown mode 77");
  check("\"domain\": 8", "\"domain\": 3", "unknown domain");
}

BOOST_AUTO_TEST_CASE(other_documents_are_no_records) {
  for (const char* text : {"{}", "[]", "{\"id\":\"box\",\"status\":\"running\",\"pid\":1}"}) {
    const Foreign f = runc(text);
    BOOST_CHECK_EQUAL(fault_of(f),
                      "box/state.json: not a record of this runtime, of runc or of crun");
    BOOST_CHECK_EQUAL(f.record.init.pid, 0);
  }
  BOOST_CHECK(runc("{\"init_process_pid\":").fault.has_value());
  BOOST_CHECK(runc("").fault.has_value());
}

BOOST_AUTO_TEST_CASE(a_status_of_crun) {
  const std::set<std::string> there{"/sys/fs/cgroup/cpu/box", "/sys/fs/cgroup/freezer/box"};
  const Record r = whole(crun(fixture("crun-1.8.1.status.json"), layout(true, true), there));
  BOOST_CHECK(r.maker == Maker::kCrun);
  BOOST_CHECK_EQUAL(r.init.pid, 4711);
  BOOST_CHECK_EQUAL(r.init.start_time, 123456u);
  BOOST_CHECK_EQUAL(r.rootfs, "/srv/bundle/rootfs");
  BOOST_CHECK(r.cgroup.mode == cgroup::Mode::kV1);
  BOOST_REQUIRE_EQUAL(r.cgroup.dirs.size(), 2u);
  BOOST_CHECK(r.cgroup.made_by_us(1));
  BOOST_CHECK(r.around.empty());
  BOOST_CHECK_EQUAL(r.process.user.uid, 5u);
  BOOST_CHECK_EQUAL(r.process.cwd, "/tmp");
  BOOST_CHECK_EQUAL(r.process.rlimits.size(), 2u);
  BOOST_REQUIRE(r.seccomp);
  BOOST_CHECK_EQUAL(r.seccomp->syscalls.size(), 2u);
  BOOST_CHECK((r.namespaces & words::kNewPid) != 0);
  BOOST_CHECK_EQUAL(r.hooks.poststart.size(), 1u);
  BOOST_CHECK_EQUAL(r.hooks.poststop.size(), 1u);
}

BOOST_AUTO_TEST_CASE(cgroups_of_crun) {
  const std::string text = fixture("crun-1.8.1.status.json");
  BOOST_CHECK(whole(crun(text, layout(false, true), {"/sys/fs/cgroup/box"})).cgroup.mode ==
              cgroup::Mode::kV2);
  BOOST_CHECK(whole(crun(text, layout(true, true), {})).cgroup.mode == cgroup::Mode::kNone);
  BOOST_CHECK(
      whole(crun(replaced(text, "\"/box\"", "\"\""), layout(true, true), {"/"})).cgroup.mode ==
      cgroup::Mode::kNone);
  for (const char* path : {"\"/\"", "\"/..\"", "\"//.\""})
    BOOST_CHECK(fault_of(crun(replaced(text, "\"/box\"", path), layout(true, true), {}))
                    .find("/cgroup-path") != std::string::npos);

  // The scope goes with the cgroup below it.
  std::string scoped = replaced(text, "\"/box\"", "\"/system.slice/crun-box.scope/container\"");
  scoped = replaced(scoped, "\"scope\": \"\"", "\"scope\": \"crun-box.scope\"");
  const Record r = whole(
      crun(scoped, layout(false, true), {"/sys/fs/cgroup/system.slice/crun-box.scope/container"}));
  BOOST_REQUIRE_EQUAL(r.around.size(), 1u);
  BOOST_CHECK_EQUAL(r.around[0].path, "/system.slice/crun-box.scope");
}

BOOST_AUTO_TEST_CASE(damaged_files_of_crun) {
  const std::string text = fixture("crun-1.8.1.status.json");
  const std::set<std::string> there{"/sys/fs/cgroup/box"};
  const Foreign alone = crun(text, layout(false, true), there, false);
  BOOST_CHECK(fault_of(alone).find("config.json") != std::string::npos);
  BOOST_CHECK_EQUAL(alone.record.init.pid, 4711);
  BOOST_CHECK_EQUAL(alone.record.cgroup.dirs.size(), 1u);
  BOOST_CHECK(fault_of(crun(replaced(text, "123456", "0"), layout(false, true), there))
                  .find("/process-start-time is missing") != std::string::npos);
  BOOST_CHECK(
      fault_of(crun(replaced(text, "4711", "0"), layout(false, true), there)).find("/pid") !=
      std::string::npos);
  BOOST_CHECK(
      fault_of(crun(replaced(text, "4711", "\"x\""), layout(false, true), there)).find("/pid") !=
      std::string::npos);
  BOOST_CHECK(fault_of(crun("{", layout(false, true), there)).starts_with("box/status: "));
}

BOOST_AUTO_TEST_CASE(a_filter_from_elsewhere_forbids_exec) {
  const std::string config = replaced(fixture("crun-1.8.1.config.json"), "\"org.example.a\"",
                                      "\"run.oci.seccomp_bpf_data\"");
  const Foreign f = runtime::parse_crun_status(
      fixture("crun-1.8.1.status.json"), Result<std::string>(config), "box/status",
      layout(false, true), [](const auto&) { return true; });
  BOOST_CHECK(!f.fault);
  BOOST_CHECK(f.record.no_exec.find("only crun can exec") != std::string::npos);
}

namespace {

// A root with one container directory whose files a case writes.
struct Root {
  TempDir temp;
  std::string dir = temp / "root/box";
  Root() {
    fs::create_directories(dir);
    ::chmod((temp / "root").c_str(), 0700);
    ::chmod(dir.c_str(), 0711);
  }
  void write(const std::string& name, const std::string& text, mode_t mode = 0600) {
    const auto fd = sys::open(dir + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode);
    BOOST_REQUIRE(fd.ok());
    BOOST_REQUIRE(sys::write_all(*fd, text).ok());
    BOOST_REQUIRE(::fchmod(fd->get(), mode) == 0);
  }
  Result<Record> load() {
    auto store = runtime::Store::open(temp / "root", false);
    BOOST_REQUIRE(store.ok());
    return store->load("box");
  }
  std::string refusal() {
    const auto record = load();
    BOOST_REQUIRE(!record.ok());
    BOOST_CHECK(record.error().code == Code::kCorruptState);
    return record.error().text;
  }
};

// Without cgroups, so that it does not depend on this host.
std::string bare_runc() {
  std::string text = fixture("runc-1.1.5-v2.json");
  return replaced(text, "\"\": \"/sys/fs/cgroup/box\"", "");
}

}  // namespace

BOOST_FIXTURE_TEST_CASE(from_the_disk_by_the_name_of_the_directory, Root) {
  write("state.json", replaced(bare_runc(), "\"id\": \"box\"", "\"id\": \"other\""));
  auto record = load();
  BOOST_REQUIRE_MESSAGE(record.ok(), (record.ok() ? "" : record.error().text));
  BOOST_CHECK_EQUAL(record->id, "box");
  BOOST_CHECK_EQUAL(record->owner, ::geteuid());
  BOOST_CHECK(record->phase == runtime::Phase::kRunning);
  BOOST_REQUIRE(::mkfifo((dir + "/exec.fifo").c_str(), 0600) == 0);
  record = load();
  BOOST_REQUIRE(record.ok());
  BOOST_CHECK(record->phase == runtime::Phase::kCreated);
}

BOOST_FIXTURE_TEST_CASE(a_record_is_never_written_to, Root) {
  const std::string text = bare_runc();
  write("state.json", text);
  auto store = runtime::Store::open(temp / "root", false);
  BOOST_REQUIRE(store.ok());
  auto entry = store->find("box");
  BOOST_REQUIRE(entry.ok());
  const auto record = entry->load();
  BOOST_REQUIRE(record.ok());
  BOOST_CHECK(entry->save(*record).ok());
  BOOST_CHECK_EQUAL(*sys::read_file(dir + "/state.json"), text);
}

BOOST_FIXTURE_TEST_CASE(files_that_are_not_to_be_trusted, Root) {
  write("elsewhere", bare_runc());
  BOOST_REQUIRE(::symlink("elsewhere", (dir + "/state.json").c_str()) == 0);
  BOOST_CHECK_EQUAL(refusal(), "box/state.json is a symbolic link");
  fs::remove(dir + "/state.json");
  BOOST_REQUIRE(::mkfifo((dir + "/state.json").c_str(), 0600) == 0);
  BOOST_CHECK_EQUAL(refusal(), "box/state.json is not a file");
  fs::remove(dir + "/state.json");
  write("state.json", bare_runc(), 0620);
  BOOST_CHECK_EQUAL(refusal(), "box/state.json is writable by group or others");
  write("state.json", bare_runc(), 0600);
  ::chmod(dir.c_str(), 0777);
  BOOST_CHECK_EQUAL(refusal(), "box is writable by group or others");
  ::chmod(dir.c_str(), 0711);
  fs::remove(dir + "/state.json");
  BOOST_REQUIRE(::symlink("elsewhere", (dir + "/status").c_str()) == 0);
  BOOST_CHECK_EQUAL(refusal(), "box/status is a symbolic link");
}

BOOST_FIXTURE_TEST_CASE(a_create_of_crun_that_is_not_finished, Root) {
  write("config.json", "{}", 0700);
  BOOST_CHECK(refusal().find("crun has not finished") != std::string::npos);
  fs::remove(dir + "/config.json");
  const auto record = load();
  BOOST_REQUIRE(!record.ok());
  BOOST_CHECK(record.error().code == Code::kNotFound);
}

BOOST_FIXTURE_TEST_CASE(a_damaged_record_of_ours_stays_ours, Root) {
  write("state.json", "{\"id\":\"box\",\"ocirun\":{\"version\":99}}");
  BOOST_CHECK_EQUAL(refusal(), "box/state.json: unknown format version");
}

BOOST_AUTO_TEST_CASE(process_defaults_come_from_the_bundle) {
  TempDir bundle;
  Record record = whole(runc(fixture("runc-1.5.1.json")));
  record.bundle = bundle.path();
  const auto gone = runtime::take_process_defaults(record);
  BOOST_REQUIRE(!gone.ok());
  BOOST_CHECK(gone.error().text.find("--process") != std::string::npos);

  const auto fd = sys::open(bundle / "config.json", O_WRONLY | O_CREAT, 0600);
  BOOST_REQUIRE(fd.ok());
  // What the container was made with does not change with the file.
  BOOST_REQUIRE(
      sys::write_all(*fd, replaced(fixture("crun-1.8.1.config.json"), "\"noNewPrivileges\": true",
                                   "\"noNewPrivileges\": false"))
          .ok());
  BOOST_REQUIRE(runtime::take_process_defaults(record).ok());
  BOOST_CHECK_EQUAL(record.process.user.uid, 5u);
  BOOST_CHECK(record.process.user.additional_gids == std::vector<std::uint32_t>{7});
  BOOST_CHECK_EQUAL(record.process.user.umask.value_or(0), 23u);
  BOOST_CHECK_EQUAL(record.process.cwd, "/tmp");
  BOOST_CHECK_EQUAL(record.process.env->back(), "A=b");
  BOOST_CHECK(record.process.no_new_privileges);
  BOOST_CHECK_EQUAL(record.process.rlimits.size(), 2u);
}

BOOST_AUTO_TEST_SUITE_END()
