// Control groups: where, and with which limits, by the files that the host has. Spec:
// config-linux.md#control-groups
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "conformance/suite.h"

using namespace oci::conformance;
using oci::test::contains;
using oci::test::read_file;
namespace fs = std::filesystem;

namespace {

// Of the host: 1 or 2 for the version that has the controller, 0 where none has it.
int version_of(const std::string& controller) {
  int version = 0;
  // Beside v1 hierarchies the unified one serves no resources.
  const bool pure = ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
  for (const std::string& mount : oci::test::cgroup_mounts()) {
    const std::string v2 = read_file(mount + "/cgroup.controllers");
    if (pure && !v2.empty() &&
        contains(" " + v2.substr(0, v2.find('\n')) + " ", " " + controller + " "))
      version = 2;
    const std::string name = "," + fs::path(mount).filename().string() + ",";
    if (contains(name, "," + controller + ",")) return 1;
  }
  return version;
}

struct File {
  int version;
  const char* name;
  const char* value;
};

// With these resources the files of the container's cgroup hold what is said for the host's
// version.
void check_files(const std::string& controller, const char* resources,
                 std::initializer_list<File> files) {
  const int version = version_of(controller);
  SKIP_IF(version == 0, "no controller " + controller);
  Container c;
  c.config.set("/linux/resources", resources);
  c.sleeper().launch();
  int seen = 0;
  for (const File& file : files) {
    if (file.version != version) continue;
    const std::string path = oci::test::cgroup_file(c.id(), file.name);
    if (path.empty()) continue;
    ++seen;
    BOOST_TEST(read_file(path) == std::string(file.value) + "\n", file.name);
  }
  SKIP_IF(seen == 0, "the kernel has no such file of " + controller);
}

// As "major:minor"; empty if there is none.
std::string disk() {
  for (const auto& entry : fs::directory_iterator("/sys/block")) {
    const std::string name = entry.path().filename();
    if (name.rfind("loop", 0) == 0 || name.rfind("ram", 0) == 0) continue;
    const std::string number = read_file(entry.path() / "dev");
    return number.substr(0, number.find('\n'));
  }
  return "";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroups)

BOOST_AUTO_TEST_CASE(an_absolute_path, *proves({"S141", "S286"})) {
  Container c;
  c.config.set_text("/linux/cgroupsPath", "/" + c.id() + "/inner");
  c.shell("cat /proc/self/cgroup; sleep 1000").launch();
  BOOST_TEST(
      oci::test::eventually([&] { return contains(c.written(), "/" + c.id() + "/inner\n"); }));
  BOOST_TEST(!oci::test::cgroup_dirs(c.id() + "/inner").empty());
  c.destroy();
  for (int depth = 0; depth < 2; ++depth)  // a parent that was made may stay
    for (const std::string& dir : oci::test::cgroup_dirs(c.id())) ::rmdir(dir.c_str());
}

BOOST_AUTO_TEST_CASE(the_same_path_is_the_same_place, *proves({"S141"})) {
  Container c;
  c.sleeper().launch();
  const auto first = oci::test::cgroup_dirs(c.id());
  c.destroy();
  c.sleeper().launch();
  BOOST_TEST(oci::test::cgroup_dirs(c.id()) == first);
}

BOOST_AUTO_TEST_CASE(a_relative_path_is_the_same_place, *proves({"S142"})) {
  Container c;
  c.config.set_text("/linux/cgroupsPath", c.id());
  c.sleeper().launch();
  const auto first = oci::test::cgroup_dirs(c.id());
  BOOST_TEST(!first.empty());
  c.destroy();
  c.sleeper().launch();
  BOOST_TEST(oci::test::cgroup_dirs(c.id()) == first);
}

BOOST_AUTO_TEST_CASE(no_path, *proves({"S143"})) {
  Container c;
  c.config.drop("/linux/cgroupsPath");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(processes_are_in_it_from_the_start, *proves({"S286"})) {
  Container c;
  c.sleeper();
  REQUIRE_OK(c.create());
  CHECK_HAS(read_file("/proc/" + std::to_string(c.pid()) + "/cgroup"), c.id());
}

BOOST_AUTO_TEST_CASE(one_with_a_process_does_not_fit, *proves({"S150"})) {
  Container first, second;
  first.sleeper().launch();
  second.config.set_text("/linux/cgroupsPath", "/" + first.id());
  second.sleeper();
  BOOST_TEST(second.refused());
  BOOST_TEST(first.status() == "running");
}

BOOST_AUTO_TEST_CASE(memory_limit, *proves({"S162"})) {
  check_files("memory", R"({"memory":{"limit":268435456}})",
              {{1, "memory.limit_in_bytes", "268435456"}, {2, "memory.max", "268435456"}});
}

BOOST_AUTO_TEST_CASE(memory_reservation, *proves({"S163"})) {
  check_files("memory", R"({"memory":{"reservation":134217728}})",
              {{1, "memory.soft_limit_in_bytes", "134217728"}, {2, "memory.low", "134217728"}});
}

BOOST_AUTO_TEST_CASE(memory_swap, *proves({"S164"})) {
  check_files(
      "memory", R"({"memory":{"limit":134217728,"swap":268435456}})",
      {{1, "memory.memsw.limit_in_bytes", "268435456"}, {2, "memory.swap.max", "134217728"}});
}

BOOST_AUTO_TEST_CASE(memory_swappiness, *proves({"S166"})) {
  SKIP_IF(version_of("memory") != 1, "memory is not in cgroup v1");
  check_files("memory", R"({"memory":{"swappiness":33}})", {{1, "memory.swappiness", "33"}});
}

BOOST_AUTO_TEST_CASE(memory_oom_killer, *proves({"S167"})) {
  SKIP_IF(version_of("memory") != 1, "memory is not in cgroup v1");
  Container c;
  c.config.set("/linux/resources", R"({"memory":{"limit":268435456,"disableOOMKiller":true}})");
  c.sleeper().launch();
  CHECK_HAS(read_file(oci::test::cgroup_file(c.id(), "memory.oom_control")), "oom_kill_disable 1");
}

BOOST_AUTO_TEST_CASE(cpu_shares, *proves({"S170"})) {
  const int version = version_of("cpu");
  SKIP_IF(version == 0, "no controller cpu");
  Container c;
  c.config.set("/linux/resources", R"({"cpu":{"shares":512}})");
  c.sleeper().launch();
  if (version == 1) {
    BOOST_TEST(read_file(oci::test::cgroup_file(c.id(), "cpu.shares")) == "512\n");
  } else {
    // Two ways to convert are in use.
    const std::string weight = read_file(oci::test::cgroup_file(c.id(), "cpu.weight"));
    BOOST_TEST((weight == "20\n" || weight == "59\n"), weight);
  }
}

BOOST_AUTO_TEST_CASE(cpu_quota, *proves({"S171"})) {
  check_files("cpu", R"({"cpu":{"quota":20000,"period":50000}})",
              {{1, "cpu.cfs_quota_us", "20000"},
               {1, "cpu.cfs_period_us", "50000"},
               {2, "cpu.max", "20000 50000"}});
}

BOOST_AUTO_TEST_CASE(cpu_burst, *proves({"S172"})) {
  check_files("cpu", R"({"cpu":{"quota":20000,"period":50000,"burst":10000}})",
              {{1, "cpu.cfs_burst_us", "10000"}, {2, "cpu.max.burst", "10000"}});
}

BOOST_AUTO_TEST_CASE(cpu_idle, *proves({"S175"})) {
  check_files("cpu", R"({"cpu":{"idle":1}})", {{1, "cpu.idle", "1"}, {2, "cpu.idle", "1"}});
}

BOOST_AUTO_TEST_CASE(cpu_sets, *proves({"S174"})) {
  check_files("cpuset", R"({"cpu":{"cpus":"0","mems":"0"}})",
              {{1, "cpuset.cpus", "0"},
               {1, "cpuset.mems", "0"},
               {2, "cpuset.cpus", "0"},
               {2, "cpuset.mems", "0"}});
}

BOOST_AUTO_TEST_CASE(pids_limit, *proves({"S184"})) {
  check_files("pids", R"({"pids":{"limit":123}})",
              {{1, "pids.max", "123"}, {2, "pids.max", "123"}});
}

BOOST_AUTO_TEST_CASE(pids_without_limit, *proves({"S184"})) {
  check_files("pids", R"({"pids":{"limit":-1}})", {{1, "pids.max", "max"}, {2, "pids.max", "max"}});
}

BOOST_AUTO_TEST_CASE(hugepages, *proves({"S181"})) {
  check_files("hugetlb", R"({"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]})",
              {{1, "hugetlb.2MB.limit_in_bytes", "4194304"}, {2, "hugetlb.2MB.max", "4194304"}});
}

BOOST_AUTO_TEST_CASE(unified_files, *proves({"S186"})) {
  SKIP_IF(version_of("pids") != 2, "pids is not in cgroup v2");
  check_files("pids", R"({"unified":{"pids.max":"77"}})", {{2, "pids.max", "77"}});
}

BOOST_AUTO_TEST_CASE(unified_without_the_controller_is_refused, *proves({"S186"})) {
  SKIP_IF(::access("/sys/fs/cgroup/cgroup.controllers", F_OK) != 0,
          "the host has no pure cgroup v2");
  Container c;
  c.config.set("/linux/resources/unified", R"({"nosuch.file":"1"})");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(values_the_kernel_refuses, *proves({"S006", "S276", "S012"})) {
  SKIP_IF(version_of("cpuset") == 0, "no controller cpuset");
  Container c;
  c.config.set("/linux/resources/cpu", R"({"cpus":"99999"})");
  BOOST_TEST(c.sleeper().create().code > 0);
  BOOST_TEST(!c.state().ok());
  const auto none = [&] { return oci::test::cgroup_dirs(c.id()).empty(); };
  BOOST_TEST(oci::test::eventually(none), "cgroups are left");
  for (const std::string& dir : oci::test::cgroup_dirs(c.id())) ::rmdir(dir.c_str());
}

BOOST_AUTO_TEST_CASE(block_io, *proves({"S179", "S180"})) {
  const std::string number = disk();
  SKIP_IF(number.empty(), "there is no disk");
  const std::string rate = R"([{"major":)" + number.substr(0, number.find(':')) + R"(,"minor":)" +
                           number.substr(number.find(':') + 1) + R"(,"rate":1000000}])";
  const std::string resources = R"({"blockIO":{"throttleReadBpsDevice":)" + rate +
                                R"(,"throttleWriteIOPSDevice":)" + rate + "}}";
  const std::string v1 = number + " 1000000",
                    v2 = number + " rbps=1000000 wbps=max riops=max wiops=1000000";
  check_files(version_of("blkio") == 1 ? "blkio" : "io", resources.c_str(),
              {{1, "blkio.throttle.read_bps_device", v1.c_str()},
               {1, "blkio.throttle.write_iops_device", v1.c_str()},
               {2, "io.max", v2.c_str()}});
}

BOOST_AUTO_TEST_CASE(block_io_weight, *proves({"S176"})) {
  check_files(version_of("blkio") == 1 ? "blkio" : "io", R"({"blockIO":{"weight":100}})",
              {{1, "blkio.bfq.weight", "100"},
               {1, "blkio.weight", "100"},
               {2, "io.weight", "default 910"}});
}

BOOST_AUTO_TEST_CASE(memory_settings_of_the_past, *proves({"S165", "S168"})) {
  Container c;
  c.config.set("/linux/resources/memory",
               R"({"kernel":100000000,"kernelTCP":100000000,"useHierarchy":true})");
  BOOST_TEST(c.shell("echo ran").output() == "ran\n");
}

BOOST_AUTO_TEST_CASE(owner, *proves({"S153"})) {
  Container c;
  c.map_ids().config.add("/linux/namespaces", R"({"type":"cgroup"})");
  c.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"rw"}).sleeper().launch();
  const bool pure = ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
  const auto owner_of = [](const std::string& path) {
    struct stat s;
    return ::stat(path.c_str(), &s) == 0 ? s.st_uid : ~0u;
  };
  for (const std::string& dir : oci::test::cgroup_dirs(c.id())) {
    BOOST_TEST(owner_of(dir) == (pure ? 100000u : 0u), dir);
    BOOST_TEST(owner_of(dir + "/cgroup.procs") == (pure ? 100000u : 0u), dir);
    if (pure) BOOST_TEST(owner_of(dir + "/cgroup.freeze") == 0u, dir);
  }
}

BOOST_AUTO_TEST_SUITE_END()
