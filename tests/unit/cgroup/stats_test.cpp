#include "lib/cgroup/stats.h"

#include <boost/test/unit_test.hpp>
#include <map>

namespace oci::cgroup {

namespace {

using Files = std::map<std::string, std::string>;
using Numbers = std::vector<std::uint64_t>;

// By file name; of controllers only in that the file's name says which.
ReadFile reader(const Files& files) {
  return [&files](std::string_view, const std::string& file) -> std::optional<std::string> {
    const auto found = files.find(file);
    if (found == files.end()) return std::nullopt;
    return found->second;
  };
}

std::string shown(const std::vector<BlockIoEntry>& entries) {
  std::string out;
  for (const BlockIoEntry& entry : entries)
    out += std::to_string(entry.major) + ":" + std::to_string(entry.minor) + " " + entry.op + " " +
           std::to_string(entry.value) + ";";
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cgroup_stats)

BOOST_AUTO_TEST_CASE(nothing_is_nothing) {
  for (const Stats& stats : {read_v1_stats(reader({}), {}), read_v2_stats(reader({}), {})}) {
    BOOST_TEST(stats.cpu.total == 0u);
    BOOST_TEST(stats.memory.raw.empty());
    BOOST_TEST(stats.pids.current == 0u);
    BOOST_TEST(stats.block_io.serviced.empty());
    BOOST_TEST(!stats.cpu.pressure.has_value());
    BOOST_TEST(stats.hugetlb.empty());
    BOOST_TEST(stats.rdma.empty());
  }
}

BOOST_AUTO_TEST_CASE(v1_cpu) {
  const Files files{
      {"cpu.stat",
       "nr_periods 3\nnr_throttled 2\nthrottled_time 5000\nnr_bursts 1\nburst_time 7\n"},
      {"cpuacct.usage", "17188637\n"},
      {"cpuacct.stat", "user 2\nsystem 1\n"},
      {"cpuacct.usage_percpu", "12774771 4413866 \n"},
      {"cpuacct.usage_all", "cpu user system\n0 5 8000000\n1 6 9\n"},
      {"cpuset.cpus", "0-2,7\n"},
      {"cpuset.mems", "0\n"},
      {"cpuset.sched_load_balance", "1\n"},
      {"cpuset.sched_relax_domain_level", "-1\n"},
  };
  const Stats stats = read_v1_stats(reader(files), {});
  BOOST_TEST(stats.cpu.total == 17188637u);
  BOOST_TEST(stats.cpu.user == 20000000u);
  BOOST_TEST(stats.cpu.kernel == 10000000u);
  BOOST_TEST(stats.cpu.percpu == (Numbers{12774771, 4413866}));
  BOOST_TEST(stats.cpu.percpu_user == (Numbers{5, 6}));
  BOOST_TEST(stats.cpu.percpu_kernel == (Numbers{8000000, 9}));
  BOOST_TEST(stats.cpu.periods == 3u);
  BOOST_TEST(stats.cpu.throttled_periods == 2u);
  BOOST_TEST(stats.cpu.throttled_time == 5000u);
  BOOST_TEST(stats.cpu.burst_periods == 1u);
  BOOST_TEST(stats.cpuset.cpus == (std::vector<std::uint16_t>{0, 1, 2, 7}));
  BOOST_TEST(stats.cpuset.sched_load_balance == 1u);
  BOOST_TEST(stats.cpuset.sched_relax_domain_level == -1);
}

BOOST_AUTO_TEST_CASE(v1_memory_pids_and_the_rest) {
  const Files files{
      {"memory.stat", "cache 12\nrss 7\n"},
      {"memory.limit_in_bytes", "104857600\n"},
      {"memory.usage_in_bytes", "405504\n"},
      {"memory.max_usage_in_bytes", "2494464\n"},
      {"memory.failcnt", "4\n"},
      {"memory.memsw.limit_in_bytes", "209715200\n"},
      {"memory.kmem.usage_in_bytes", "9\n"},
      {"memory.kmem.tcp.limit_in_bytes", "9223372036854771712\n"},
      {"memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"},
      {"pids.current", "1\n"},
      {"pids.max", "max\n"},
      {"hugetlb.2MB.usage_in_bytes", "2097152\n"},
      {"hugetlb.2MB.max_usage_in_bytes", "4194304\n"},
      {"hugetlb.2MB.failcnt", "1\n"},
      {"rdma.current", "mlx5_0 hca_handle=2 hca_object=20\n"},
      {"rdma.max", "mlx5_0 hca_handle=3 hca_object=max\n"},
  };
  const Stats stats = read_v1_stats(reader(files), {"2MB"});
  BOOST_TEST(stats.memory.cache == 12u);
  BOOST_TEST(stats.memory.raw.at("rss") == 7u);
  BOOST_TEST(stats.memory.memory.limit == 104857600u);
  BOOST_TEST(stats.memory.memory.usage == 405504u);
  BOOST_TEST(stats.memory.memory.max == 2494464u);
  BOOST_TEST(stats.memory.memory.fail_count == 4u);
  BOOST_TEST(stats.memory.memory_and_swap.limit == 209715200u);
  BOOST_TEST(stats.memory.kernel.usage == 9u);
  BOOST_TEST(stats.memory.kernel_tcp.limit == 9223372036854771712u);
  BOOST_TEST(stats.memory.oom_kills == 3u);
  BOOST_TEST(stats.pids.current == 1u);
  BOOST_TEST(stats.pids.limit == 0u);
  BOOST_TEST(stats.hugetlb.at("2MB").max == 4194304u);
  BOOST_TEST(stats.hugetlb.at("2MB").fail_count == 1u);
  BOOST_TEST(stats.rdma.at("mlx5_0").current.objects == 20u);
  BOOST_TEST(stats.rdma.at("mlx5_0").limit.handles == 3u);
  BOOST_TEST(stats.rdma.at("mlx5_0").limit.objects == kUnlimited);
}

BOOST_AUTO_TEST_CASE(v1_block_io_is_from_the_first_books_that_are_kept) {
  Files files{
      {"blkio.throttle.io_serviced", "8:0 Read 1\n8:0 Total 1\nTotal 1\n"},
      {"blkio.throttle.io_service_bytes", "8:0 Read 512\nTotal 512\n"},
      {"blkio.bfq.io_serviced_recursive", "Total 0\n"},
  };
  Stats stats = read_v1_stats(reader(files), {});
  BOOST_TEST(shown(stats.block_io.serviced) == "8:0 Read 1;8:0 Total 1;");
  BOOST_TEST(shown(stats.block_io.service_bytes) == "8:0 Read 512;");
  files["blkio.bfq.io_serviced_recursive"] = "253:1 Write 9\nTotal 9\n";
  files["blkio.bfq.io_service_bytes_recursive"] = "253:1 Write 4096\nTotal 4096\n";
  stats = read_v1_stats(reader(files), {});
  BOOST_TEST(shown(stats.block_io.serviced) == "253:1 Write 9;");
  BOOST_TEST(shown(stats.block_io.sectors).empty());
  files["blkio.bfq.sectors_recursive"] = "253:1 8\n";
  files["blkio.bfq.time_recursive"] = "253:1 77\n";
  stats = read_v1_stats(reader(files), {});
  BOOST_TEST(shown(stats.block_io.sectors) == "253:1  8;");
  BOOST_TEST(shown(stats.block_io.time) == "253:1  77;");
  BOOST_TEST(shown(stats.block_io.service_bytes) == "253:1 Write 4096;");
}

BOOST_AUTO_TEST_CASE(v2) {
  const Files files{
      {"cpu.stat",
       "usage_usec 16\nuser_usec 6\nsystem_usec 10\nnr_periods 5\nnr_throttled 4\n"
       "throttled_usec 3\nnr_bursts 2\nburst_usec 1\n"},
      {"cpu.pressure",
       "some avg10=0.12 avg60=1.50 avg300=100.00 total=77\n"
       "full avg10=0.00 avg60=0.00 avg300=0.00 total=5\n"},
      {"memory.stat", "anon 5\nfile 6\n"},
      {"memory.max", "1000\n"},
      {"memory.current", "400\n"},
      {"memory.peak", "500\n"},
      {"memory.swap.max", "2000\n"},
      {"memory.swap.current", "30\n"},
      {"memory.events", "low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n"},
      {"pids.current", "3\n"},
      {"pids.max", "20\n"},
      {"io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n"},
      {"hugetlb.2MB.current", "2097152\n"},
      {"hugetlb.2MB.events", "max 8\n"},
  };
  const Stats stats = read_v2_stats(reader(files), {"2MB"});
  BOOST_TEST(stats.cpu.total == 16000u);
  BOOST_TEST(stats.cpu.user == 6000u);
  BOOST_TEST(stats.cpu.kernel == 10000u);
  BOOST_TEST(stats.cpu.throttled_time == 3000u);
  BOOST_TEST(stats.cpu.burst_time == 1000u);
  BOOST_TEST(stats.cpu.pressure.value().some.avg60 == 1.5);
  BOOST_TEST(stats.cpu.pressure.value().some.avg300 == 100.0);
  BOOST_TEST(stats.cpu.pressure.value().full.total == 5u);
  BOOST_TEST(!stats.memory.pressure.has_value());
  BOOST_TEST(stats.memory.cache == 6u);
  BOOST_TEST(stats.memory.memory.limit == 1000u);
  BOOST_TEST(stats.memory.memory.max == 500u);
  BOOST_TEST(stats.memory.memory_and_swap.limit == 3000u);
  BOOST_TEST(stats.memory.memory_and_swap.usage == 430u);
  BOOST_TEST(stats.memory.oom_kills == 1u);
  BOOST_TEST(stats.pids.current == 3u);
  BOOST_TEST(stats.pids.limit == 20u);
  BOOST_TEST(shown(stats.block_io.service_bytes) == "8:0 Read 1;8:0 Write 2;");
  BOOST_TEST(shown(stats.block_io.serviced) == "8:0 Read 3;8:0 Write 4;");
  BOOST_TEST(stats.hugetlb.at("2MB").fail_count == 8u);
}

BOOST_AUTO_TEST_CASE(v2_without_limits_and_controllers) {
  const Files files{
      {"memory.max", "max\n"}, {"memory.swap.max", "0\n"}, {"cgroup.procs", "10\n11\n"}};
  const Stats stats = read_v2_stats(reader(files), {});
  BOOST_TEST(stats.memory.memory.limit == kUnlimited);
  BOOST_TEST(stats.memory.memory_and_swap.limit == kUnlimited);
  BOOST_TEST(stats.pids.current == 2u);
}

BOOST_AUTO_TEST_CASE(page_sizes) {
  using Names = std::vector<std::string>;
  BOOST_TEST(page_sizes_of({"cgroup.procs", "hugetlb.2MB.current", "hugetlb.2MB.max",
                            "hugetlb.1GB.rsvd.max", "hugetlb"}) == (Names{"1GB", "2MB"}));
}

BOOST_AUTO_TEST_CASE(number_lists) {
  using List = std::vector<std::uint16_t>;
  BOOST_TEST(parse_number_list("\n").empty());
  BOOST_TEST(parse_number_list("0\n") == (List{0}));
  BOOST_TEST(parse_number_list("3-5,9,x,65535\n") == (List{3, 4, 5, 9, 65535}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
