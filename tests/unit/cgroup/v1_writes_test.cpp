#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "oci/parse.h"
#include "tests/support/proves.h"
#include "tests/unit/cgroup/layouts.h"

namespace oci::cgroup {

namespace {

using Lines = std::vector<std::string>;

spec::Resources parsed(std::string_view json) { return parse_resources(json).value(); }

Result<Plan> planned(const spec::Resources& resources,
                     std::vector<std::string>* warnings = nullptr) {
  return plan("/box", "box", &resources, false, test::v1_layout(), warnings);
}

Lines lines(const spec::Resources& resources) {
  return test::shown(planned(resources).value().writes);
}

std::string error_of(const spec::Resources& resources) { return test::text_of(planned(resources)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_v1_writes)

BOOST_AUTO_TEST_CASE(each_write_is_in_the_directory_of_its_controller) {
  spec::Resources resources = parsed(R"({"cpu":{"shares":512,"cpus":"0"}})");
  resources.pids = spec::Pids{10};
  const Plan out = planned(resources).value();
  BOOST_TEST(!out.writes.empty());
  for (const Write& write : out.writes) {
    const std::string controller = write.file.substr(0, write.file.find('.'));
    const auto& list = out.dirs[write.dir].controllers;
    BOOST_TEST((std::find(list.begin(), list.end(), controller) != list.end()), write.file);
  }
}

BOOST_AUTO_TEST_CASE(memory, *oci::test::proves({"S162", "S163", "S164", "S166", "S167",
                                                 "S168"})) {  // S162–S168
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":1000,"swap":2000}})")) ==
             (Lines{"memory.limit_in_bytes=1000", "memory.memsw.limit_in_bytes=2000"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":1000,"swap":-1}})")) ==
             (Lines{"memory.memsw.limit_in_bytes=-1", "memory.limit_in_bytes=1000"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":-1}})")) ==
             (Lines{"memory.memsw.limit_in_bytes=-1 ?", "memory.limit_in_bytes=-1"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"swap":5}})")) == (Lines{"memory.memsw.limit_in_bytes=5"}));
  BOOST_TEST(
      lines(parsed(R"({"memory":{"reservation":7,"swappiness":0,"disableOOMKiller":true}})")) ==
      (Lines{"memory.soft_limit_in_bytes=7", "memory.oom_control=1", "memory.swappiness=0"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"swappiness":18446744073709551615}})")).empty());
  BOOST_TEST(
      lines(
          parsed(
              R"({"memory":{"limit":0,"reservation":0,"swap":0,"disableOOMKiller":false,"useHierarchy":true}})"))
          .empty());
  BOOST_TEST(error_of(parsed(R"({"memory":{"swappiness":200}})")) ==
             "invalid memory swappiness value: 200 (valid range is 0-100)");
}

BOOST_AUTO_TEST_CASE(kernel_memory_is_ignored_with_a_warning,
                     *oci::test::proves({"S165"})) {  // S165
  std::vector<std::string> warnings;
  BOOST_TEST(
      test::shown(planned(parsed(R"({"memory":{"kernel":5}})"), &warnings).value().writes).empty());
  BOOST_TEST(warnings == (Lines{"Kernel memory settings are ignored and will be removed"}));
  warnings.clear();
  BOOST_TEST(planned(parsed(R"({"memory":{"kernel":0,"kernelTCP":0}})"), &warnings).ok());
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(cpu, *oci::test::proves({"S170", "S171", "S172", "S173", "S174",
                                              "S175"})) {  // S170–S175
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"quota":50000,"burst":100,"period":100000}})")) ==
             (Lines{"cpu.shares=512", "cpu.cfs_period_us=100000", "cpu.cfs_quota_us=50000",
                    "cpu.cfs_burst_us=100"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"quota":-1}})")) == (Lines{"cpu.cfs_quota_us=-1"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"idle":1}})")) == (Lines{"cpu.idle=1"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"idle":0}})")) ==
             (Lines{"cpu.idle=0 ?", "cpu.shares=512"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"realtimeRuntime":900,"realtimePeriod":1000}})")) ==
             (Lines{"cpu.rt_period_us=1000", "cpu.rt_runtime_us=900"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"cpus":"0-1","mems":"0"}})")) ==
             (Lines{"cpuset.cpus=0-1", "cpuset.mems=0"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":0,"quota":0,"period":0}})")).empty());
  BOOST_TEST(error_of(parsed(R"({"cpu":{"shares":1}})")) == "the minimum allowed cpu-shares is 2");
  BOOST_TEST(error_of(parsed(R"({"cpu":{"shares":262145}})")) ==
             "the maximum allowed cpu-shares is 262144");
}

BOOST_AUTO_TEST_CASE(pids) {  // S184
  spec::Resources resources;
  for (const auto& [limit, line] : std::vector<std::pair<std::int64_t, std::string>>{
           {0, "pids.max=1"}, {-1, "pids.max=max"}, {20, "pids.max=20"}}) {
    resources.pids = spec::Pids{limit};
    BOOST_TEST(lines(resources) == (Lines{line}));
  }
  resources.pids = spec::Pids{};
  BOOST_TEST(lines(resources).empty());
}

BOOST_AUTO_TEST_CASE(block_io,
                     *oci::test::proves({"S176", "S177", "S178", "S179", "S180"})) {  // S176–S180
  spec::Resources resources;
  resources.block_io = spec::BlockIo{};
  resources.block_io->weight = 0;
  BOOST_TEST(lines(resources).empty());
  resources.block_io->weight = 100;
  resources.block_io->weight_device = {{8, 0, 200, {}}};
  resources.block_io->throttle_read_bps_device = {{8, 0, 1024}};
  resources.block_io->throttle_write_iops_device = {{8, 16, 0}};
  BOOST_TEST(
      lines(resources) ==
      (Lines{"blkio.weight=100 ?", "else blkio.bfq.weight=100", "blkio.weight_device=8:0 200 ?",
             "else blkio.bfq.weight_device=8:0 200", "blkio.throttle.read_bps_device=8:0 1024",
             "blkio.throttle.write_iops_device=8:16 0"}));
  for (const std::uint16_t bad : std::initializer_list<std::uint16_t>{5, 9, 1001}) {
    resources.block_io->weight = bad;
    BOOST_TEST(error_of(resources) ==
               "invalid blkio weight: " + std::to_string(bad) + " (valid range is 10-1000)");
  }
}

BOOST_AUTO_TEST_CASE(rest,
                     *oci::test::proves({"S181", "S182", "S183", "S184", "S185"})) {  // S181–S185
  spec::Resources resources;
  resources.hugepage_limits = {{"2MB", 4096}};
  resources.network = spec::Network{1048577, {{"eth0", 5}, {"lo", 1}}};
  resources.rdma["mlx5_1"] = {3, 10000};
  BOOST_TEST(lines(resources) ==
             (Lines{"hugetlb.2MB.limit_in_bytes=4096", "hugetlb.2MB.rsvd.limit_in_bytes=4096 ?",
                    "net_cls.classid=1048577", "net_prio.ifpriomap=eth0 5",
                    "net_prio.ifpriomap=lo 1", "rdma.max=mlx5_1 hca_handle=3 hca_object=10000"}));
  resources.hugepage_limits = {{"../../x", 4096}};
  BOOST_TEST(error_of(resources) == "invalid hugepage size \"../../x\"");
}

BOOST_AUTO_TEST_CASE(unified_is_for_v2_only) {  // S186
  spec::Resources resources;
  resources.unified["memory.max"] = "1";
  BOOST_TEST(error_of(resources) == "invalid configuration: cannot use unified on cgroup v1");
}

BOOST_AUTO_TEST_CASE(a_value_without_its_controller_is_an_error) {
  Layout layout = test::v1_layout();
  std::erase_if(layout.v1,
                [](const Hierarchy& hierarchy) { return hierarchy.controllers[0] == "hugetlb"; });
  spec::Resources resources;
  BOOST_TEST(plan("/box", "box", &resources, false, layout, nullptr).ok());
  resources.hugepage_limits = {{"2MB", 4096}};
  const auto out = plan("/box", "box", &resources, false, layout, nullptr);
  BOOST_REQUIRE(!out);
  BOOST_TEST(out.error().text ==
             "cannot set hugetlb limit: container could not join or create cgroup");
  BOOST_TEST((out.error().code == Code::kCgroup));
}

BOOST_AUTO_TEST_CASE(zero_values_need_no_controller) {
  Layout bare;
  bare.mode = Mode::kV1;
  bare.v1.push_back({{"devices"}, "/sys/fs/cgroup/devices", "/"});
  spec::Resources resources =
      parsed(R"({"cpu":{"shares":0,"quota":0,"burst":0,"period":0,"idle":0}})");
  resources.memory = parsed(R"({"memory":{"limit":0,"swap":0}})").memory;
  resources.block_io = spec::BlockIo{};
  resources.block_io->weight = 0;
  resources.network = spec::Network{};
  resources.pids = spec::Pids{};
  BOOST_TEST(plan("/box", "box", &resources, false, bare, nullptr).ok());
}

BOOST_AUTO_TEST_CASE(devices_are_among_the_writes_but_not_in_a_user_namespace) {
  const auto device_lines = [](bool user_namespace) {
    Lines out;
    for (const std::string& line :
         test::shown(plan("/box", "box", nullptr, user_namespace, test::v1_layout(), nullptr)
                         .value()
                         .writes,
                     true))
      if (line.starts_with("devices.")) out.push_back(line);
    return out;
  };
  BOOST_TEST(device_lines(true).empty());
  // As measured with runc when nothing is given (S158).
  BOOST_TEST(device_lines(false) ==
             (Lines{"devices.deny=a", "devices.allow=c *:* m", "devices.allow=b *:* m",
                    "devices.allow=c 1:3 rwm", "devices.allow=c 1:5 rwm", "devices.allow=c 1:7 rwm",
                    "devices.allow=c 1:8 rwm", "devices.allow=c 1:9 rwm", "devices.allow=c 5:0 rwm",
                    "devices.allow=c 5:2 rwm", "devices.allow=c 136:* rwm",
                    "devices.allow=c 10:200 rwm"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
