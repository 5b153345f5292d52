// What create passes over in silence in the linux block.
#include <cstdint>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

// S088: setgroups(2) takes mapped ids only.
void check_groups_mapped(const LinuxPart& part, Report& report) {
  const spec::Namespace* user = find_namespace(part.block, "user");
  if (user == nullptr || !user->path.empty() || !part.spec.process) return;
  const spec::Linux& block = part.block;
  const auto mapped = [&](std::uint32_t id) {
    for (const spec::IdMapping& map : block.gid_mappings)
      if (id >= map.container_id && id - map.container_id < map.size) return true;
    return block.gid_mappings.empty();
  };
  const std::vector<std::uint32_t>& gids = part.spec.process->user.additional_gids;
  for (std::size_t i = 0; i < gids.size(); ++i)
    if (!mapped(gids[i]))
      report.add("/gidMappings", "additional group " + std::to_string(gids[i]) +
                                     " is not mapped in the user namespace");
}

// S126
void check_device_paths(const LinuxPart& part, Report& report) {
  for (std::size_t i = 0; i < part.block.devices.size(); ++i) {
    const std::string& path = part.block.devices[i].path;
    if (!path.empty() && path[0] != '/')
      report.add(at("/devices", i, "/path"),
                 "device path " + quote(path) + " is not absolute: taken as below /");
  }
}

// S168
void check_hierarchy(const LinuxPart& part, Report& report) {
  const auto& resources = part.block.resources;
  if (resources && resources->memory && resources->memory->use_hierarchy)
    report.add("/resources/memory/useHierarchy", "memory.useHierarchy has no effect");
}

// S171; Documentation/scheduler/sched-bwc.rst of the kernel
void check_bandwidth(const LinuxPart& part, Report& report) {
  if (!part.block.resources || !part.block.resources->cpu) return;
  const spec::Cpu& cpu = *part.block.resources->cpu;
  constexpr std::int64_t kLeastQuota = 1000;
  constexpr std::uint64_t kLeast = 1000, kMost = 1'000'000;
  const std::uint64_t period = cpu.period.value_or(0);
  const std::int64_t quota = cpu.quota.value_or(0);
  if (period != 0 && (period < kLeast || period > kMost))
    report.add("/resources/cpu/period",
               "cpu.period must be between 1000 and 1000000, not " + std::to_string(period));
  if (quota > 0 && quota < kLeastQuota)
    report.add("/resources/cpu/quota",
               "cpu.quota must be at least 1000, not " + std::to_string(quota));
}

// S172; the same
void check_burst(const LinuxPart& part, Report& report) {
  if (!part.block.resources || !part.block.resources->cpu) return;
  const spec::Cpu& cpu = *part.block.resources->cpu;
  const std::int64_t quota = cpu.quota.value_or(0);
  if (quota > 0 && cpu.burst.value_or(0) > static_cast<std::uint64_t>(quota))
    report.add("/resources/cpu/burst", "cpu.burst " + std::to_string(*cpu.burst) +
                                           " is above cpu.quota " + std::to_string(quota));
}

void check_absolute(const spec::Strings& paths, std::string_view pointer, Report& report) {
  for (std::size_t i = 0; i < paths.size(); ++i)
    if (paths[i].empty() || paths[i][0] != '/')
      report.add(at(pointer, i), "path " + quote(paths[i]) + " is not absolute: taken as below /");
}

// S204
void check_masked(const LinuxPart& part, Report& report) {
  check_absolute(part.block.masked_paths, "/maskedPaths", report);
}

// S205
void check_readonly(const LinuxPart& part, Report& report) {
  check_absolute(part.block.readonly_paths, "/readonlyPaths", report);
}

constexpr Rule<LinuxPart> kLinuxAdvice[] = {
    {"S088", Level::kError, "config.md#posix-platform-user", check_groups_mapped},
    {"S126", Level::kWarning, "config-linux.md#devices", check_device_paths},
    {"S168", Level::kWarning, "config-linux.md#memory", check_hierarchy},
    {"S171", Level::kError, "config-linux.md#cpu", check_bandwidth},
    {"S172", Level::kError, "config-linux.md#cpu", check_burst},
    {"S204", Level::kWarning, "config-linux.md#masked-paths", check_masked},
    {"S205", Level::kWarning, "config-linux.md#readonly-paths", check_readonly},
};

}  // namespace

std::span<const Rule<LinuxPart>> linux_advice() { return kLinuxAdvice; }

}  // namespace oci::validate_rules
