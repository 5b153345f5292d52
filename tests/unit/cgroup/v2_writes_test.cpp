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
  return plan("/box", "box", &resources, false, test::v2_layout(), warnings);
}

Lines lines(const spec::Resources& resources) {
  return test::shown(planned(resources).value().writes);
}

std::string error_of(const spec::Resources& resources) { return test::text_of(planned(resources)); }

spec::Resources with(spec::StringMap unified) {
  spec::Resources resources;
  resources.unified = std::move(unified);
  return resources;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_v2_writes)

BOOST_AUTO_TEST_CASE(memory) {  // S162–S166
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":1000,"reservation":5,"swap":1500}})")) ==
             (Lines{"memory.swap.max=500", "memory.max=1000", "memory.low=5"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":1000,"swap":1000}})")) ==
             (Lines{"memory.swap.max=0 ?", "memory.max=1000"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":-1}})")) ==
             (Lines{"memory.swap.max=max ?", "memory.max=max"}));
  BOOST_TEST(lines(parsed(R"({"memory":{"limit":0,"reservation":0,"swap":0}})")).empty());
  BOOST_TEST(error_of(parsed(R"({"memory":{"swap":5}})")) ==
             "unable to set swap limit without memory limit");
  BOOST_TEST(error_of(parsed(R"({"memory":{"limit":6,"swap":5}})")) ==
             "memory+swap limit should be >= memory limit");
}

BOOST_AUTO_TEST_CASE(cpu,
                     *oci::test::proves({"S170", "S171", "S172", "S174", "S175"})) {  // S170–S175
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"quota":50000,"burst":100}})")) ==
             (Lines{"cpu.weight=59", "cpu.max=50000 100000", "cpu.max.burst=100"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"period":50000}})")) == (Lines{"cpu.max=max 50000"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"quota":-1}})")) == (Lines{"cpu.max=max 100000"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"quota":500,"period":1000}})")) ==
             (Lines{"cpu.max=500 1000"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"idle":1}})")) == (Lines{"cpu.idle=1"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"shares":512,"idle":0}})")) ==
             (Lines{"cpu.idle=0 ?", "cpu.weight=59"}));
  BOOST_TEST(lines(parsed(R"({"cpu":{"cpus":"0-1","mems":"0"}})")) ==
             (Lines{"cpuset.cpus=0-1", "cpuset.mems=0"}));
}

BOOST_AUTO_TEST_CASE(io, *oci::test::proves({"S176", "S178", "S179", "S180"})) {  // S176–S180
  spec::Resources resources;
  resources.block_io = spec::BlockIo{};
  resources.block_io->weight = 100;
  resources.block_io->weight_device = {{8, 0, 1000, {}}};
  resources.block_io->throttle_read_bps_device = {{8, 0, 1024}};
  resources.block_io->throttle_write_bps_device = {{8, 0, 0}};
  resources.block_io->throttle_read_iops_device = {{8, 0, 3}};
  resources.block_io->throttle_write_iops_device = {{8, 0, 4}};
  BOOST_TEST(lines(resources) ==
             (Lines{"io.bfq.weight=100 ?", "else io.weight=910", "io.bfq.weight=8:0 1000 ?",
                    "else io.weight=8:0 10000", "io.max=8:0 rbps=1024", "io.max=8:0 wbps=max",
                    "io.max=8:0 riops=3", "io.max=8:0 wiops=4"}));
}

BOOST_AUTO_TEST_CASE(rest, *oci::test::proves({"S181", "S184", "S185"})) {
  spec::Resources resources;
  resources.pids = spec::Pids{0};
  resources.hugepage_limits = {{"1GB", 4096}};
  resources.rdma["mlx5_1"] = {{}, 7};
  BOOST_TEST(lines(resources) ==
             (Lines{"pids.max=1", "hugetlb.1GB.max=4096", "hugetlb.1GB.rsvd.max=4096 ?",
                    "rdma.max=mlx5_1 hca_object=7"}));
}

BOOST_AUTO_TEST_CASE(needed_controllers_come_from_values_that_are_set) {
  spec::Resources resources = parsed(R"({"cpu":{"shares":2,"burst":0,"cpus":"0"}})");
  resources.memory = parsed(R"({"memory":{"limit":0}})").memory;
  resources.pids = spec::Pids{-1};
  resources.unified = {
      {"cgroup.max.depth", "5"}, {"io.latency", "8:0 target=1"}, {"memory.high", "1"}};
  BOOST_TEST(planned(resources).value().needed == (Lines{"pids", "cpu", "cpuset", "io", "memory"}));
  BOOST_TEST(planned(parsed(R"({"cpu":{"shares":0,"burst":0,"idle":0}})")).value().needed.empty());
}

BOOST_AUTO_TEST_CASE(unified_comes_last_line_by_line, *oci::test::proves({"S186"})) {  // S186
  spec::Resources resources =
      with(spec::StringMap{{"io.max", "8:0 rbps=1\n8:16 wbps=2\n"}, {"pids.max", "7"}});
  resources.pids = spec::Pids{20};
  BOOST_TEST(lines(resources) ==
             (Lines{"pids.max=20", "io.max=8:0 rbps=1", "io.max=8:16 wbps=2", "pids.max=7"}));
  BOOST_TEST(planned(resources).value().writes.back().pointer ==
             "/linux/resources/unified/pids.max");
}

BOOST_AUTO_TEST_CASE(unified_keys_are_file_names, *oci::test::proves({"S186"})) {
  BOOST_TEST(error_of(with(spec::StringMap{{"a/b", "1"}})) ==
             "unified resource \"a/b\" must be a file name (no slashes)");
  for (const char* key : {"", "memory", "..", ".", "x\n.y"})
    BOOST_TEST(!planned(with(spec::StringMap{{key, "1"}})), key);
  // They would move foreign processes.
  for (const char* key : {"cgroup.procs", "cgroup.threads"})
    BOOST_TEST(!planned(with(spec::StringMap{{key, "1"}})), key);
  // The container could not start.
  for (const char* key : {"cgroup.freeze", "cgroup.kill"})
    BOOST_TEST(error_of(with(spec::StringMap{{key, "1"}})) ==
               "unified resource \"" + std::string(key) +
                   "\" can't be set: the container could not start");
}

BOOST_AUTO_TEST_CASE(what_v2_does_not_have_is_ignored_with_a_warning,
                     *oci::test::proves({"S187"})) {  // S187
  spec::Resources resources =
      parsed(R"({"memory":{"kernel":1,"swappiness":50,"disableOOMKiller":true}})");
  resources.cpu = parsed(R"({"cpu":{"realtimeRuntime":5,"realtimePeriod":6}})").cpu;
  resources.network = spec::Network{7, {{"eth0", 1}}};
  resources.block_io = spec::BlockIo{};
  resources.block_io->leaf_weight = 10;
  std::vector<std::string> warnings;
  BOOST_TEST(test::shown(planned(resources, &warnings).value().writes).empty());
  BOOST_TEST(warnings.size() == 8u);
  BOOST_TEST(warnings[1] ==
             "linux/resources/memory/swappiness has no equivalent in cgroup v2: ignored");

  resources = parsed(R"({"memory":{"swappiness":18446744073709551615,"disableOOMKiller":false}})");
  resources.cpu = parsed(R"({"cpu":{"realtimeRuntime":0,"realtimePeriod":0}})").cpu;
  resources.network = spec::Network{};
  warnings.clear();
  BOOST_TEST(planned(resources, &warnings).ok());
  BOOST_TEST(warnings.empty());
}

BOOST_AUTO_TEST_CASE(device_program) {
  const spec::Resources none;
  BOOST_TEST(!plan("/box", "box", nullptr, false, test::v2_layout(), nullptr)
                  .value()
                  .device_program.empty());
  BOOST_TEST(!plan("/box", "box", &none, false, test::v2_layout(), nullptr)
                  .value()
                  .device_program.empty());
  BOOST_TEST(
      plan("/box", "box", &none, true, test::v2_layout(), nullptr).value().device_program.empty());
  BOOST_TEST(plan("/box", "box", &none, false, test::hybrid_layout(), nullptr)
                 .value()
                 .device_program.empty());
}

BOOST_AUTO_TEST_CASE(without_cgroups_only_limits_are_an_error) {
  spec::Resources resources;
  std::vector<std::string> warnings;
  const auto out = plan("/box", "box", &resources, false, Layout{}, &warnings).value();
  BOOST_TEST(out.dirs.empty());
  BOOST_TEST(out.writes.empty());
  BOOST_TEST(warnings.size() == 1u);
  resources.pids = spec::Pids{5};
  BOOST_TEST(test::text_of(plan("/box", "box", &resources, false, Layout{}, nullptr)) ==
             "cannot set pids limit: container could not join or create cgroup");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
