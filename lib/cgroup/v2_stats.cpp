// Spec: the kernel's Documentation/admin-guide/cgroup-v2.rst
#include "lib/base/numbers.h"
#include "lib/cgroup/events.h"
#include "lib/cgroup/stats.h"

namespace oci::cgroup {
namespace {

using Words = std::vector<std::string_view>;

class Files {
 public:
  explicit Files(const ReadFile& read) : read_(read) {}
  std::string text(const std::string& file) const { return read_({}, file).value_or(""); }
  std::uint64_t value(const std::string& file) const { return parse_value(text(file)); }
  std::optional<Pressure> pressure(const std::string& file) const {
    return parse_pressure(text(file));
  }

 private:
  const ReadFile& read_;
};

void read_cpu(const Files& files, CpuStats& out) {
  const std::string text = files.text("cpu.stat");
  const auto get = [&](const char* key) { return keyed_value(text, key).value_or(0); };
  constexpr std::uint64_t kMicrosecond = 1000;
  out.total = get("usage_usec") * kMicrosecond;
  out.user = get("user_usec") * kMicrosecond;
  out.kernel = get("system_usec") * kMicrosecond;
  out.periods = get("nr_periods");
  out.throttled_periods = get("nr_throttled");
  out.throttled_time = get("throttled_usec") * kMicrosecond;
  out.burst_periods = get("nr_bursts");
  out.burst_time = get("burst_usec") * kMicrosecond;
  out.pressure = files.pressure("cpu.pressure");
}

void read_memory(const Files& files, MemoryStats& out) {
  each_line(files.text("memory.stat"), [&](const Words& words) {
    if (words.size() == 2)
      out.raw[std::string(words[0])] = base::parse_number<std::uint64_t>(words[1]).value_or(0);
  });
  if (const auto file = out.raw.find("file"); file != out.raw.end()) out.cache = file->second;
  MemoryUse& memory = out.memory;
  memory.limit = files.value("memory.max");
  memory.usage = files.value("memory.current");
  memory.max = files.value("memory.peak");  // Linux 5.19
  // v1's sum, for readers that know nothing else.
  MemoryUse& both = out.memory_and_swap;
  both.limit = files.value("memory.swap.max");
  const bool unlimited = both.limit == kUnlimited || memory.limit == kUnlimited;
  both.limit = unlimited ? kUnlimited : both.limit + memory.limit;
  both.usage = files.value("memory.swap.current") + memory.usage;
  out.oom_kills = keyed_value(files.text("memory.events"), "oom_kill").value_or(0);
  out.pressure = files.pressure("memory.pressure");
}

// `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`
void read_io(const Files& files, BlockIoStats& out) {
  struct Key {
    std::string_view name;
    const char* op;
    std::vector<BlockIoEntry> BlockIoStats::*entries;
  };
  static constexpr Key kKeys[] = {
      {"rbytes=", "Read", &BlockIoStats::service_bytes},
      {"wbytes=", "Write", &BlockIoStats::service_bytes},
      {"rios=", "Read", &BlockIoStats::serviced},
      {"wios=", "Write", &BlockIoStats::serviced},
  };
  each_line(files.text("io.stat"), [&](const Words& words) {
    const std::size_t colon = words[0].find(':');
    if (colon == std::string_view::npos) return;
    for (const std::string_view word : words)
      for (const Key& key : kKeys)
        if (word.starts_with(key.name))
          (out.*key.entries)
              .push_back({parse_value(words[0].substr(0, colon)),
                          parse_value(words[0].substr(colon + 1)), key.op,
                          parse_value(word.substr(key.name.size()))});
  });
  out.pressure = files.pressure("io.pressure");
}

void read_pids(const Files& files, PidsStats& out) {
  out.limit = files.value("pids.max");
  if (out.limit == kUnlimited) out.limit = 0;
  if (const std::string current = files.text("pids.current"); !current.empty()) {
    out.current = parse_value(current);
    return;
  }
  // Without the controller: the processes, which is fewer than the tasks.
  each_line(files.text("cgroup.procs"), [&](const Words&) { ++out.current; });
}

}  // namespace

Stats read_v2_stats(const ReadFile& read, const std::vector<std::string>& page_sizes) {
  const Files files(read);
  Stats out;
  read_cpu(files, out.cpu);
  read_memory(files, out.memory);
  read_pids(files, out.pids);
  read_io(files, out.block_io);
  for (const std::string& size : page_sizes) {
    HugetlbStats& use = out.hugetlb[size];
    use.usage = files.value("hugetlb." + size + ".current");
    use.fail_count = keyed_value(files.text("hugetlb." + size + ".events"), "max").value_or(0);
  }
  parse_rdma(files.text("rdma.current"), &RdmaStats::current, out.rdma);
  parse_rdma(files.text("rdma.max"), &RdmaStats::limit, out.rdma);
  return out;
}

}  // namespace oci::cgroup
