// What a container has used, and what happens to it while it lives.
//
// Stats is a snapshot of the counters of the container's cgroup, in the kernel's units unless a
// member says otherwise. Which are there depends on the host: what the cgroup version or a missing
// controller does not count is 0, empty or absent. Counters are those of the whole cgroup, with all
// below it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "oci/result.h"

namespace [[gnu::visibility("default")]] oci {

inline constexpr std::uint64_t kUnlimited = ~std::uint64_t{0};

// Pressure stall information: share of time in which tasks waited. cgroup v2 only.
struct Pressure {
  struct Line {
    double avg10 = 0, avg60 = 0, avg300 = 0;  // percent, of the last 10, 60 and 300 seconds
    std::uint64_t total = 0;                  // microseconds
  };
  Line some;  // at least one task waited
  Line full;  // all waited at once
};

struct CpuStats {
  std::uint64_t total = 0, kernel = 0, user = 0;                  // nanoseconds
  std::vector<std::uint64_t> percpu, percpu_kernel, percpu_user;  // nanoseconds; v1
  std::uint64_t periods = 0, throttled_periods = 0;               // of the bandwidth limit
  std::uint64_t throttled_time = 0;                               // nanoseconds
  std::uint64_t burst_periods = 0, burst_time = 0;                // nanoseconds
  std::optional<Pressure> pressure;
};

// v1
struct CpusetStats {
  std::vector<std::uint16_t> cpus, mems;
  std::uint64_t cpu_exclusive = 0, mem_hardwall = 0, mem_exclusive = 0, memory_migrate = 0;
  std::uint64_t memory_spread_page = 0, memory_spread_slab = 0, memory_pressure = 0;
  std::uint64_t sched_load_balance = 0;
  std::int64_t sched_relax_domain_level = 0;
};

// Bytes. Without a limit: kUnlimited on v2, the kernel's largest number on v1.
struct MemoryUse {
  std::uint64_t limit = 0, usage = 0, max = 0, fail_count = 0;
};

struct MemoryStats {
  std::uint64_t cache = 0;
  MemoryUse memory;
  MemoryUse memory_and_swap;
  MemoryUse kernel, kernel_tcp;              // v1
  std::map<std::string, std::uint64_t> raw;  // memory.stat
  std::uint64_t oom_kills = 0;
  std::optional<Pressure> pressure;
};

struct PidsStats {
  std::uint64_t current = 0;
  std::uint64_t limit = 0;  // 0: none
};

struct BlockIoEntry {
  std::uint64_t major = 0, minor = 0;
  std::string op;  // "Read", "Write", "Sync", ...; may be empty
  std::uint64_t value = 0;
};

struct BlockIoStats {
  std::vector<BlockIoEntry> service_bytes, serviced;
  // Only where the v1 scheduler keeps such books.
  std::vector<BlockIoEntry> queued, service_time, wait_time, merged, time, sectors;
  std::optional<Pressure> pressure;
};

struct HugetlbStats {
  std::uint64_t usage = 0, max = 0, fail_count = 0;  // bytes; times
};

struct RdmaStats {
  struct Use {
    std::uint64_t handles = 0, objects = 0;  // kUnlimited: no limit
  };
  Use current, limit;
};

// Intel RDT: what the container's group of resctrl has. What the host has not is absent or empty.
struct RdtStats {
  struct Cache {
    std::string mask;  // hexadecimal
    std::uint64_t min_bits = 0, groups = 0;
  };
  struct Bandwidth {
    std::uint64_t granularity = 0, delay_linear = 0, minimum = 0, groups = 0;
  };
  struct Traffic {
    std::uint64_t total_bytes = 0, local_bytes = 0;
  };
  std::optional<Cache> cache;
  std::optional<Bandwidth> bandwidth;
  // Lines of `schemata`, of the root and of the group; then all of the group's.
  std::string cache_schema_root, cache_schema, bandwidth_schema_root, bandwidth_schema;
  std::vector<std::string> schemata;
  // One for each domain that is monitored.
  std::optional<std::vector<Traffic>> traffic;
  std::optional<std::vector<std::uint64_t>> cache_bytes;
};

struct Stats {
  CpuStats cpu;
  CpusetStats cpuset;
  MemoryStats memory;
  PidsStats pids;
  BlockIoStats block_io;
  std::map<std::string, HugetlbStats> hugetlb;  // by page size: "2MB"
  std::map<std::string, RdmaStats> rdma;        // by device
  std::optional<RdtStats> rdt;                  // only with `intelRdt`
};

enum class ContainerEvent {
  kOutOfMemory,  // the kernel ran out of the container's memory
  kEnded,        // the container's init has ended; nothing follows
};

// The events of one container, from the moment of Runtime::events() on. Not thread-safe;
// independent of the Runtime that gave it.
class EventStream {
 public:
  EventStream(EventStream&&) noexcept;
  EventStream& operator=(EventStream&&) noexcept;
  ~EventStream();

  // The next event; empty when `timeout` is over before. Negative: no limit. After kEnded it is
  // kEnded for ever.
  Result<std::optional<ContainerEvent>> next(std::chrono::milliseconds timeout);
  // For an event loop: readable when next(0) may have something. Belongs to the stream.
  int fd() const noexcept;

  // For the library itself.
  struct Impl;
  explicit EventStream(std::unique_ptr<Impl> impl) noexcept;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace oci
