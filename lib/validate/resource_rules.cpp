#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

using spec::Resources;

// S158
void check_device_rules(const Resources& resources, Report& report) {
  for (std::size_t i = 0; i < resources.devices.size(); ++i) {
    const spec::DeviceCgroup& rule = resources.devices[i];
    const bool known =
        rule.type.empty() || rule.type == "a" || rule.type == "b" || rule.type == "c";
    if (!known)
      report.add(at("/devices", i, "/type"), "invalid cgroup device type " + quote(rule.type));
    if (rule.access.empty())
      report.add(at("/devices", i, "/access"),
                 "device access at " + std::to_string(i) + " field cannot be empty");
  }
}

// Unknown letters have no effect in runc.
void check_device_access(const Resources& resources, Report& report) {
  for (std::size_t i = 0; i < resources.devices.size(); ++i)
    if (resources.devices[i].access.find_first_not_of("rwm") != std::string::npos)
      report.add(at("/devices", i, "/access"), "device access " +
                                                   quote(resources.devices[i].access) +
                                                   " has letters other than r, w and m");
}

// S165
void check_kernel_memory(const Resources& resources, Report& report) {
  if (!resources.memory) return;
  const spec::Memory& memory = *resources.memory;
  if (memory.kernel.value_or(0) != 0 || memory.kernel_tcp.value_or(0) != 0)
    report.add(memory.kernel.value_or(0) != 0 ? "/memory/kernel" : "/memory/kernelTCP",
               "Kernel memory settings are ignored and will be removed");
}

// S174
void check_cpusets(const Resources& resources, Report& report) {
  if (!resources.cpu) return;
  const spec::Cpu& cpu = *resources.cpu;
  if (!cpu.cpus.empty() && !is_number_list(cpu.cpus))
    report.add("/cpu/cpus", "invalid CPU list " + quote(cpu.cpus));
  if (!cpu.mems.empty() && !is_number_list(cpu.mems))
    report.add("/cpu/mems", "invalid memory node list " + quote(cpu.mems));
}

// S175
void check_idle(const Resources& resources, Report& report) {
  if (!resources.cpu) return;
  const std::int64_t idle = resources.cpu->idle.value_or(0);
  if (idle != 0 && idle != 1)
    report.add("/cpu/idle", "cpu.idle must be 0 or 1, not " + std::to_string(idle));
}

void check_weight(const std::optional<std::uint16_t>& weight, const std::string& pointer,
                  Report& report) {
  const unsigned value = weight.value_or(0);  // 0: not set
  if (value != 0 && (value < 10 || value > 1000))
    report.add(pointer, "blkio weight must be between 10 and 1000, not " + std::to_string(value));
}

// S176, S178
void check_weights(const Resources& resources, Report& report) {
  if (!resources.block_io) return;
  const spec::BlockIo& io = *resources.block_io;
  check_weight(io.weight, "/blockIO/weight", report);
  check_weight(io.leaf_weight, "/blockIO/leafWeight", report);
  for (std::size_t i = 0; i < io.weight_device.size(); ++i) {
    check_weight(io.weight_device[i].weight, at("/blockIO/weightDevice", i, "/weight"), report);
    check_weight(io.weight_device[i].leaf_weight, at("/blockIO/weightDevice", i, "/leafWeight"),
                 report);
  }
}

// ^[1-9][0-9]*[KMG]B$
bool is_page_size(std::string_view text) {
  if (!text.ends_with('B')) return false;
  text.remove_suffix(1);
  if (!text.ends_with('K') && !text.ends_with('M') && !text.ends_with('G')) return false;
  text.remove_suffix(1);
  return !text.empty() && text[0] != '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// S181: the size becomes part of a file name.
void check_hugepages(const Resources& resources, Report& report) {
  for (std::size_t i = 0; i < resources.hugepage_limits.size(); ++i)
    if (!is_page_size(resources.hugepage_limits[i].page_size))
      report.add(at("/hugepageLimits", i, "/pageSize"),
                 "invalid hugepage size " + quote(resources.hugepage_limits[i].page_size));
}

// S185
void check_rdma(const Resources& resources, Report& report) {
  for (const auto& [device, limits] : resources.rdma)
    if (!limits.hca_handles && !limits.hca_objects)
      report.add("/rdma/" + token(device),
                 "rdma " + quote(device) + " needs at least one of hcaHandles and hcaObjects");
}

// S186
void check_unified(const Resources& resources, Report& report) {
  for (const auto& [file, value] : resources.unified)
    if (file.empty() || file == "." || file == ".." || file.find('/') != std::string::npos)
      report.add("/unified/" + token(file),
                 "unified resource " + quote(file) + " must be a file name (no slashes)");
}

constexpr Rule<Resources> kResourceRules[] = {
    {"S158", Level::kError, "config-linux.md#allowed-device-list", check_device_rules},
    {"S158", Level::kWarning, "config-linux.md#allowed-device-list", check_device_access},
    {"S165", Level::kWarning, "config-linux.md#memory", check_kernel_memory},
    {"S174", Level::kError, "config-linux.md#cpu", check_cpusets},
    {"S175", Level::kError, "config-linux.md#cpu", check_idle},
    {"S176", Level::kError, "config-linux.md#block-io", check_weights},
    {"S181", Level::kError, "config-linux.md#huge-page-limits", check_hugepages},
    {"S185", Level::kError, "config-linux.md#rdma", check_rdma},
    {"S186", Level::kError, "config-linux.md#unified", check_unified},
};

}  // namespace

std::span<const Rule<Resources>> resource_rules() { return kResourceRules; }

}  // namespace oci::validate_rules
