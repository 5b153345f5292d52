#include "lib/cgroup/update.h"

#include <fcntl.h>

#include <algorithm>

#include "lib/base/numbers.h"
#include "lib/base/try.h"
#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/events.h"
#include "lib/cgroup/writes.h"

namespace oci::cgroup {
namespace {

// `8:0 rbps=max`, for `8:0 rbps=1000`.
std::string without_limits(std::string_view value) {
  std::string out;
  for (;;) {
    const std::size_t space = std::min(value.find(' '), value.size());
    const std::string_view word = value.substr(0, space);
    const std::size_t equals = word.find('=');
    out.append(word.substr(0, equals)).append(equals < word.size() ? "=max" : "");
    if (space == value.size()) return out;
    out.push_back(' ');
    value.remove_prefix(space + 1);
  }
}

// Of a device without a line: what the kernel takes for "no rule".
std::optional<std::string> undo_new_key(std::string_view file, std::string_view key,
                                        std::string_view value) {
  if (file.starts_with("blkio.throttle.")) return std::string(key) + " 0";
  if (file.find("weight") != std::string_view::npos) return std::string(key) + " default";
  if (value.find('=') != std::string_view::npos) return without_limits(value);
  return std::nullopt;
}

// Quota and period stand in one file: the one that is not given keeps its value.
void complete_cpu(spec::Cpu& cpu, std::string_view cpu_max) {
  const std::size_t space = cpu_max.find(' ');
  if (space == std::string_view::npos) return;
  const bool quota = cpu.quota.value_or(0) != 0, period = cpu.period.value_or(0) != 0;
  if (period && !quota) {
    const std::string_view now = cpu_max.substr(0, space);
    cpu.quota = now == "max" ? -1 : base::parse_number<std::int64_t>(now).value_or(-1);
  }
  if (quota && !period) {
    const std::string_view now = cpu_max.substr(space + 1);
    cpu.period = base::parse_number<std::uint64_t>(now.substr(0, now.find('\n')));
  }
}

}  // namespace

Result<std::vector<Write>> update_writes(const spec::Resources& resources,
                                         const std::vector<Dir>& dirs, Mode mode,
                                         std::string_view cpu_max,
                                         std::vector<std::string>* warnings) {
  TRY(check_resources(resources));
  warn_kernel_memory(resources, warnings);
  if (mode == Mode::kV1 || mode == Mode::kHybrid)
    return v1_writes(resources, dirs, false, warnings);
  if (mode == Mode::kNone) {
    TRY(check_no_cgroup(resources));
    return std::vector<Write>{};
  }
  spec::Resources completed = resources;
  if (completed.cpu) complete_cpu(*completed.cpu, cpu_max);
  V2Writes writes = TRY(v2_writes(completed, 0, warnings));
  return std::move(writes.writes);
}

Status check_memory_usage(const spec::Memory& memory, std::uint64_t usage) {
  if (!memory.check_before_update.value_or(false)) return {};
  const auto check = [&](std::int64_t limit, const char* what, const char* member) -> Status {
    if (limit <= 0 || static_cast<std::uint64_t>(limit) > usage) return {};
    return Error{Code::kInvalidConfig,
                 std::string("rejecting ") + what + " limit " + std::to_string(limit) +
                     " <= usage " + std::to_string(usage),
                 0,
                 std::string(kPointer).append("memory/").append(member),
                 {}};
  };
  TRY(check(memory.swap.value_or(0), "memory+swap", "swap"));
  return check(memory.limit.value_or(0), "memory", "limit");
}

std::optional<std::string> undo_value(std::string_view file, std::string_view before,
                                      std::string_view value) {
  if (file == "memory.oom_control") {
    constexpr std::string_view kKey = "oom_kill_disable";
    const auto line = line_of(before, kKey);
    if (!line) return std::nullopt;
    return std::string(line->substr(kKey.size() + 1));
  }
  // A trigger of the writer's own descriptor, gone with it.
  if (file.ends_with(".pressure")) return std::nullopt;
  const std::size_t space = value.find(' ');
  if (space != std::string_view::npos && file != "cpu.max") {
    const std::string_view key = value.substr(0, space);
    if (const auto line = line_of(before, key)) return std::string(*line);
    return undo_new_key(file, key, value);
  }
  if (const auto line = line_of(before, "default")) return std::string(*line);
  const std::size_t end = before.find('\n');
  if (end != std::string_view::npos && end + 1 < before.size()) return std::nullopt;
  // A write of nothing would not reach the kernel.
  if (end == 0 || before.empty()) return "\n";
  return std::string(before.substr(0, end));
}

std::string Cgroup::cpu_max() const {
  const std::size_t index = unified();
  if (mode_ != Mode::kV2 || index == kNone) return {};
  auto text = read(index, "cpu.max");
  return text ? text.take() : std::string();
}

Status Cgroup::check_memory(const spec::Memory& memory) const {
  const std::size_t index = unified();
  if (mode_ != Mode::kV2 || index == kNone) return {};
  const auto usage = read(index, "memory.current");
  if (!usage) return {};  // no controller: the write will tell
  return check_memory_usage(memory, base::parse_number<std::uint64_t>(
                                        std::string_view(*usage).substr(0, usage->find('\n')))
                                        .value_or(0));
}

std::vector<Undo> Cgroup::prepare_undo(const std::vector<Write>& writes) const {
  std::vector<Undo> out;
  const auto add = [&](const Write& write) {
    auto text = read(write.dir, write.file);
    if (!text) return;
    out.push_back({write, text.take()});
    if (!write.file.starts_with("cpuset.") || out.back().before != "\n") return;
    if (auto given = read(write.dir, write.file + ".effective"))
      out.back().inherited = given.take();
  };
  for (const Write& write : writes) {
    // A change of it sets the weight to what the kernel thinks right. Before it here: after it
    // there.
    if (write.file == "cpu.idle")
      for (const char* weight : {"cpu.shares", "cpu.weight"})
        add({write.dir, weight, "0", write.pointer, false, false});
    add(write);
  }
  return out;
}

Status Cgroup::undo(const std::vector<Undo>& undos) {
  std::vector<Write> back;
  for (auto undo = undos.rbegin(); undo != undos.rend(); ++undo) {
    const Write& write = undo->write;
    const auto now = read(write.dir, write.file);
    if (!now || *now == undo->before) continue;
    const std::string& before = undo->inherited.empty() ? undo->before : undo->inherited;
    const auto value = undo_value(write.file, before, write.value);
    // Another line of the file, or what the kernel counts there itself.
    if (!value || undo_value(write.file, *now, write.value) == value) continue;
    back.push_back({write.dir, write.file, *value, write.pointer, false, false});
  }
  return write_all(back, OnError::kGoOn);
}

}  // namespace oci::cgroup
