#include <algorithm>
#include <utility>

#include "lib/base/try.h"
#include "lib/cgroup/convert.h"
#include "lib/cgroup/devices.h"
#include "lib/cgroup/writes.h"

namespace oci::cgroup {
namespace {

class Writer {
 public:
  Writer(const std::vector<Dir>& dirs, std::vector<std::string>* warnings)
      : dirs_(dirs), warnings_(warnings) {}

  // Each of the following writes to this controller's directory. False and an error kept, if there
  // is none.
  bool in(std::string_view controller) {
    for (dir_ = 0; dir_ < dirs_.size(); ++dir_) {
      const auto& list = dirs_[dir_].controllers;
      if (std::find(list.begin(), list.end(), controller) != list.end()) return true;
    }
    missing_ = controller;
    return false;
  }
  void add(std::string file, std::string value, std::string_view pointer, bool optional = false) {
    writes_.push_back({dir_, std::move(file), std::move(value),
                       std::string(kPointer).append(pointer), optional, false});
  }
  // In place of the optional write before it, where that one's file does not exist.
  void otherwise(std::string file, std::string value, std::string_view pointer) {
    add(std::move(file), std::move(value), pointer);
    writes_.back().otherwise = true;
  }
  Error missing(std::string_view pointer) const {
    return Error{Code::kCgroup,
                 "cannot set " + missing_ + " limit: container could not join or create cgroup",
                 0,
                 std::string(kPointer).append(pointer),
                 {}};
  }
  void warn(std::string text) {
    if (warnings_ != nullptr) warnings_->push_back(std::move(text));
  }
  std::vector<Write> take() { return std::move(writes_); }

 private:
  const std::vector<Dir>& dirs_;
  std::vector<std::string>* warnings_;
  std::vector<Write> writes_;
  std::size_t dir_ = 0;
  std::string missing_;
};

Error invalid(std::string text, std::string_view pointer) {
  return Error{Code::kInvalidConfig, std::move(text), 0, std::string(kPointer).append(pointer), {}};
}

Status add_cpuset(Writer& out, const spec::Cpu& cpu) {
  if (cpu.cpus.empty() && cpu.mems.empty()) return {};
  if (!out.in("cpuset")) return out.missing("cpu");
  if (!cpu.cpus.empty()) out.add("cpuset.cpus", cpu.cpus, "cpu/cpus");
  if (!cpu.mems.empty()) out.add("cpuset.mems", cpu.mems, "cpu/mems");
  return {};
}

Status add_devices(Writer& out, const spec::Resources& resources,
                   std::vector<std::string>* warnings) {
  const auto rules = TRY(effective_device_rules(&resources));
  const auto writes = TRY(v1_device_writes(rules));
  if (!out.in("devices")) {
    // Never by default: such a host cannot keep any container from any device.
    if (!resources.devices.empty()) return out.missing("devices");
    if (warnings != nullptr)
      warnings->push_back("no devices cgroup on this host: device rules are not enforced");
    return {};
  }
  for (const V1DeviceWrite& write : writes)
    out.add(write.allow ? "devices.allow" : "devices.deny", write.value, "devices");
  return {};
}

void add_memory_limits(Writer& out, const spec::Memory& memory) {
  const std::int64_t limit = memory.limit.value_or(0), swap = memory.swap.value_or(0);
  const auto add_swap = [&](std::int64_t value, bool optional) {
    out.add("memory.memsw.limit_in_bytes", std::to_string(value), "memory/swap", optional);
  };
  // The kernel keeps limit <= memsw: a rising memsw goes first. A new cgroup has no limit, so there
  // any number falls.
  const bool swap_first = limit != 0 && swap == -1;
  if (limit == -1 && swap == 0) add_swap(-1, true);
  if (swap_first) add_swap(swap, false);
  if (limit != 0) out.add("memory.limit_in_bytes", std::to_string(limit), "memory/limit");
  if (swap != 0 && !swap_first) add_swap(swap, false);
}

Status add_memory(Writer& out, const spec::Memory& memory) {
  constexpr std::uint64_t kUnset = ~std::uint64_t{0};  // -1 of engines
  const std::uint64_t swappiness = memory.swappiness.value_or(kUnset);
  if (swappiness != kUnset && swappiness > 100)
    return invalid("invalid memory swappiness value: " + std::to_string(swappiness) +
                       " (valid range is 0-100)",
                   "memory/swappiness");
  const std::int64_t reservation = memory.reservation.value_or(0);
  const bool no_killer = memory.disable_oom_killer.value_or(false);
  if (memory.limit.value_or(0) == 0 && memory.swap.value_or(0) == 0 && reservation == 0 &&
      !no_killer && swappiness == kUnset)
    return {};
  if (!out.in("memory")) return out.missing("memory");
  add_memory_limits(out, memory);
  if (reservation != 0)
    out.add("memory.soft_limit_in_bytes", std::to_string(reservation), "memory/reservation");
  if (no_killer) out.add("memory.oom_control", "1", "memory/disableOOMKiller");
  if (swappiness != kUnset)
    out.add("memory.swappiness", std::to_string(swappiness), "memory/swappiness");
  return {};
}

Status add_shares(Writer& out, std::uint64_t shares) {
  // The kernel would clamp them silently.
  constexpr std::uint64_t kLeast = 2, kMost = 262144;
  if (shares < kLeast)
    return invalid("the minimum allowed cpu-shares is " + std::to_string(kLeast), "cpu/shares");
  if (shares > kMost)
    return invalid("the maximum allowed cpu-shares is " + std::to_string(kMost), "cpu/shares");
  out.add("cpu.shares", std::to_string(shares), "cpu/shares");
  return {};
}

Status add_cpu(Writer& out, const spec::Cpu& cpu) {
  const std::uint64_t shares = cpu.shares.value_or(0), period = cpu.period.value_or(0);
  const std::uint64_t rt_period = cpu.realtime_period.value_or(0);
  const std::int64_t quota = cpu.quota.value_or(0), rt_runtime = cpu.realtime_runtime.value_or(0);
  const bool idle = cpu.idle.value_or(0) != 0;
  const bool any = shares != 0 || period != 0 || quota != 0 || cpu.burst.value_or(0) != 0 || idle ||
                   rt_period != 0 || rt_runtime != 0;
  if (!any && !cpu.burst && !cpu.idle) return {};
  if (!out.in("cpu")) return any ? Status(out.missing("cpu")) : Status();
  // An idle group has no shares: the kernel refuses to set them (EINVAL).
  // 0 is what a kernel without idle groups (5.15) or burst (5.14) does anyway.
  if (cpu.idle && !idle) out.add("cpu.idle", "0", "cpu/idle", true);
  if (shares != 0 && !idle) TRY(add_shares(out, shares));
  if (period != 0) out.add("cpu.cfs_period_us", std::to_string(period), "cpu/period");
  if (quota != 0) out.add("cpu.cfs_quota_us", std::to_string(quota), "cpu/quota");
  if (cpu.burst)
    out.add("cpu.cfs_burst_us", std::to_string(*cpu.burst), "cpu/burst", *cpu.burst == 0);
  if (idle) out.add("cpu.idle", std::to_string(*cpu.idle), "cpu/idle");
  if (rt_period != 0) out.add("cpu.rt_period_us", std::to_string(rt_period), "cpu/realtimePeriod");
  if (rt_runtime != 0)
    out.add("cpu.rt_runtime_us", std::to_string(rt_runtime), "cpu/realtimeRuntime");
  return {};
}

Status add_pids(Writer& out, const spec::Pids& pids) {
  if (!pids.limit) return {};
  if (!out.in("pids")) return out.missing("pids");
  out.add("pids.max", pids_value(*pids.limit), "pids/limit");
  return {};
}

void add_block_weights(Writer& out, const spec::BlockIo& io) {
  const auto add = [&](const char* name, const char* bfq, std::string value,
                       std::string_view pointer) {
    out.add(name, value, pointer, true);
    out.otherwise(bfq, std::move(value), pointer);
  };
  if (io.weight.value_or(0) != 0)
    add("blkio.weight", "blkio.bfq.weight", std::to_string(*io.weight), "blockIO/weight");
  if (io.leaf_weight.value_or(0) != 0)
    out.add("blkio.leaf_weight", std::to_string(*io.leaf_weight), "blockIO/leafWeight");
  for (const spec::WeightDevice& device : io.weight_device) {
    if (device.weight.value_or(0) != 0)
      add("blkio.weight_device", "blkio.bfq.weight_device",
          device_value(device.major, device.minor, std::to_string(*device.weight)),
          "blockIO/weightDevice");
    if (device.leaf_weight.value_or(0) != 0)
      out.add("blkio.leaf_weight_device",
              device_value(device.major, device.minor, std::to_string(*device.leaf_weight)),
              "blockIO/weightDevice");
  }
}

Status add_block_io(Writer& out, const spec::BlockIo& io) {
  struct Throttle {
    const std::vector<spec::ThrottleDevice>& devices;
    const char* file;
    const char* pointer;
  };
  const Throttle throttles[] = {
      {io.throttle_read_bps_device, "blkio.throttle.read_bps_device",
       "blockIO/throttleReadBpsDevice"},
      {io.throttle_write_bps_device, "blkio.throttle.write_bps_device",
       "blockIO/throttleWriteBpsDevice"},
      {io.throttle_read_iops_device, "blkio.throttle.read_iops_device",
       "blockIO/throttleReadIOPSDevice"},
      {io.throttle_write_iops_device, "blkio.throttle.write_iops_device",
       "blockIO/throttleWriteIOPSDevice"},
  };
  const bool any = io.weight.value_or(0) != 0 || io.leaf_weight.value_or(0) != 0 ||
                   !io.weight_device.empty() ||
                   std::any_of(std::begin(throttles), std::end(throttles),
                               [](const Throttle& throttle) { return !throttle.devices.empty(); });
  if (!any) return {};
  if (!out.in("blkio")) return out.missing("blockIO");
  add_block_weights(out, io);
  for (const Throttle& throttle : throttles)
    for (const spec::ThrottleDevice& device : throttle.devices)
      out.add(throttle.file, device_value(device.major, device.minor, std::to_string(device.rate)),
              throttle.pointer);
  return {};
}

Status add_rest(Writer& out, const spec::Resources& resources) {
  for (const spec::HugepageLimit& limit : resources.hugepage_limits) {
    if (!out.in("hugetlb")) return out.missing("hugepageLimits");
    const std::string prefix = "hugetlb." + limit.page_size, value = std::to_string(limit.limit);
    out.add(prefix + ".limit_in_bytes", value, "hugepageLimits");
    out.add(prefix + ".rsvd.limit_in_bytes", value, "hugepageLimits", true);  // Linux 5.7
  }
  if (resources.network && resources.network->class_id.value_or(0) != 0) {
    if (!out.in("net_cls")) return out.missing("network/classID");
    out.add("net_cls.classid", std::to_string(*resources.network->class_id), "network/classID");
  }
  if (resources.network && !resources.network->priorities.empty()) {
    if (!out.in("net_prio")) return out.missing("network/priorities");
    for (const spec::InterfacePriority& entry : resources.network->priorities)
      out.add("net_prio.ifpriomap", entry.name + " " + std::to_string(entry.priority),
              "network/priorities");
  }
  for (const auto& [device, limits] : resources.rdma) {
    if (!out.in("rdma")) return out.missing("rdma");
    out.add("rdma.max", rdma_value(device, limits), "rdma/" + pointer_token(device));
  }
  return {};
}

}  // namespace

Result<std::vector<Write>> v1_writes(const spec::Resources& resources, const std::vector<Dir>& dirs,
                                     bool device_rules, std::vector<std::string>* warnings) {
  if (!resources.unified.empty())
    return invalid("invalid configuration: cannot use unified on cgroup v1", "unified");
  Writer out(dirs, warnings);
  if (resources.cpu) TRY(add_cpuset(out, *resources.cpu));
  if (device_rules) TRY(add_devices(out, resources, warnings));
  if (resources.memory) TRY(add_memory(out, *resources.memory));
  if (resources.cpu) TRY(add_cpu(out, *resources.cpu));
  if (resources.pids) TRY(add_pids(out, *resources.pids));
  if (resources.block_io) TRY(add_block_io(out, *resources.block_io));
  TRY(add_rest(out, resources));
  return out.take();
}

}  // namespace oci::cgroup
