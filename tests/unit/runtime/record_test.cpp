#include "lib/runtime/record.h"

#include <regex>
#include <string>

#include <boost/test/unit_test.hpp>

#include "lib/json/reader.h"
#include "lib/words/namespaces.h"
#include "oci/parse.h"

using namespace oci;
using runtime::Phase;
using runtime::Record;

namespace {

Record full_record() {
  Record r;
  r.id = "c1";
  r.bundle = "/b/\"quoted\" & <odd>";
  r.rootfs = "/b/rootfs";
  r.created = "2026-11-25T05:00:00.000000001Z";
  r.oci_version = "1.3.0";
  r.hostname = "box";
  r.owner = 1000;
  r.phase = Phase::kCreated;
  r.init = {4711, 123456789012ULL, 0xffffffffffULL};
  r.annotations = {{"a", "1"}, {"k", "v=w"}};
  r.cgroup.mode = cgroup::Mode::kHybrid;
  r.cgroup.dirs = {{{"cpu", "cpuacct"}, "/sys/fs/cgroup/cpu,cpuacct", "/x/c1", false},
                   {{}, "/sys/fs/cgroup/unified", "/x/c1", true}};
  r.cgroup.made = {true, false};
  r.namespaces = words::kNewPid | words::kNewMount;
  r.user_namespace = true;
  r.hooks.poststop = {{"/bin/h", {"h", "x"}, spec::Strings{}, 3}};
  r.process.terminal = true;
  r.process.args = {"sh"};
  r.process.cwd = "/";
  r.process.env = spec::Strings{};
  r.process.capabilities = spec::Capabilities{{"CAP_KILL"}, {}, {}, {}, {}};
  r.linux_.namespaces = {{"pid", ""}, {"mount", ""}, {"network", "/run/netns/x"}};
  r.linux_.uid_mappings = {{0, 100000, 65536}};
  r.linux_.masked_paths = {"/proc/kcore"};
  r.binds = {"/data", "/dev/null"};
  r.seccomp_flags = 2;
  r.has_seccomp = true;
  r.terminal = true;
  r.notify_socket = "/run/n";
  r.no_new_keyring = true;
  r.rdt_group = "/sys/fs/resctrl/c1";
  r.rdt_monitoring = "/sys/fs/resctrl/c1/mon_groups/c1";
  r.rdt_made = true;
  return r;
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, what + " not in " + text);
  return text.replace(at, what.size(), by);
}

std::string at(const json::Cursor& object, std::string_view key) {
  const auto value = object.find(key);
  std::string_view text;
  return value && value->get(text) ? std::string(text) : "(none)";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record)

BOOST_AUTO_TEST_CASE(reading_gives_back_what_was_written) {
  const Record before = full_record();
  const std::string text = runtime::render_record(before);
  auto after = runtime::parse_record(text, "state.json");
  BOOST_REQUIRE_MESSAGE(after.ok(), (after.ok() ? "" : after.error().text));
  // Every member is in the text, so equal texts mean equal records; spot checks guard the writer
  // itself.
  BOOST_CHECK_EQUAL(runtime::render_record(*after), text);
  BOOST_CHECK_EQUAL(after->bundle, before.bundle);
  BOOST_CHECK_EQUAL(after->owner, 1000u);
  BOOST_CHECK(after->phase == Phase::kCreated);
  BOOST_CHECK_EQUAL(after->init.pid, 4711);
  BOOST_CHECK_EQUAL(after->init.start_time, before.init.start_time);
  BOOST_CHECK_EQUAL(after->init.inode, before.init.inode);
  BOOST_CHECK(after->annotations == before.annotations);
  BOOST_REQUIRE_EQUAL(after->cgroup.dirs.size(), 2u);
  BOOST_CHECK(after->cgroup.made_by_us(0));
  BOOST_CHECK(!after->cgroup.made_by_us(1));
  BOOST_CHECK(!after->cgroup.made_by_us(2));
  BOOST_CHECK(after->cgroup.dirs[1].unified);
  BOOST_CHECK(after->cgroup.mode == cgroup::Mode::kHybrid);
  BOOST_CHECK_EQUAL(after->namespaces, before.namespaces);
  BOOST_CHECK(after->user_namespace && after->has_seccomp && after->terminal &&
              after->no_new_keyring);
  BOOST_CHECK_EQUAL(after->seccomp_flags, 2u);
  BOOST_REQUIRE_EQUAL(after->hooks.poststop.size(), 1u);
  BOOST_CHECK(after->hooks.poststop[0].env.has_value());
  BOOST_CHECK_EQUAL(after->hooks.poststop[0].timeout.value(), 3);
  BOOST_CHECK(after->process.env.has_value());
  BOOST_CHECK(after->process.capabilities.has_value());
  BOOST_REQUIRE_EQUAL(after->linux_.namespaces.size(), 3u);
  BOOST_CHECK_EQUAL(after->linux_.namespaces[2].path, "/run/netns/x");
  BOOST_CHECK(after->linux_.masked_paths == before.linux_.masked_paths);
  BOOST_CHECK(after->binds == before.binds);
  BOOST_CHECK_EQUAL(after->notify_socket, "/run/n");
  BOOST_CHECK_EQUAL(after->rdt_group, before.rdt_group);
  BOOST_CHECK_EQUAL(after->rdt_monitoring, before.rdt_monitoring);
  BOOST_CHECK(after->rdt_made);
}

BOOST_AUTO_TEST_CASE(an_empty_record_stays_empty) {
  const auto after = runtime::parse_record(runtime::render_record(Record{}), "x");
  BOOST_REQUIRE(after.ok());
  BOOST_CHECK_EQUAL(after->init.pid, 0);
  BOOST_CHECK(after->phase == Phase::kCreating);
  BOOST_CHECK(!after->process.env.has_value());
  BOOST_CHECK(!after->process.capabilities.has_value());
  BOOST_CHECK(after->cgroup.dirs.empty());
}

BOOST_AUTO_TEST_CASE(tools_find_the_keys_they_know) {
  auto document = json::Document::parse(runtime::render_record(full_record()));
  BOOST_REQUIRE(document.ok());
  const json::Cursor root = document->root();
  const char* order[] = {"id",      "init_process_pid", "init_process_start",
                         "created", "config",           "cgroup_paths"};
  for (std::size_t i = 0; i < std::size(order); ++i)
    BOOST_CHECK_EQUAL(root.child(i).name(), order[i]);
  std::int64_t pid = 0;
  BOOST_REQUIRE(root.find("init_process_pid")->get(pid));
  BOOST_CHECK_EQUAL(pid, 4711);
  const auto cgroups = root.find("cgroup_paths");
  BOOST_REQUIRE(cgroups.has_value());
  BOOST_CHECK_EQUAL(at(*cgroups, "cpuacct"), "/sys/fs/cgroup/cpu,cpuacct/x/c1");
  BOOST_CHECK_EQUAL(at(*cgroups, ""), "/sys/fs/cgroup/unified/x/c1");
  const auto paths = root.find("namespace_paths");
  BOOST_REQUIRE(paths.has_value());
  BOOST_CHECK_EQUAL(at(*paths, "NEWNS"), "/proc/4711/ns/mnt");
  BOOST_CHECK_EQUAL(at(*paths, "NEWNET"), "/proc/4711/ns/net");
  const auto config = root.find("config");
  BOOST_REQUIRE(config.has_value());
  BOOST_CHECK_EQUAL(at(*config, "rootfs"), "/b/rootfs");
  const auto labels = config->find("labels");
  BOOST_REQUIRE(labels.has_value());
  BOOST_REQUIRE_EQUAL(labels->size(), 3u);
  std::string_view last;
  BOOST_REQUIRE(labels->child(2).get(last));
  BOOST_CHECK_EQUAL(last, "bundle=/b/\"quoted\" & <odd>");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_for_later_versions) {
  const std::string text = runtime::render_record(full_record());
  BOOST_CHECK(
      runtime::parse_record(replaced(text, "\"phase\":", "\"future\":{\"x\":[1]},\"phase\":"), "x")
          .ok());
  BOOST_CHECK(runtime::parse_record(replaced(text, "{\"id\":", "{\"new\":null,\"id\":"), "x").ok());
}

BOOST_AUTO_TEST_CASE(a_broken_record_is_named) {
  const std::string text = runtime::render_record(full_record());
  const auto expect = [](const std::string& broken, const std::string& words) {
    const auto record = runtime::parse_record(broken, "c1/state.json");
    BOOST_REQUIRE_MESSAGE(!record.ok(), broken);
    BOOST_CHECK(record.error().code == Code::kCorruptState);
    BOOST_CHECK(record.error().text.starts_with("c1/state.json: "));
    BOOST_CHECK_MESSAGE(record.error().text.find(words) != std::string::npos, record.error().text);
  };
  expect("", "EOF");
  expect(text.substr(0, text.size() / 2), "unexpected EOF");
  expect("[]", "not a record of this runtime");
  expect("{\"id\":\"x\"}", "not a record of this runtime");
  expect(replaced(text, "\"version\":1,", "\"version\":2,"), "version");
  expect("{\"ocirun\":{\"version\":1}}", "/ocirun/record");
  expect(replaced(text, "\"pid\":4711", "\"pid\":\"4711\""), "/ocirun/record/init/pid");
  expect(replaced(text, "\"pid\":4711", "\"pid\":4711.5"), "/ocirun/record/init/pid");
  expect(replaced(text, "\"phase\":\"created\"", "\"phase\":\"dead\""), "/ocirun/record/phase");
  expect(replaced(text, "\"mode\":\"hybrid\"", "\"mode\":3"), "/ocirun/record/cgroup/mode");
}

BOOST_AUTO_TEST_CASE(timestamps_have_nanoseconds_and_order) {
  const std::string first = runtime::timestamp_now(), second = runtime::timestamp_now();
  BOOST_CHECK(std::regex_match(first, std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)")));
  BOOST_CHECK_LE(first, second);
}

BOOST_AUTO_TEST_CASE(the_reduced_linux_object_has_what_exec_needs) {
  spec::Linux whole;
  whole.namespaces = {{"pid", ""}};
  whole.seccomp = spec::Seccomp{};
  whole.masked_paths = {"/proc/kcore"};
  whole.resources = spec::Resources{};
  whole.resources->devices.resize(3);
  whole.resources->memory = spec::Memory{};
  whole.resources->memory->limit = 7;
  whole.personality = spec::Personality{"LINUX32", {}};
  whole.cgroups_path = "/p";
  const spec::Linux kept = runtime::reduce_linux(whole);
  BOOST_CHECK_EQUAL(kept.namespaces.size(), 1u);
  BOOST_CHECK(!kept.seccomp.has_value());
  BOOST_CHECK(kept.masked_paths == whole.masked_paths);  // what checkpoint needs
  BOOST_REQUIRE(kept.resources.has_value());
  BOOST_CHECK(kept.resources->devices.empty());
  BOOST_CHECK_EQUAL(kept.resources->memory->limit.value(), 7);
  BOOST_CHECK(kept.personality.has_value());
  BOOST_CHECK_EQUAL(kept.cgroups_path, "/p");
}

BOOST_AUTO_TEST_SUITE_END()
