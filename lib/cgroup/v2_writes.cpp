#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/convert.h"
#include "lib/cgroup/writes.h"

namespace oci::cgroup {
namespace {

class Writer {
 public:
  Writer(std::size_t dir, std::vector<std::string>* warnings) : dir_(dir), warnings_(warnings) {}

  void add(std::string file, std::string value, std::string_view pointer, bool optional = false) {
    if (!optional) need(std::string_view(file).substr(0, file.find('.')));
    out_.writes.push_back({dir_, std::move(file), std::move(value),
                           std::string(kPointer).append(pointer), optional, false});
  }
  // In place of the optional write before it, where that one's file does not exist.
  void otherwise(std::string file, std::string value, std::string_view pointer) {
    add(std::move(file), std::move(value), pointer);
    out_.writes.back().otherwise = true;
  }
  void ignore(std::string_view pointer) {
    if (warnings_ != nullptr)
      warnings_->push_back(std::string(kPointer.substr(1)).append(pointer) +
                           " has no equivalent in cgroup v2: ignored");
  }
  V2Writes take() { return std::move(out_); }

 private:
  void need(std::string_view controller) {
    if (controller == "cgroup") return;
    if (std::find(out_.needed.begin(), out_.needed.end(), controller) == out_.needed.end())
      out_.needed.emplace_back(controller);
  }

  std::size_t dir_;
  std::vector<std::string>* warnings_;
  V2Writes out_;
};

std::string bytes(std::int64_t value) { return value == -1 ? "max" : std::to_string(value); }

Status add_memory(Writer& out, const spec::Memory& memory) {
  const std::int64_t limit = memory.limit.value_or(0), reservation = memory.reservation.value_or(0);
  const auto swap = TRY(swap_max(limit, memory.swap.value_or(0)));
  // A kernel without swap has no such file: no swap, and no limit of it, is what it does anyway.
  if (swap) out.add("memory.swap.max", *swap, "memory/swap", *swap == "max" || *swap == "0");
  if (limit != 0) out.add("memory.max", bytes(limit), "memory/limit");
  if (reservation != 0) out.add("memory.low", bytes(reservation), "memory/reservation");
  if (memory.swappiness && *memory.swappiness != ~std::uint64_t{0}) out.ignore("memory/swappiness");
  if (memory.disable_oom_killer.value_or(false)) out.ignore("memory/disableOOMKiller");
  return {};
}

void add_cpu(Writer& out, const spec::Cpu& cpu) {
  const std::uint64_t shares = cpu.shares.value_or(0), period = cpu.period.value_or(0);
  const std::int64_t quota = cpu.quota.value_or(0);
  const bool idle = cpu.idle.value_or(0) != 0;
  // An idle group has no weight: the kernel refuses to set it (EINVAL).
  // 0 is what a kernel without idle groups (5.15) or burst (5.14) does anyway.
  if (cpu.idle && !idle) out.add("cpu.idle", "0", "cpu/idle", true);
  if (shares != 0 && !idle)
    out.add("cpu.weight", std::to_string(weight_of_shares(shares)), "cpu/shares");
  if (quota != 0 || period != 0) {
    constexpr std::uint64_t kDefaultPeriod = 100000;
    const std::string value = quota > 0 ? std::to_string(quota) : std::string("max");
    out.add("cpu.max", value + " " + std::to_string(period != 0 ? period : kDefaultPeriod),
            quota != 0 ? "cpu/quota" : "cpu/period");
  }
  if (cpu.burst) out.add("cpu.max.burst", std::to_string(*cpu.burst), "cpu/burst", *cpu.burst == 0);
  if (idle) out.add("cpu.idle", std::to_string(*cpu.idle), "cpu/idle");
  if (cpu.realtime_runtime.value_or(0) != 0) out.ignore("cpu/realtimeRuntime");
  if (cpu.realtime_period.value_or(0) != 0) out.ignore("cpu/realtimePeriod");
}

void add_cpuset(Writer& out, const spec::Cpu& cpu) {
  if (!cpu.cpus.empty()) out.add("cpuset.cpus", cpu.cpus, "cpu/cpus");
  if (!cpu.mems.empty()) out.add("cpuset.mems", cpu.mems, "cpu/mems");
}

void add_io(Writer& out, const spec::BlockIo& io) {
  if (io.weight.value_or(0) != 0) {
    out.add("io.bfq.weight", std::to_string(*io.weight), "blockIO/weight", true);
    out.otherwise("io.weight", std::to_string(io_weight_of(*io.weight)), "blockIO/weight");
  }
  bool leaf = io.leaf_weight.value_or(0) != 0;
  for (const spec::WeightDevice& device : io.weight_device) {
    leaf = leaf || device.leaf_weight.value_or(0) != 0;
    if (device.weight.value_or(0) == 0) continue;
    const auto value = [&](std::uint64_t weight) {
      return device_value(device.major, device.minor, std::to_string(weight));
    };
    out.add("io.bfq.weight", value(*device.weight), "blockIO/weightDevice", true);
    out.otherwise("io.weight", value(io_weight_of(*device.weight)), "blockIO/weightDevice");
  }
  if (leaf) out.ignore("blockIO/leafWeight");
  const auto throttle = [&](const std::vector<spec::ThrottleDevice>& devices, std::string_view key,
                            std::string_view pointer) {
    for (const spec::ThrottleDevice& device : devices) {
      // On v1 a rate of 0 takes the limit away.
      const std::string rate = device.rate == 0 ? "max" : std::to_string(device.rate);
      out.add("io.max", device_value(device.major, device.minor, std::string(key) + "=" + rate),
              pointer);
    }
  };
  throttle(io.throttle_read_bps_device, "rbps", "blockIO/throttleReadBpsDevice");
  throttle(io.throttle_write_bps_device, "wbps", "blockIO/throttleWriteBpsDevice");
  throttle(io.throttle_read_iops_device, "riops", "blockIO/throttleReadIOPSDevice");
  throttle(io.throttle_write_iops_device, "wiops", "blockIO/throttleWriteIOPSDevice");
}

void add_rest(Writer& out, const spec::Resources& resources) {
  for (const spec::HugepageLimit& limit : resources.hugepage_limits) {
    const std::string prefix = "hugetlb." + limit.page_size, value = std::to_string(limit.limit);
    out.add(prefix + ".max", value, "hugepageLimits");
    out.add(prefix + ".rsvd.max", value, "hugepageLimits", true);  // Linux 5.7
  }
  for (const auto& [device, limits] : resources.rdma)
    out.add("rdma.max", rdma_value(device, limits), "rdma/" + pointer_token(device));
  if (!resources.network) return;
  if (resources.network->class_id.value_or(0) != 0) out.ignore("network/classID");
  if (!resources.network->priorities.empty()) out.ignore("network/priorities");
}

// Last, so that they win over what was converted. Line by line: the kernel takes one for each
// write.
void add_unified(Writer& out, const spec::StringMap& unified) {
  for (const auto& [file, whole] : unified) {
    const std::string pointer = "unified/" + pointer_token(file);
    std::string_view rest = whole;
    do {
      const std::string_view line = base::take_until(rest, '\n');
      if (!line.empty() || whole.empty()) out.add(file, std::string(line), pointer);
    } while (!rest.empty());
  }
}

}  // namespace

Result<V2Writes> v2_writes(const spec::Resources& resources, std::size_t dir,
                           std::vector<std::string>* warnings) {
  Writer out(dir, warnings);
  if (resources.pids && resources.pids->limit)
    out.add("pids.max", pids_value(*resources.pids->limit), "pids/limit");
  if (resources.memory) TRY(add_memory(out, *resources.memory));
  if (resources.block_io) add_io(out, *resources.block_io);
  if (resources.cpu) {
    add_cpu(out, *resources.cpu);
    add_cpuset(out, *resources.cpu);
  }
  add_rest(out, resources);
  add_unified(out, resources.unified);
  return out.take();
}

}  // namespace oci::cgroup
