// Real cgroups: making, configuring, removing.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "lib/base/cleanup.h"
#include "tests/unit/cgroup/root_fixture.h"

namespace oci::cgroup {

namespace {

template <class T>
std::string text_of(const Result<T>& result) {
  return result ? "no error" : result.error().text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cgroup_root_make, test::RootFixture)

BOOST_AUTO_TEST_CASE(made_and_removed_again) {
  OCI_NEEDS_ROOT();
  const Plan plan = plan_at("/parent/box", "{}");
  BOOST_TEST(Cgroup::missing(plan) == std::vector<bool>(plan.dirs.size(), true));
  Cgroup cgroup = Cgroup::make(plan).value();
  BOOST_TEST(cgroup.created().size() == plan.dirs.size());
  for (const std::string& path : cgroup.created())
    BOOST_TEST(std::filesystem::is_directory(path), path);
  BOOST_TEST(Cgroup::missing(plan) == std::vector<bool>(plan.dirs.size(), false));
  BOOST_TEST(!cgroup.populated().value());
  BOOST_TEST(!cgroup.frozen().value());
  for (std::size_t i = 0; i < plan.dirs.size(); ++i) BOOST_TEST(cgroup.open_dir(i).ok());

  cgroup.remove().value();
  BOOST_TEST(!exist(plan.dirs));
  BOOST_TEST(exist(plan_at("/parent", "{}").dirs));  // S151: parents stay
  cgroup.remove().value();
}

BOOST_AUTO_TEST_CASE(what_was_there_before_is_not_removed) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  Cgroup first = Cgroup::make(plan).value();
  Cgroup second = Cgroup::make(plan).value();
  BOOST_TEST(second.created().empty());
  second.remove().value();
  BOOST_TEST(exist(plan.dirs));
  Cgroup recorded = Cgroup::open(plan.dirs, plan.mode, first.made()).value();
  recorded.remove().value();
  BOOST_TEST(!exist(plan.dirs));
}

BOOST_AUTO_TEST_CASE(missing_directories_are_fine) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/nowhere/box");
  Cgroup cgroup =
      Cgroup::open(plan.dirs, plan.mode, std::vector<bool>(plan.dirs.size(), true)).value();
  BOOST_TEST(!cgroup.populated().value());
  BOOST_TEST(!cgroup.frozen().value());
  BOOST_TEST(cgroup.processes(true).value().empty());
  BOOST_TEST(cgroup.oom_kills().value() == 0u);
  cgroup.kill_all(std::chrono::seconds(1)).value();
  cgroup.remove().value();
  const auto enter = cgroup.open_enter(0);
  BOOST_REQUIRE(!enter);
  BOOST_TEST(enter.error().text == "openat2 " + path_of(plan.dirs[0]) + "/" +
                                       (plan.dirs[0].unified ? "cgroup.procs" : "tasks") +
                                       ": no such file or directory");
}

BOOST_AUTO_TEST_CASE(one_with_processes_is_refused) {  // S150
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  const test::Inmate inmate(cgroup);
  BOOST_TEST(cgroup.populated().value());
  BOOST_TEST(cgroup.processes(false).value() == std::vector<pid_t>{inmate.pid()});
  BOOST_TEST(text_of(Cgroup::make(plan)) == "container's cgroup is not empty: 1 process(es) found");
  // Also below it.
  const Plan outer = bare_plan("");
  BOOST_TEST(text_of(Cgroup::make(outer)) ==
             "container's cgroup is not empty: 1 process(es) found");
  BOOST_TEST(exist(plan.dirs));
  cgroup.kill_all(std::chrono::seconds(5)).value();
}

BOOST_AUTO_TEST_CASE(a_frozen_one_is_refused) {  // S150
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box"), below = bare_plan("/box/deep/inner");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.freeze().value();
  BOOST_TEST(cgroup.frozen().value());
  BOOST_TEST(text_of(Cgroup::make(plan)) == "container's cgroup unexpectedly frozen");
  // A new one below a frozen one would hang its first process as well. Nothing of it stays.
  BOOST_TEST(text_of(Cgroup::make(below)) == "container's cgroup unexpectedly frozen");
  BOOST_TEST(!exist(bare_plan("/box/deep").dirs));
  cgroup.thaw().value();
  BOOST_TEST(!cgroup.frozen().value());
  BOOST_TEST(Cgroup::make(below).ok());
}

BOOST_AUTO_TEST_CASE(a_failed_make_leaves_nothing) {
  OCI_NEEDS_ROOT();
  Plan plan = bare_plan("/a/b/c");
  plan.dirs.push_back(plan.dirs.back());
  plan.dirs.back().mount_point = "/proc/self";  // no directory can be made there
  BOOST_TEST(!Cgroup::make(plan));
  plan.dirs.pop_back();
  BOOST_TEST(!exist(bare_plan("").dirs));
}

BOOST_AUTO_TEST_CASE(only_cgroups_are_touched) {
  OCI_NEEDS_ROOT();
  Dir dir{{"devices"}, "/sys/kernel", "/mm", false};
  Cgroup cgroup = Cgroup::open({dir}, Mode::kV1, {true}).value();
  BOOST_TEST(text_of(cgroup.remove()) == "/sys/kernel/mm is not a cgroup");
  for (const char* path : {"/", "", "a", "/a/../b", "/..", "/a/"}) {
    dir.path = path;
    BOOST_TEST(!Cgroup::open({dir}, Mode::kV1), path);
  }
}

BOOST_AUTO_TEST_CASE(deep_trees_are_removed) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  // Made by a container that has its cgroup for itself: deeper than there may be descriptors.
  UniqueFd at = cgroup.open_dir(0).value();
  constexpr int kDepth = 300;
  for (int i = 0; i < kDepth; ++i) {
    BOOST_REQUIRE(::mkdirat(at.get(), "ab", 0755) == 0);
    if (i % 100 == 0) BOOST_REQUIRE(::mkdirat(at.get(), "beside", 0755) == 0);
    at = sys::open_at(at, "ab", O_RDONLY | O_DIRECTORY).value();
  }
  at.reset();
  rlimit before;
  BOOST_REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const Cleanup restore([&] { ::setrlimit(RLIMIT_NOFILE, &before); });
  const rlimit few{100, before.rlim_max};
  BOOST_REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  BOOST_TEST(cgroup.processes(true).value().empty());
  cgroup.remove().value();
  BOOST_TEST(!exist(plan.dirs));
}

BOOST_AUTO_TEST_CASE(a_v1_cpuset_is_ready_for_processes) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/a/b");
  Cgroup cgroup = Cgroup::make(plan).value();
  const std::string dir = dir_of(plan.dirs, "cpuset");
  OCI_SKIP_UNLESS(!dir.empty(), "no v1 cpuset in this layout");
  BOOST_TEST(read(dir + "/cpuset.cpus") == read(dir + "/../../../cpuset.cpus"));
  BOOST_TEST(read(dir + "/cpuset.mems") == read(dir + "/../../../cpuset.mems"));
}

BOOST_AUTO_TEST_CASE(v1_values_are_written) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(layout.mode != Mode::kV2, "this layout has no v1 controllers");
  const Plan plan =
      plan_at("/box", R"({"memory":{"limit":67108864,"swap":134217728,"reservation":33554432},
      "cpu":{"shares":512,"quota":50000,"period":100000,"burst":1000,"cpus":"0"},"pids":{"limit":20},
      "devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":10,"minor":229,"access":"rwm"}]})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  const auto value = [&](const std::string& controller, const std::string& file) {
    return read(dir_of(plan.dirs, controller) + "/" + file);
  };
  BOOST_TEST(value("memory", "memory.limit_in_bytes") == "67108864\n");
  BOOST_TEST(value("memory", "memory.memsw.limit_in_bytes") == "134217728\n");
  BOOST_TEST(value("memory", "memory.soft_limit_in_bytes") == "33554432\n");
  BOOST_TEST(value("cpu", "cpu.shares") == "512\n");
  BOOST_TEST(value("cpu", "cpu.cfs_quota_us") == "50000\n");
  BOOST_TEST(value("cpu", "cpu.cfs_burst_us") == "1000\n");
  BOOST_TEST(value("cpuset", "cpuset.cpus") == "0\n");
  BOOST_TEST(value("pids", "pids.max") == "20\n");
  const std::string list = value("devices", "devices.list");
  BOOST_TEST(list.find("c 10:229 rwm\n") != std::string::npos);
  BOOST_TEST(list.find("a *:* rwm") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(values_that_limit_each_other_find_their_order) {
  OCI_NEEDS_ROOT();
  const Plan plan = plan_at("/box", R"({"cpu":{"quota":5000,"period":10000,"burst":500}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  const std::string dir = dir_of(plan.dirs, "cpu");
  OCI_SKIP_UNLESS(!dir.empty(), "no v1 cpu in this layout");
  // With half a CPU above, the old quota does not fit the new period.
  write(dir + "/../cpu.cfs_quota_us", "50000");
  write(dir + "/cpu.cfs_quota_us", "50000");
  cgroup.apply(plan).value();
  BOOST_TEST(read(dir + "/cpu.cfs_period_us") == "10000\n");
  BOOST_TEST(read(dir + "/cpu.cfs_quota_us") == "5000\n");
  BOOST_TEST(read(dir + "/cpu.cfs_burst_us") == "500\n");
}

BOOST_AUTO_TEST_CASE(v1_errors_name_value_and_file) {  // C162
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(layout.mode != Mode::kV2, "this layout has no v1 controllers");
  const Plan plan =
      plan_at("/box", R"({"memory":{"limit":67108864,"swap":33554432},"pids":{"limit":20}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  const auto applied = cgroup.apply(plan);
  BOOST_REQUIRE(!applied);
  BOOST_TEST(applied.error().text == "failed to write \"33554432\": write " +
                                         dir_of(plan.dirs, "memory") +
                                         "/memory.memsw.limit_in_bytes: invalid argument");
  BOOST_TEST((applied.error().code == Code::kCgroup));
  BOOST_TEST(applied.error().where == "/linux/resources/memory/swap");
  BOOST_TEST(applied.error().sys_errno == EINVAL);

  Plan odd = bare_plan("/box");
  odd.writes = {{0, "no.such.file", "1", "/linux/resources/x", true, false},
                {0, "no.other.file", "1", "/linux/resources/x", false, true}};
  BOOST_TEST(text_of(cgroup.apply(odd)) ==
             "openat2 " + path_of(plan.dirs[0]) + "/no.other.file: no such file or directory");
}

BOOST_AUTO_TEST_CASE(v2_values_and_errors) {  // S186
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(layout.mode == Mode::kV2, "this layout is not cgroup v2");
  const auto applied = [&](const std::string& resources) {
    const Plan plan = plan_at("/box", resources);
    Cgroup cgroup = Cgroup::make(plan).value();
    const std::string text = text_of(cgroup.apply(plan));
    cgroup.remove().value();
    return text;
  };
  const std::string box = layout.unified_mount_point + root + "/box/";
  BOOST_TEST(applied(R"({"unified":{"cgroup.max.depth":"5"}})") == "no error");
  BOOST_TEST(applied(R"({"unified":{"cgroup.max.depth":"x"}})") ==
             "unable to set unified resource \"cgroup.max.depth\": failed to write \"x\": write " +
                 box + "cgroup.max.depth: invalid argument");
  BOOST_TEST(applied(R"({"unified":{"cgroup.nosuch":"5"}})") ==
             "unable to set unified resource \"cgroup.nosuch\": openat2 " + box +
                 "cgroup.nosuch: no such file or directory");
  BOOST_TEST(applied(R"({"unified":{"nosuch.file":"5"}})") ==
             "unified resource \"nosuch.file\" can't be set: controller \"nosuch\" not available");
  const std::string offered = read(layout.unified_mount_point + "/cgroup.controllers");
  if (offered.find("pids") == std::string::npos)
    BOOST_TEST(applied(R"({"pids":{"limit":5}})") == "controller \"pids\" not available: openat2 " +
                                                         box +
                                                         "pids.max: no such file or directory");
  if (offered.find("hugetlb") != std::string::npos) {
    BOOST_TEST(applied(R"({"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]})") == "no error");
    BOOST_TEST(applied(R"({"hugepageLimits":[{"pageSize":"3MB","limit":4194304}]})") ==
               "openat2 " + box + "hugetlb.3MB.max: no such file or directory");
  }
}

BOOST_AUTO_TEST_CASE(oom_kills_are_counted) {
  OCI_NEEDS_ROOT();
  const std::string offered = layout.mode == Mode::kV2
                                  ? read(layout.unified_mount_point + "/cgroup.controllers")
                                  : "memory";
  OCI_SKIP_UNLESS(offered.find("memory") != std::string::npos,
                  "no memory controller in this layout");
  const Plan plan = plan_at("/box", R"({"memory":{"limit":16777216,"swap":16777216}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  BOOST_TEST(cgroup.oom_kills().value() == 0u);
  test::Inmate eater(cgroup, [] {
    constexpr std::size_t kSize = std::size_t{64} << 20;
    void* memory =
        ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return 1;
    std::memset(memory, 1, kSize);
    return 0;
  });
  BOOST_TEST(eater.join() == 128 + SIGKILL);
  BOOST_TEST(cgroup.oom_kills().value() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
