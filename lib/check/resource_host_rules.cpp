// Control groups: whether the values can be had here.
#include <unistd.h>

#include <algorithm>

#include "lib/check/host_rules.h"
#include "lib/sys/file.h"

namespace oci::check_rules {
namespace {

using cgroup::Mode;

const spec::Resources* resources_of(const Ground& ground) {
  const spec::Linux* block = ground.linux_block();
  return block != nullptr && block->resources ? &*block->resources : nullptr;
}

std::string directory_of(const cgroup::Dir& dir) { return dir.mount_point + dir.path; }

std::size_t lines_of(const std::string& path) {
  const auto text = sys::read_file(path);
  return text ? static_cast<std::size_t>(std::count(text->begin(), text->end(), '\n')) : 0;
}

// S150
void check_fit(const Ground& ground, Report& report) {
  if (ground.plan == nullptr) return;
  for (const cgroup::Dir& dir : ground.plan->cgroup.dirs) {
    const std::string path = directory_of(dir);
    if (const std::size_t count = lines_of(path + "/cgroup.procs"); count != 0)
      report.add("/linux/cgroupsPath", "container's cgroup is not empty: " + std::to_string(count) +
                                           " process(es) found in " + path);
    else if (const auto frozen = sys::read_file(path + "/cgroup.freeze");
             frozen && frozen->starts_with('1'))
      report.add("/linux/cgroupsPath", "container's cgroup unexpectedly frozen: " + path);
  }
}

// S155
void check_controllers(const Ground& ground, Report& report) {
  if (ground.plan == nullptr || ground.plan->cgroup.mode != Mode::kV2) return;
  for (const std::string& controller : ground.plan->cgroup.needed) {
    if (ground.host.controllers.contains(controller)) continue;
    std::string pointer = "/linux/resources";
    for (const cgroup::Write& write : ground.plan->cgroup.writes)
      if (write.file.starts_with(controller + ".")) pointer = write.pointer;
    report.add(pointer, "this host's cgroup v2 has no controller " + quote(controller));
  }
}

// S189: the first directory on the way that is there must let the caller make the next.
void check_rights(const Ground& ground, Report& report) {
  if (ground.plan == nullptr || ground.host.facts.euid == 0) return;
  for (const cgroup::Dir& dir : ground.plan->cgroup.dirs) {
    std::string path = directory_of(dir);
    while (path != dir.mount_point && ::access(path.c_str(), F_OK) != 0)
      path.erase(path.rfind('/'));
    if (::access(path.c_str(), W_OK) != 0)
      report.add("/linux/cgroupsPath", "mkdir " + directory_of(dir) +
                                           ": permission denied: " + path + " is not the caller's");
  }
}

// S164: on v1 the kernel alone would say so.
void check_swap(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr || !resources->memory || ground.host.facts.cgroups.mode == Mode::kV2)
    return;
  const std::int64_t limit = resources->memory->limit.value_or(0);
  const std::int64_t swap = resources->memory->swap.value_or(0);
  if (swap > 0 && limit > swap)
    report.add("/linux/resources/memory/swap", "memory+swap limit should be >= memory limit");
}

// "0-3,7": the numbers that are not among `there`.
std::string missing_numbers(const std::string& list, const std::set<unsigned>& there) {
  std::string missing;
  for (const unsigned number : parse_list(list))
    if (!there.contains(number))
      missing.append(missing.empty() ? "" : ",").append(std::to_string(number));
  return missing;
}

// S174
void check_cpusets(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr || !resources->cpu) return;
  if (const auto cpus = missing_numbers(resources->cpu->cpus, ground.host.cpus); !cpus.empty())
    report.add("/linux/resources/cpu/cpus", "CPU " + cpus + " is not online on this host");
  if (const auto mems = missing_numbers(resources->cpu->mems, ground.host.memory_nodes);
      !mems.empty())
    report.add("/linux/resources/cpu/mems", "memory node " + mems + " is not online on this host");
}

// S181
void check_page_sizes(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr) return;
  for (std::size_t i = 0; i < resources->hugepage_limits.size(); ++i) {
    const std::string& size = resources->hugepage_limits[i].page_size;
    if (!ground.host.page_sizes.contains(size))
      report.add(at("/linux/resources/hugepageLimits", i, "/pageSize"),
                 "this host has no huge pages of " + size);
  }
}

// S183
void check_priorities(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr || !resources->network || ground.host.facts.cgroups.mode == Mode::kV2)
    return;
  const auto& list = resources->network->priorities;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!ground.host.network_devices.contains(list[i].name))
      report.add(at("/linux/resources/network/priorities", i, "/name"),
                 "there is no network device " + quote(list[i].name));
}

// S185
void check_rdma(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr) return;
  for (const auto& [device, limits] : resources->rdma)
    if (!ground.host.rdma_devices.contains(device))
      report.add("/linux/resources/rdma/" + token(device),
                 "this host has no RDMA device " + quote(device));
}

// S186
void check_unified(const Ground& ground, Report& report) {
  const spec::Resources* resources = resources_of(ground);
  if (resources == nullptr || resources->unified.empty() ||
      ground.host.facts.cgroups.mode != Mode::kNone)
    return;
  report.add("/linux/resources/unified", "this host has no cgroup v2");
}

constexpr HostRule kRules[] = {
    {"S150", Level::kError, "config-linux.md#cgroups-path", check_fit},
    {"S155", Level::kError, "config-linux.md#control-groups", check_controllers},
    {"S164", Level::kError, "config-linux.md#memory", check_swap},
    {"S174", Level::kError, "config-linux.md#cpu", check_cpusets},
    {"S181", Level::kError, "config-linux.md#huge-page-limits", check_page_sizes},
    {"S183", Level::kError, "config-linux.md#network", check_priorities},
    {"S185", Level::kError, "config-linux.md#rdma", check_rdma},
    {"S186", Level::kError, "config-linux.md#unified", check_unified},
    {"S189", Level::kError, "config-linux.md#control-groups", check_rights},
};

}  // namespace

std::span<const HostRule> resource_host_rules() { return kRules; }

}  // namespace oci::check_rules
