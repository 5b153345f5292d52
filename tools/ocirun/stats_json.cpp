#include "tools/ocirun/stats_json.h"

#include <charconv>
#include <vector>

#include "tools/ocirun/json_out.h"

namespace ocirun {
namespace {

// As most members are: left out when 0.
void number(JsonObject& to, std::string_view key, std::uint64_t value) {
  if (value != 0) to.number(key, value);
}

template <class T>
void numbers(JsonObject& to, std::string_view key, const std::vector<T>& values) {
  if (values.empty()) return;
  std::string list = "[";
  for (const T value : values)
    list.append(list.size() > 1 ? "," : "").append(std::to_string(value));
  to.raw(key, list + "]");
}

std::string decimal(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value).ptr};
}

void pressure_line(JsonObject& to, std::string_view key, const oci::Pressure::Line& line) {
  JsonObject object = to.object(key);
  object.raw("avg10", decimal(line.avg10));
  object.raw("avg60", decimal(line.avg60));
  object.raw("avg300", decimal(line.avg300));
  object.number("total", line.total);
  object.end();
}

void pressure(JsonObject& to, const std::optional<oci::Pressure>& value) {
  if (!value) return;
  JsonObject object = to.object("psi");
  pressure_line(object, "some", value->some);
  pressure_line(object, "full", value->full);
  object.end();
}

void cpu(JsonObject& to, const oci::CpuStats& stats) {
  JsonObject object = to.object("cpu");
  JsonObject usage = object.object("usage");
  number(usage, "total", stats.total);
  numbers(usage, "percpu", stats.percpu);
  numbers(usage, "percpu_kernel", stats.percpu_kernel);
  numbers(usage, "percpu_user", stats.percpu_user);
  usage.number("kernel", stats.kernel);
  usage.number("user", stats.user);
  usage.end();
  JsonObject throttling = object.object("throttling");
  number(throttling, "periods", stats.periods);
  number(throttling, "throttledPeriods", stats.throttled_periods);
  number(throttling, "throttledTime", stats.throttled_time);
  throttling.end();
  if (stats.burst_periods != 0 || stats.burst_time != 0) {
    JsonObject burst = object.object("burst");
    number(burst, "bursts_periods", stats.burst_periods);
    number(burst, "burst_time", stats.burst_time);
    burst.end();
  }
  pressure(object, stats.pressure);
  object.end();
}

void cpuset(JsonObject& to, const oci::CpusetStats& stats) {
  JsonObject object = to.object("cpuset");
  numbers(object, "cpus", stats.cpus);
  object.number("cpu_exclusive", stats.cpu_exclusive);
  numbers(object, "mems", stats.mems);
  object.number("mem_hardwall", stats.mem_hardwall);
  object.number("mem_exclusive", stats.mem_exclusive);
  object.number("memory_migrate", stats.memory_migrate);
  object.number("memory_spread_page", stats.memory_spread_page);
  object.number("memory_spread_slab", stats.memory_spread_slab);
  object.number("memory_pressure", stats.memory_pressure);
  object.number("sched_load_balance", stats.sched_load_balance);
  object.member("sched_relax_domain_level", stats.sched_relax_domain_level);
  object.end();
}

void memory_use(JsonObject& to, std::string_view key, const oci::MemoryUse& use) {
  JsonObject object = to.object(key);
  object.number("limit", use.limit);
  number(object, "usage", use.usage);
  number(object, "max", use.max);
  object.number("failcnt", use.fail_count);
  object.end();
}

void memory(JsonObject& to, const oci::MemoryStats& stats) {
  JsonObject object = to.object("memory");
  number(object, "cache", stats.cache);
  memory_use(object, "usage", stats.memory);
  memory_use(object, "swap", stats.memory_and_swap);
  memory_use(object, "kernel", stats.kernel);
  memory_use(object, "kernelTCP", stats.kernel_tcp);
  if (!stats.raw.empty()) {
    JsonObject raw = object.object("raw");
    for (const auto& [key, value] : stats.raw) raw.number(key, value);
    raw.end();
  }
  pressure(object, stats.pressure);
  object.end();
}

void block_entries(JsonObject& to, std::string_view key,
                   const std::vector<oci::BlockIoEntry>& entries) {
  if (entries.empty()) return;
  std::string list = "[";
  for (const oci::BlockIoEntry& entry : entries) {
    if (list.size() > 1) list += ',';
    JsonObject object(list);
    number(object, "major", entry.major);
    number(object, "minor", entry.minor);
    if (!entry.op.empty()) object.member("op", entry.op);
    number(object, "value", entry.value);
    object.end();
  }
  to.raw(key, list + "]");
}

void block_io(JsonObject& to, const oci::BlockIoStats& stats) {
  JsonObject object = to.object("blkio");
  block_entries(object, "ioServiceBytesRecursive", stats.service_bytes);
  block_entries(object, "ioServicedRecursive", stats.serviced);
  block_entries(object, "ioQueueRecursive", stats.queued);
  block_entries(object, "ioServiceTimeRecursive", stats.service_time);
  block_entries(object, "ioWaitTimeRecursive", stats.wait_time);
  block_entries(object, "ioMergedRecursive", stats.merged);
  block_entries(object, "ioTimeRecursive", stats.time);
  block_entries(object, "sectorsRecursive", stats.sectors);
  pressure(object, stats.pressure);
  object.end();
}

void hugetlb(JsonObject& to, const std::map<std::string, oci::HugetlbStats>& sizes) {
  JsonObject object = to.object("hugetlb");
  for (const auto& [size, use] : sizes) {
    JsonObject entry = object.object(size);
    number(entry, "usage", use.usage);
    number(entry, "max", use.max);
    entry.number("failcnt", use.fail_count);
    entry.end();
  }
  object.end();
}

void text(JsonObject& to, std::string_view key, const std::string& value) {
  if (!value.empty()) to.member(key, value);
}

void rdt_limits(JsonObject& to, const oci::RdtStats& stats) {
  if (stats.cache) {
    JsonObject info = to.object("l3_cache_info");
    text(info, "cbm_mask", stats.cache->mask);
    number(info, "min_cbm_bits", stats.cache->min_bits);
    number(info, "num_closids", stats.cache->groups);
    info.end();
  }
  text(to, "l3_cache_schema_root", stats.cache_schema_root);
  text(to, "l3_cache_schema", stats.cache_schema);
  if (stats.bandwidth) {
    JsonObject info = to.object("mem_bw_info");
    number(info, "bandwidth_gran", stats.bandwidth->granularity);
    number(info, "delay_linear", stats.bandwidth->delay_linear);
    number(info, "min_bandwidth", stats.bandwidth->minimum);
    number(info, "num_closids", stats.bandwidth->groups);
    info.end();
  }
  text(to, "mem_bw_schema_root", stats.bandwidth_schema_root);
  text(to, "mem_bw_schema", stats.bandwidth_schema);
}

// A list of objects, each written by `each`.
template <class T, class Each>
void objects(JsonObject& to, std::string_view key, const std::vector<T>& values, Each each) {
  std::string list = "[";
  for (const T& value : values) {
    if (list.size() > 1) list += ',';
    JsonObject object(list);
    each(object, value);
    object.end();
  }
  to.raw(key, list + "]");
}

void rdt(JsonObject& to, const std::optional<oci::RdtStats>& stats) {
  JsonObject object = to.object("intel_rdt");
  if (stats) {
    rdt_limits(object, *stats);
    std::string lines;
    for (const std::string& line : stats->schemata) {
      lines += lines.empty() ? '[' : ',';
      append_json_string(lines, line);
    }
    if (!lines.empty()) object.raw("schemata", lines + "]");
    if (stats->traffic)
      objects(object, "mbm_stats", *stats->traffic, [](JsonObject& o, const auto& traffic) {
        o.number("mbm_total_bytes", traffic.total_bytes);
        o.number("mbm_local_bytes", traffic.local_bytes);
      });
    if (stats->cache_bytes)
      objects(object, "cmt_stats", *stats->cache_bytes,
              [](JsonObject& o, std::uint64_t bytes) { o.number("llc_occupancy", bytes); });
  }
  object.end();
}

}  // namespace

std::string stats_line(std::string_view id, const oci::Stats& stats) {
  std::string out;
  JsonObject line(out);
  line.member("type", "stats");
  line.member("id", id);
  JsonObject data = line.object("data");
  cpu(data, stats.cpu);
  cpuset(data, stats.cpuset);
  memory(data, stats.memory);
  JsonObject pids = data.object("pids");
  number(pids, "current", stats.pids.current);
  number(pids, "limit", stats.pids.limit);
  pids.end();
  block_io(data, stats.block_io);
  hugetlb(data, stats.hugetlb);
  rdt(data, stats.rdt);
  data.raw("network_interfaces", "null");
  data.end();
  line.end();
  return out += '\n';
}

std::string oom_line(std::string_view id) {
  std::string out;
  JsonObject line(out);
  line.member("type", "oom");
  line.member("id", id);
  line.end();
  return out += '\n';
}

}  // namespace ocirun
