// update: checks, writes, record; what fails leaves everything as it was.
#include "lib/runtime/update.h"

#include <optional>
#include <string>
#include <vector>

#include "lib/base/try.h"
#include "lib/cgroup/update.h"
#include "lib/runtime/rdt.h"

namespace oci::runtime {
namespace {

template <class T>
void merge(std::optional<T>& into, const std::optional<T>& from) {
  if (from) into = from;
}

template <class T>
void merge(std::vector<T>& into, const std::vector<T>& from) {
  if (!from.empty()) into = from;
}

void merge(std::string& into, const std::string& from) {
  if (!from.empty()) into = from;
}

void merge_memory(spec::Memory& into, const spec::Memory& from) {
  merge(into.limit, from.limit);
  merge(into.reservation, from.reservation);
  merge(into.swap, from.swap);
  merge(into.swappiness, from.swappiness);
  merge(into.disable_oom_killer, from.disable_oom_killer);
}

void merge_cpu(spec::Cpu& into, const spec::Cpu& from) {
  merge(into.shares, from.shares);
  merge(into.quota, from.quota);
  merge(into.burst, from.burst);
  merge(into.period, from.period);
  merge(into.realtime_runtime, from.realtime_runtime);
  merge(into.realtime_period, from.realtime_period);
  merge(into.cpus, from.cpus);
  merge(into.mems, from.mems);
  merge(into.idle, from.idle);
}

void merge_block_io(spec::BlockIo& into, const spec::BlockIo& from) {
  merge(into.weight, from.weight);
  merge(into.leaf_weight, from.leaf_weight);
  merge(into.weight_device, from.weight_device);
  merge(into.throttle_read_bps_device, from.throttle_read_bps_device);
  merge(into.throttle_write_bps_device, from.throttle_write_bps_device);
  merge(into.throttle_read_iops_device, from.throttle_read_iops_device);
  merge(into.throttle_write_iops_device, from.throttle_write_iops_device);
}

template <class T>
T& ensure(std::optional<T>& value) {
  return value ? *value : value.emplace();
}

// What it changed must not stay changed; why it could not be put back is for people.
void put_back(const Context& context, cgroup::Cgroup& group, const std::vector<cgroup::Undo>& undos,
              const RdtUndo& rdt) {
  const auto tell = [&](const char* what, const Status& done) {
    if (!done)
      context.log(LogLevel::kWarning,
                  std::string("Setting back ") + what +
                      " configs failed due to error: " + done.error().text +
                      ", your state.json and actual configs might be inconsistent.");
  };
  tell("intelrdt", undo_rdt(rdt));
  tell("cgroup", group.undo(undos));
}

Status change_also(Record& record, const RdtChange& change, RdtUndo& undo) {
  undo = TRY(change_rdt(record, change));
  return {};
}

}  // namespace

void merge_resources(spec::Resources& into, const spec::Resources& from) {
  if (from.memory) merge_memory(ensure(into.memory), *from.memory);
  if (from.cpu) merge_cpu(ensure(into.cpu), *from.cpu);
  if (from.pids && from.pids->limit) into.pids = from.pids;
  if (from.block_io) merge_block_io(ensure(into.block_io), *from.block_io);
  merge(into.hugepage_limits, from.hugepage_limits);
  if (from.network) {
    merge(ensure(into.network).class_id, from.network->class_id);
    merge(into.network->priorities, from.network->priorities);
  }
  for (const auto& [device, limits] : from.rdma) into.rdma[device] = limits;
  for (const auto& [file, value] : from.unified) into.unified[file] = value;
}

spec::Resources with_weight(const spec::Resources& change, const spec::Resources& recorded) {
  spec::Resources out = change;
  const bool no_longer_idle = change.cpu && change.cpu->idle == 0 && !change.cpu->shares;
  if (no_longer_idle && recorded.cpu && recorded.cpu->idle.value_or(0) != 0)
    out.cpu->shares = recorded.cpu->shares;
  return out;
}

Status update_container(const Context& context, const Entry& entry, Record& record,
                        const spec::Resources& change, const RdtChange& rdt) {
  TRY(check_rdt_change(record, rdt));
  const spec::Resources resources = with_weight(change, ensure(record.linux_.resources));
  auto group = TRY(open_cgroup(record));
  std::vector<std::string> warnings;
  const auto writes = TRY(cgroup::update_writes(resources, record.cgroup.dirs, record.cgroup.mode,
                                                group.cpu_max(), &warnings));
  for (const std::string& warning : warnings) context.log(LogLevel::kWarning, warning);
  if (resources.memory) TRY(group.check_memory(*resources.memory));
  const std::vector<cgroup::Undo> undos = group.prepare_undo(writes);
  auto done = group.write_all(writes);
  RdtUndo rdt_undo;
  if (done) done = change_also(record, rdt, rdt_undo);
  if (done) {
    merge_resources(*record.linux_.resources, resources);
    done = entry.save(record);
  }
  if (!done) put_back(context, group, undos, rdt_undo);
  return done;
}

}  // namespace oci::runtime
