#include "lib/cgroup/update.h"

#include <boost/test/unit_test.hpp>

#include "lib/cgroup/placement.h"
#include "oci/parse.h"
#include "tests/support/proves.h"
#include "tests/unit/cgroup/layouts.h"

namespace oci::cgroup {

namespace {

using Lines = std::vector<std::string>;

Result<std::vector<Write>> changed(const std::string& resources, const Layout& layout,
                                   std::string_view cpu_max = {}, Lines* warnings = nullptr) {
  const auto dirs = place("/box", "box", layout).value();
  return update_writes(parse_resources(resources).value(), dirs, layout.mode, cpu_max, warnings);
}

Lines v1(const std::string& resources) {
  return test::shown(changed(resources, test::v1_layout()).value(), true);
}

Lines v2(const std::string& resources, std::string_view cpu_max = {}) {
  return test::shown(changed(resources, test::v2_layout(), cpu_max).value(), true);
}

std::string error_of(const Result<std::vector<Write>>& result) {
  return result ? "no error" : result.error().text;
}

std::string undone(std::string_view file, std::string_view before, std::string_view value) {
  return undo_value(file, before, value).value_or("nothing");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_update)

BOOST_AUTO_TEST_CASE(only_what_is_given_is_written) {
  BOOST_TEST(v1("{}").empty());
  BOOST_TEST(v2("{}").empty());
  BOOST_TEST(v1(R"({"memory":{},"cpu":{"shares":0},"pids":{},"blockIO":{}})").empty());
  BOOST_TEST(v1(R"({"pids":{"limit":7}})") == (Lines{"pids.max=7"}));
  BOOST_TEST(v2(R"({"memory":{"limit":4096,"swap":8192}})") ==
             (Lines{"memory.swap.max=4096", "memory.max=4096"}));
  BOOST_TEST(v2(R"({"memory":{"limit":-1}})") ==
             (Lines{"memory.swap.max=max ?", "memory.max=max"}));
  BOOST_TEST(
      v2(R"({"hugepageLimits":[{"pageSize":"2MB","limit":0}],"unified":{"pids.max":"3"}})") ==
      (Lines{"hugetlb.2MB.max=0", "hugetlb.2MB.rsvd.max=0 ?", "pids.max=3"}));
}

BOOST_AUTO_TEST_CASE(devices_never_change) {  // S161
  const char* all = R"({"devices":[{"allow":true,"access":"rwm"}]})";
  BOOST_TEST(v1(all).empty());
  BOOST_TEST(v2(all).empty());
}

BOOST_AUTO_TEST_CASE(a_quota_or_a_period_alone_keeps_the_other) {  // S171
  BOOST_TEST(v2(R"({"cpu":{"period":50000}})", "20000 100000\n") == (Lines{"cpu.max=20000 50000"}));
  BOOST_TEST(v2(R"({"cpu":{"period":50000}})", "max 100000\n") == (Lines{"cpu.max=max 50000"}));
  BOOST_TEST(v2(R"({"cpu":{"quota":10000}})", "20000 40000\n") == (Lines{"cpu.max=10000 40000"}));
  BOOST_TEST(v2(R"({"cpu":{"quota":-1}})", "20000 40000\n") == (Lines{"cpu.max=max 40000"}));
  BOOST_TEST(v2(R"({"cpu":{"quota":10000,"period":30000}})", "20000 40000\n") ==
             (Lines{"cpu.max=10000 30000"}));
  BOOST_TEST(v2(R"({"cpu":{"shares":1024}})", "20000 40000\n") == (Lines{"cpu.weight=100"}));
  BOOST_TEST(v2(R"({"cpu":{"quota":10000}})") == (Lines{"cpu.max=10000 100000"}));
}

BOOST_AUTO_TEST_CASE(values_are_checked_before_anything_is_written) {
  BOOST_TEST(error_of(changed(R"({"unified":{"a":"1"}})", test::v2_layout())) ==
             "unified resource \"a\" must be in the form CONTROLLER.PARAMETER");
  BOOST_TEST(error_of(changed(R"({"unified":{"pids.max":"1"}})", test::v1_layout())) ==
             "invalid configuration: cannot use unified on cgroup v1");
  BOOST_TEST(error_of(changed(R"({"memory":{"swap":5}})", test::v2_layout())) ==
             "unable to set swap limit without memory limit");
  BOOST_TEST(error_of(changed(R"({"cpu":{"shares":1}})", test::hybrid_layout())) ==
             "the minimum allowed cpu-shares is 2");
  Lines warnings;
  BOOST_TEST(changed(R"({"memory":{"kernel":5}})", test::v1_layout(), {}, &warnings)->empty());
  BOOST_TEST(warnings == (Lines{"Kernel memory settings are ignored and will be removed"}));
}

BOOST_AUTO_TEST_CASE(without_cgroups_there_is_nothing_to_change) {
  const auto in_none = [](const char* resources) {
    return update_writes(parse_resources(resources).value(), {}, Mode::kNone, {}, nullptr);
  };
  BOOST_TEST(in_none("{}")->empty());
  BOOST_TEST(error_of(in_none(R"({"memory":{"limit":4096}})")) ==
             "cannot set memory limit: container could not join or create cgroup");
}

BOOST_AUTO_TEST_CASE(usage_is_checked_where_asked_for, *oci::test::proves({"S169"})) {  // S169
  const auto check = [](std::optional<std::int64_t> limit, std::optional<std::int64_t> swap,
                        bool asked = true) {
    spec::Memory memory;
    memory.limit = limit;
    memory.swap = swap;
    memory.check_before_update = asked;
    const auto status = check_memory_usage(memory, 5000);
    return status ? std::string("ok") : status.error().text;
  };
  BOOST_TEST(check(5001, {}) == "ok");
  BOOST_TEST(check(5000, {}) == "rejecting memory limit 5000 <= usage 5000");
  BOOST_TEST(check(-1, -1) == "ok");
  BOOST_TEST(check({}, 4096) == "rejecting memory+swap limit 4096 <= usage 5000");
  BOOST_TEST(check(4096, 4096, false) == "ok");
}

BOOST_AUTO_TEST_CASE(what_brings_a_value_back) {
  BOOST_TEST(undone("pids.max", "max\n", "5") == "max");
  BOOST_TEST(undone("cpu.cfs_quota_us", "-1\n", "5000") == "-1");
  BOOST_TEST(undone("cpu.max", "max 100000\n", "5000 100000") == "max 100000");
  BOOST_TEST(undone("cpuset.cpus", "\n", "0") == "\n");
  BOOST_TEST(undone("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "1") ==
             "0");
  BOOST_TEST(undone("io.bfq.weight", "default 100\n8:0 200\n", "500") == "default 100");
  BOOST_TEST(undone("io.weight", "default 100\n8:0 200\n", "8:0 300") == "8:0 200");
  BOOST_TEST(undone("io.weight", "default 100\n", "8:0 300") == "8:0 default");
  BOOST_TEST(undone("io.max", "8:16 rbps=1 wbps=max riops=max wiops=max\n", "8:0 rbps=9") ==
             "8:0 rbps=max");
  BOOST_TEST(undone("io.max", "8:0 rbps=1 wbps=max riops=max wiops=max\n", "8:0 rbps=9") ==
             "8:0 rbps=1 wbps=max riops=max wiops=max");
  BOOST_TEST(undone("blkio.throttle.read_bps_device", "8:16 7\n", "8:0 9") == "8:0 0");
  BOOST_TEST(undone("blkio.throttle.read_bps_device", "8:0 7\n", "8:0 9") == "8:0 7");
  BOOST_TEST(undone("rdma.max", "mlx5_1 hca_handle=2 hca_object=max\n", "mlx5_1 hca_handle=5") ==
             "mlx5_1 hca_handle=2 hca_object=max");
  BOOST_TEST(undone("net_prio.ifpriomap", "lo 0\neth0 4\n", "eth0 5") == "eth0 4");
  BOOST_TEST(undone("memory.pressure", "some avg10=0.00\n", "some 1 2") == "nothing");
  BOOST_TEST(undone("odd.table", "a 1\nb 2\n", "5") == "nothing");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
