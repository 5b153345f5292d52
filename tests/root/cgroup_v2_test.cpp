// The controllers of cgroup v2, where it has them; the VM of tests/vm does. What needs none of them
// is in cgroup_test.cpp. Spec: config-linux.md#control-groups, the kernel's admin-guide/cgroup-v2
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

constexpr const char* kTop = "/sys/fs/cgroup";

bool have_v2() {
  const std::string offered = read_file(std::string(kTop) + "/cgroup.controllers");
  for (const char* name : {"cpu", "cpuset", "io", "memory", "pids"})
    if (!contains(" " + offered, std::string(" ") + name)) return false;
  return true;
}

// "259:0", of a real disk.
std::string disk() {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator("/sys/block", none)) {
    const std::string number = lines(read_file(entry.path() / "dev")).front();
    if (!contains(entry.path().string(), "/loop")) return number;
  }
  return {};
}

class Limited : public Updatable {
 public:
  std::string file(const std::string& name) const { return kTop + ("/" + id()) + "/" + name; }
  // Without its last newline; the lines of longer ones stay apart.
  std::string value(const std::string& name) const { return trimmed(read_file(file(name))); }
  std::string counter(const std::string& name, const std::string& key) const {
    for (const std::string& line : lines(read_file(file(name))))
      if (line.starts_with(key + " ")) return line.substr(key.size() + 1);
    return "none";
  }
  // Statistics, as `events --stats` has them.
  rapidjson::Document stats() const {
    rapidjson::Document document;
    const Outcome r = call({"events", "--stats", id()});
    document.Parse(r.out.c_str());
    BOOST_REQUIRE_MESSAGE(r.ok() && document.IsObject(), r.text());
    return document;
  }
};

std::uint64_t number(const rapidjson::Document& document, const char* pointer) {
  const rapidjson::Value* value = rapidjson::Pointer(pointer).Get(document);
  BOOST_REQUIRE_MESSAGE(value != nullptr && value->IsUint64(), pointer);
  return value->GetUint64();
}

constexpr const char* kMebibytes = R"({"limit":104857600,"swap":157286400,"reservation":52428800})";

}  // namespace

#define OCI_NEEDS_V2() OCI_SKIP_IF(!have_v2(), "cgroup v2 has not all its controllers here")

BOOST_AUTO_TEST_SUITE(cgroup_v2)

BOOST_AUTO_TEST_CASE(each_limit_is_in_its_file, *proves({"S155"})) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", kMebibytes)
      .set("/linux/resources/cpu",
           R"({"shares":512,"quota":50000,"period":200000,"burst":10000,"cpus":"0","mems":"0"})")
      .set("/linux/resources/pids", R"({"limit":123})")
      .set("/linux/resources/unified", R"({"memory.high":"83886080","cgroup.max.depth":"3"})");
  b.start_sleeper();
  const std::pair<const char*, const char*> expected[] = {
      {"memory.max", "104857600"}, {"memory.swap.max", "52428800"},
      {"memory.low", "52428800"},  {"memory.high", "83886080"},
      {"cpu.weight", "59"},        {"cpu.max", "50000 200000"},
      {"cpu.max.burst", "10000"},  {"cpuset.cpus", "0"},
      {"cpuset.mems", "0"},        {"pids.max", "123"},
      {"cgroup.max.depth", "3"}};
  for (const auto& [name, value] : expected) BOOST_TEST(b.value(name) == value, name);
}

BOOST_AUTO_TEST_CASE(the_container_sees_its_own) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", R"({"limit":33554432})")
      .set("/linux/resources/pids", R"({"limit":9})");
  BOOST_TEST(shell(b, "cd /sys/fs/cgroup; cat memory.max pids.max pids.current; nproc") ==
             "33554432\n9\n" + shell(b, "cat /sys/fs/cgroup/pids.current; nproc"));
  BOOST_TEST(shell(b, "cat /proc/self/cgroup") == "0::/\n");
  b.config.set("/linux/resources/cpu", R"({"cpus":"0"})");
  BOOST_TEST(shell(b, "nproc") == "1\n");
}

BOOST_AUTO_TEST_CASE(what_takes_too_much_memory_is_killed) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", R"({"limit":20971520,"swap":20971520})");
  const Outcome r = b.args({"dd", "if=/dev/zero", "of=/dev/null", "bs=80M", "count=1"}).run();
  BOOST_TEST(r.code == 137, r.text());
  b.shell("dd if=/dev/zero of=/dev/null bs=80M count=1; sleep 1000");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(eventually([&] { return b.counter("memory.events", "oom_kill") == "1"; },
                        std::chrono::seconds(15)));
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(a_memory_limit_that_no_init_fits_in_is_an_error) {
  OCI_NEEDS_V2();
  Limited b;
  const Traces traces(b);
  b.config.set("/linux/resources/memory", R"({"limit":4096,"swap":4096})");
  const Outcome r = b.args({"/bin/true"}).run();
  BOOST_TEST(!r.ok());
  BOOST_TEST(r.code != Outcome::kTimedOut, r.text());
  OCI_CHECK_HAS(r.err, "memory");
  BOOST_TEST(traces.left() == "");
}

BOOST_AUTO_TEST_CASE(processor_time_is_limited) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/cpu", R"({"quota":5000,"period":100000})");
  b.shell("while :; do :; done");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  BOOST_TEST(
      eventually([&] { return number(b.stats(), "/data/cpu/throttling/throttledPeriods") >= 3; },
                 std::chrono::seconds(20)));
  BOOST_TEST(number(b.stats(), "/data/cpu/usage/total") > 0u);
}

BOOST_AUTO_TEST_CASE(disk_limits, *proves({"S179", "S180"})) {
  OCI_NEEDS_V2();
  OCI_SKIP_IF(disk().empty(), "no disk here");
  const std::string device = disk();
  const std::string numbers = R"("major":)" + device.substr(0, device.find(':')) + R"(,"minor":)" +
                              device.substr(device.find(':') + 1);
  Limited b;
  b.config
      .set("/linux/resources/blockIO/throttleReadBpsDevice",
           "[{" + numbers + R"(,"rate":1048576}])")
      .set("/linux/resources/blockIO/throttleWriteIOPSDevice", "[{" + numbers + R"(,"rate":99}])");
  b.start_sleeper();
  BOOST_TEST(b.value("io.max") == device + " rbps=1048576 wbps=max riops=max wiops=99");
  OCI_REQUIRE_OK(
      b.update_by(R"({"blockIO":{"throttleReadBpsDevice":[{)" + numbers + R"(,"rate":0}]}})"));
  BOOST_TEST(b.value("io.max") == device + " rbps=max wbps=max riops=max wiops=99");
  // A device that does not exist is refused by the kernel, and nothing has changed.
  const Outcome r = b.update_by(
      R"({"pids":{"limit":5},"blockIO":{"throttleReadBpsDevice":[{"major":4095,"minor":7,"rate":1}]}})");
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), "failed to write \"4095:7 rbps=1\"");
  BOOST_TEST(b.value("pids.max") == "max");
}

BOOST_AUTO_TEST_CASE(disk_weight, *proves({"S176", "S178"})) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/blockIO", R"({"weight":500})");
  const Outcome r = b.args({"/bin/sleep", "1000"}).create();
  if (fs::exists(b.file("io.weight"))) {
    OCI_REQUIRE_OK(r);
    BOOST_TEST(b.value("io.weight") == "default 4950");
  } else if (fs::exists(b.file("io.bfq.weight"))) {
    OCI_REQUIRE_OK(r);
    BOOST_TEST(contains(b.value("io.bfq.weight"), "500"), b.value("io.bfq.weight"));
  } else {
    OCI_CHECK_HAS(r.err, "io.weight");
  }
}

BOOST_AUTO_TEST_CASE(a_controller_that_is_not_there_is_named) {
  OCI_NEEDS_V2();
  OCI_SKIP_IF(contains(read_file(std::string(kTop) + "/cgroup.controllers"), "rdma"),
              "this kernel has the rdma controller");
  Bundle b;
  b.config.set("/linux/resources/rdma", R"({"mlx5_1":{"hcaHandles":3}})");
  OCI_CHECK_HAS(said(b.args({"/bin/true"}).run()), "controller \"rdma\" not available");
}

BOOST_AUTO_TEST_CASE(statistics) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", kMebibytes)
      .set("/linux/resources/pids", R"({"limit":50})");
  b.shell("dd if=/dev/zero of=/tmp/file bs=1M count=8; touch /tmp/done; sleep 1000 & wait");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  BOOST_REQUIRE(eventually(
      [&] { return fs::exists(b.rootfs() + "/tmp/done") && b.value("pids.current") == "2"; }));
  const rapidjson::Document document = b.stats();
  BOOST_TEST(number(document, "/data/memory/usage/limit") == 104857600u);
  BOOST_TEST(number(document, "/data/memory/swap/limit") == 157286400u);
  BOOST_TEST(number(document, "/data/memory/usage/usage") >= 8u << 20);
  BOOST_TEST(number(document, "/data/memory/usage/max") >=
             number(document, "/data/memory/usage/usage"));
  BOOST_TEST(number(document, "/data/memory/cache") >= 8u << 20);
  BOOST_TEST(number(document, "/data/memory/raw/file") == number(document, "/data/memory/cache"));
  BOOST_TEST(number(document, "/data/pids/limit") == 50u);
  BOOST_TEST(number(document, "/data/pids/current") == 2u);
  BOOST_TEST(number(document, "/data/cpu/usage/total") > 0u);
}

BOOST_AUTO_TEST_CASE(update_by_flags) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", kMebibytes)
      .set("/linux/resources/cpu", R"({"shares":512,"quota":50000,"period":100000})");
  b.start_sleeper();
  const Outcome r = b.update({"--memory", "50m", "--memory-swap", "70m", "--memory-reservation",
                              "10m", "--cpu-share", "1024", "--cpu-quota", "25000", "--pids-limit",
                              "7", "--cpuset-cpus", "0", "--cpuset-mems", "0"});
  OCI_REQUIRE_OK(r);
  BOOST_TEST((r.out + r.err) == "");
  const std::pair<const char*, const char*> expected[] = {
      {"memory.max", "52428800"},  {"memory.swap.max", "20971520"},
      {"memory.low", "10485760"},  {"cpu.weight", "100"},
      {"cpu.max", "25000 100000"}, {"pids.max", "7"},
      {"cpuset.cpus", "0"},        {"cpuset.mems", "0"}};
  for (const auto& [name, value] : expected) BOOST_TEST(b.value(name) == value, name);
  OCI_REQUIRE_OK(b.update({"--memory", "-1", "--pids-limit", "-1", "--cpu-quota", "-1"}));
  BOOST_TEST(b.value("memory.max") == "max");
  BOOST_TEST(b.value("memory.swap.max") == "max");
  BOOST_TEST(b.value("pids.max") == "max");
  BOOST_TEST(b.value("cpu.max") == "max 100000");
  OCI_REQUIRE_OK(b.update({"--cpu-idle", "1"}));
  BOOST_TEST(b.value("cpu.idle") == "1");
}

BOOST_AUTO_TEST_CASE(update_changes_all_or_nothing, *proves({"S188"})) {
  OCI_NOT_RUNC("it leaves what was written before the error");
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/memory", kMebibytes)
      .set("/linux/resources/cpu", R"({"shares":512,"quota":50000,"period":100000})")
      .set("/linux/resources/pids", R"({"limit":50})");
  b.start_sleeper();
  const auto all = [&] {
    std::string text;
    for (const char* name : {"memory.max", "memory.swap.max", "memory.low", "cpu.weight", "cpu.max",
                             "cpuset.cpus", "pids.max"})
      text += std::string(name) + "=" + b.value(name) + "\n";
    return text;
  };
  std::string before = all();
  const std::string effective = b.value("cpuset.cpus.effective");
  const Outcome r = b.update_by(
      R"({"memory":{"limit":73400320,"swap":83886080,"reservation":4096},"pids":{"limit":9},
          "cpu":{"shares":100,"quota":20000,"cpus":"0"},"unified":{"cgroup.nosuch":"1"}})");
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "cgroup.nosuch");
  BOOST_TEST(!contains(r.err, "Setting back"), r.err);
  // A list cannot be taken away again while processes are there: it is what the parent gave.
  const std::string blank = "cpuset.cpus=\n";
  before.replace(before.find(blank), blank.size(), "cpuset.cpus=" + effective + "\n");
  BOOST_TEST(all() == before);
  // Of a container with 4 KiB nothing would be left.
  const Outcome checked =
      b.update_by(R"({"memory":{"limit":4096,"swap":4096,"checkBeforeUpdate":true}})");
  BOOST_TEST(checked.code == 1);
  OCI_CHECK_HAS(checked.err, "limit 4096 <= usage ");
  BOOST_TEST(all() == before);
  BOOST_TEST(b.status() == "running");
}

BOOST_AUTO_TEST_CASE(a_pause_is_the_kernels) {
  OCI_NEEDS_V2();
  Limited b;
  b.start_sleeper();
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  BOOST_TEST(b.value("cgroup.freeze") == "1");
  BOOST_TEST(b.counter("cgroup.events", "frozen") == "1");
  OCI_REQUIRE_OK(b.call({"resume", b.id()}));
  BOOST_TEST(b.value("cgroup.freeze") == "0");
}

BOOST_AUTO_TEST_CASE(exec_counts_as_the_containers) {
  OCI_NEEDS_V2();
  Limited b;
  b.config.set("/linux/resources/pids", R"({"limit":2})");
  b.start_sleeper();
  BOOST_TEST(b.exec({"cat", "/proc/self/cgroup"}).out == "0::/\n");
  const Outcome r = b.exec({"sh", "-c", "sleep 1; sleep 1"});
  BOOST_TEST(!r.ok());
  OCI_CHECK_HAS(r.err, "fork");
}

// As systemd and container engines do in a container: its own cgroup then takes no process.
BOOST_AUTO_TEST_CASE(exec_goes_where_a_container_moved_its_init, *proves({"S156"})) {
  OCI_NEEDS_V2();
  Limited b;
  const Traces traces(b);
  b.config.drop_where("/mounts", "destination", "/sys/fs/cgroup")
      .add("/mounts", R"({"destination":"/sys/fs/cgroup","type":"cgroup","source":"cgroup"})");
  b.shell(
      "cd /sys/fs/cgroup; mkdir -p a/init; echo 0 >a/init/cgroup.procs; "
      "echo +memory +pids >cgroup.subtree_control; touch /tmp/moved; sleep 1000");
  OCI_REQUIRE_OK(b.create());
  OCI_REQUIRE_OK(b.start());
  BOOST_REQUIRE(eventually([&] { return fs::exists(b.rootfs() + "/tmp/moved"); }));
  const Outcome r = b.exec({"cat", "/proc/self/cgroup"});
  BOOST_TEST(r.out == "0::/a/init\n", r.text());
  BOOST_TEST(b.exec({"true"}, {"--cgroup", "/"}).code == 255);
  BOOST_TEST(number(b.stats(), "/data/pids/current") >= 1u);
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  BOOST_TEST(b.counter("cgroup.events", "frozen") == "1");
  OCI_REQUIRE_OK(b.remove());
  BOOST_TEST(traces.left() == "");
}

// A disk as a device node: what the program of the cgroup forbids, whatever its mode bits.
BOOST_AUTO_TEST_CASE(devices_are_refused_by_their_cgroup, *proves({"S160"})) {
  OCI_NEEDS_V2();
  OCI_SKIP_IF(disk().empty(), "no disk here");
  const std::string device = disk();
  const std::string major = device.substr(0, device.find(':')),
                    minor = device.substr(device.find(':') + 1);
  Limited b;
  for (const char* set : {"bounding", "effective", "permitted"})
    b.config.add((std::string("/process/capabilities/") + set).c_str(), R"("CAP_MKNOD")");
  const std::string script = "mknod /tmp/disk b " + major + " " + minor +
                             " && head -c 1 /tmp/disk | wc -c; rm -f /tmp/disk";
  Outcome r = b.shell(script).run();
  OCI_CHECK_HAS(r.err, "Operation not permitted");
  b.config.add("/linux/resources/devices", R"({"allow":true,"type":"b","major":)" + major +
                                               R"(,"minor":)" + minor + R"(,"access":"rm"})");
  r = b.shell(script).run();
  BOOST_TEST(r.out == "1\n", r.text());
}

BOOST_AUTO_TEST_SUITE_END()
