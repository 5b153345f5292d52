// Spec: the kernel's Documentation/admin-guide/cgroup-v1
#include <unistd.h>

#include <iterator>

#include "lib/base/numbers.h"
#include "lib/cgroup/events.h"
#include "lib/cgroup/stats.h"

namespace oci::cgroup {
namespace {

using Words = std::vector<std::string_view>;

std::uint64_t value(const ReadFile& read, std::string_view controller, const std::string& file) {
  return parse_value(read(controller, file).value_or(""));
}

std::uint64_t number(std::string_view text) {
  return base::parse_number<std::uint64_t>(text).value_or(0);
}

void read_cpu(const ReadFile& read, CpuStats& out) {
  if (const auto text = read("cpu", "cpu.stat")) {
    out.periods = keyed_value(*text, "nr_periods").value_or(0);
    out.throttled_periods = keyed_value(*text, "nr_throttled").value_or(0);
    out.throttled_time = keyed_value(*text, "throttled_time").value_or(0);
    out.burst_periods = keyed_value(*text, "nr_bursts").value_or(0);
    out.burst_time = keyed_value(*text, "burst_time").value_or(0);
  }
  out.total = value(read, "cpuacct", "cpuacct.usage");
  if (const auto text = read("cpuacct", "cpuacct.stat")) {
    // In ticks of a clock whose rate only looks as if it could differ. times(2)
    const std::uint64_t nanoseconds =
        1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    out.user = keyed_value(*text, "user").value_or(0) * nanoseconds;
    out.kernel = keyed_value(*text, "system").value_or(0) * nanoseconds;
  }
  each_line(read("cpuacct", "cpuacct.usage_percpu").value_or(""), [&](const Words& words) {
    for (const std::string_view word : words) out.percpu.push_back(number(word));
  });
  each_line(read("cpuacct", "cpuacct.usage_all").value_or(""), [&](const Words& words) {
    if (words.size() != 3 || words[0] == "cpu") return;  // the heading
    out.percpu_user.push_back(number(words[1]));
    out.percpu_kernel.push_back(number(words[2]));
  });
}

void read_cpuset(const ReadFile& read, CpusetStats& out) {
  const auto get = [&](const char* name) {
    return value(read, "cpuset", std::string("cpuset.") + name);
  };
  out.cpus = parse_number_list(read("cpuset", "cpuset.cpus").value_or(""));
  out.mems = parse_number_list(read("cpuset", "cpuset.mems").value_or(""));
  out.cpu_exclusive = get("cpu_exclusive");
  out.mem_hardwall = get("mem_hardwall");
  out.mem_exclusive = get("mem_exclusive");
  out.memory_migrate = get("memory_migrate");
  out.memory_spread_page = get("memory_spread_page");
  out.memory_spread_slab = get("memory_spread_slab");
  out.memory_pressure = get("memory_pressure");
  out.sched_load_balance = get("sched_load_balance");
  const std::string level = read("cpuset", "cpuset.sched_relax_domain_level").value_or("");
  out.sched_relax_domain_level =
      base::parse_number<std::int64_t>(std::string_view(level).substr(0, level.find('\n')))
          .value_or(0);
}

void read_memory(const ReadFile& read, MemoryStats& out) {
  each_line(read("memory", "memory.stat").value_or(""), [&](const Words& words) {
    if (words.size() == 2) out.raw[std::string(words[0])] = number(words[1]);
  });
  if (const auto cache = out.raw.find("cache"); cache != out.raw.end()) out.cache = cache->second;
  const auto use = [&](const std::string& prefix, MemoryUse& of) {
    of.limit = value(read, "memory", prefix + ".limit_in_bytes");
    of.usage = value(read, "memory", prefix + ".usage_in_bytes");
    of.max = value(read, "memory", prefix + ".max_usage_in_bytes");
    of.fail_count = value(read, "memory", prefix + ".failcnt");
  };
  use("memory", out.memory);
  use("memory.memsw", out.memory_and_swap);
  use("memory.kmem", out.kernel);
  use("memory.kmem.tcp", out.kernel_tcp);
  out.oom_kills =
      keyed_value(read("memory", "memory.oom_control").value_or(""), "oom_kill").value_or(0);
}

// `8:0 Read 4096`, `8:0 4096`; the sums in `Total` are left out.
std::vector<BlockIoEntry> block_entries(std::string_view text) {
  std::vector<BlockIoEntry> out;
  each_line(text, [&](const Words& words) {
    if (words.size() < 2 || words[0] == "Total") return;
    const std::size_t colon = words[0].find(':');
    if (colon == std::string_view::npos) return;
    BlockIoEntry& entry = out.emplace_back();
    entry.major = number(words[0].substr(0, colon));
    entry.minor = number(words[0].substr(colon + 1));
    if (words.size() > 2) entry.op = words[1];
    entry.value = number(words.back());
  });
  return out;
}

struct BlockFile {
  const char* name;
  std::vector<BlockIoEntry> BlockIoStats::*entries;
};

// True when the first file counts anything: the scheduler that keeps these books is in use.
bool read_block_files(const ReadFile& read, const BlockFile* files, std::size_t count,
                      BlockIoStats& out) {
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<BlockIoEntry> entries =
        block_entries(read("blkio", std::string("blkio.") + files[i].name).value_or(""));
    if (i == 0 && entries.empty()) return false;
    out.*files[i].entries = std::move(entries);
  }
  return true;
}

// What is booked depends on kernel and scheduler: from the richest books to the poorest.
void read_block_io(const ReadFile& read, BlockIoStats& out) {
  using B = BlockIoStats;
  static constexpr BlockFile kBfqDebug[] = {
      {"bfq.sectors_recursive", &B::sectors},
      {"bfq.io_service_time_recursive", &B::service_time},
      {"bfq.io_wait_time_recursive", &B::wait_time},
      {"bfq.io_merged_recursive", &B::merged},
      {"bfq.io_queued_recursive", &B::queued},
      {"bfq.time_recursive", &B::time},
      {"bfq.io_serviced_recursive", &B::serviced},
      {"bfq.io_service_bytes_recursive", &B::service_bytes},
  };
  static constexpr BlockFile kBfq[] = {
      {"bfq.io_serviced_recursive", &B::serviced},
      {"bfq.io_service_bytes_recursive", &B::service_bytes},
  };
  static constexpr BlockFile kThrottleRecursive[] = {
      {"throttle.io_serviced_recursive", &B::serviced},
      {"throttle.io_service_bytes_recursive", &B::service_bytes},
  };
  static constexpr BlockFile kThrottle[] = {
      {"throttle.io_serviced", &B::serviced},
      {"throttle.io_service_bytes", &B::service_bytes},
  };
  if (read_block_files(read, kBfqDebug, std::size(kBfqDebug), out)) return;
  if (read_block_files(read, kBfq, std::size(kBfq), out)) return;
  if (read_block_files(read, kThrottleRecursive, std::size(kThrottleRecursive), out)) return;
  read_block_files(read, kThrottle, std::size(kThrottle), out);
}

}  // namespace

Stats read_v1_stats(const ReadFile& read, const std::vector<std::string>& page_sizes) {
  Stats out;
  read_cpu(read, out.cpu);
  read_cpuset(read, out.cpuset);
  read_memory(read, out.memory);
  out.pids.current = value(read, "pids", "pids.current");
  out.pids.limit = value(read, "pids", "pids.max");
  if (out.pids.limit == kUnlimited) out.pids.limit = 0;
  read_block_io(read, out.block_io);
  for (const std::string& size : page_sizes) {
    const std::string prefix = "hugetlb." + size;
    HugetlbStats& use = out.hugetlb[size];
    use.usage = value(read, "hugetlb", prefix + ".usage_in_bytes");
    use.max = value(read, "hugetlb", prefix + ".max_usage_in_bytes");
    use.fail_count = value(read, "hugetlb", prefix + ".failcnt");
  }
  parse_rdma(read("rdma", "rdma.current").value_or(""), &RdmaStats::current, out.rdma);
  parse_rdma(read("rdma", "rdma.max").value_or(""), &RdmaStats::limit, out.rdma);
  return out;
}

}  // namespace oci::cgroup
