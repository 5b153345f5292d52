#include "lib/cgroup/plan.h"

#include <algorithm>

#include "lib/base/try.h"
#include "lib/cgroup/convert.h"
#include "lib/cgroup/device_bpf.h"
#include "lib/cgroup/devices.h"
#include "lib/cgroup/placement.h"
#include "lib/cgroup/writes.h"

namespace oci::cgroup {
namespace {

Error invalid(std::string text, std::string_view pointer) {
  return Error{Code::kInvalidConfig, std::move(text), 0, std::string(kPointer).append(pointer), {}};
}

Status check_weight(std::optional<std::uint16_t> weight, std::string_view pointer) {
  if (!weight || *weight == 0 || (*weight >= 10 && *weight <= 1000)) return {};
  return invalid("invalid blkio weight: " + std::to_string(*weight) + " (valid range is 10-1000)",
                 pointer);
}

Status check_unified(const std::string& key) {
  const std::string pointer = "unified/" + pointer_token(key);
  if (key.find('/') != std::string::npos)
    return invalid("unified resource \"" + key + "\" must be a file name (no slashes)", pointer);
  const bool control = std::any_of(key.begin(), key.end(),
                                   [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  if (key.empty() || key[0] == '.' || control || key.find('.') == std::string::npos)
    return invalid("unified resource \"" + key + "\" must be in the form CONTROLLER.PARAMETER",
                   pointer);
  // A pid in the value would be moved into the container, whoever's it is.
  if (key == "cgroup.procs" || key == "cgroup.threads")
    return invalid("unified resource \"" + key + "\" can't be set: it moves processes", pointer);
  // create would wait for ever for a frozen child, and kill what it has just made.
  if (key == "cgroup.freeze" || key == "cgroup.kill")
    return invalid("unified resource \"" + key + "\" can't be set: the container could not start",
                   pointer);
  return {};
}

Status check_none(const spec::Resources& resources, std::vector<std::string>* warnings) {
  TRY(check_no_cgroup(resources));
  if (warnings != nullptr)
    warnings->push_back("no cgroups on this host: device rules are not enforced");
  return {};
}

}  // namespace

// What would have been written must have been optional.
Status check_no_cgroup(const spec::Resources& resources) {
  const V2Writes writes = TRY(v2_writes(resources, 0, nullptr));
  if (writes.needed.empty()) return {};
  return Error{
      Code::kCgroup,
      "cannot set " + writes.needed[0] + " limit: container could not join or create cgroup",
      0,
      writes.writes[0].pointer,
      {}};
}

Status check_resources(const spec::Resources& resources) {
  if (resources.block_io) {
    TRY(check_weight(resources.block_io->weight, "blockIO/weight"));
    TRY(check_weight(resources.block_io->leaf_weight, "blockIO/leafWeight"));
    for (std::size_t i = 0; i < resources.block_io->weight_device.size(); ++i) {
      const std::string pointer = "blockIO/weightDevice/" + std::to_string(i);
      TRY(check_weight(resources.block_io->weight_device[i].weight, pointer + "/weight"));
      TRY(check_weight(resources.block_io->weight_device[i].leaf_weight, pointer + "/leafWeight"));
    }
  }
  for (std::size_t i = 0; i < resources.hugepage_limits.size(); ++i) {
    const std::string& size = resources.hugepage_limits[i].page_size;
    if (!is_page_size(size))
      return invalid("invalid hugepage size \"" + size + "\"",
                     "hugepageLimits/" + std::to_string(i) + "/pageSize");
  }
  for (const auto& [key, value] : resources.unified) TRY(check_unified(key));
  for (const auto& [device, limits] : resources.rdma)
    if (device.empty() || device.find_first_of(" \t\n/") != std::string::npos)
      return invalid("invalid rdma device \"" + device + "\"", "rdma/" + pointer_token(device));
  return {};
}

void warn_kernel_memory(const spec::Resources& resources, std::vector<std::string>* warnings) {
  if (warnings == nullptr || !resources.memory) return;
  if (resources.memory->kernel.value_or(0) != 0 || resources.memory->kernel_tcp.value_or(0) != 0)
    warnings->push_back("Kernel memory settings are ignored and will be removed");
}

std::string pids_value(std::int64_t limit) {
  if (limit < 0) return "max";
  return limit == 0 ? "1" : std::to_string(limit);
}

std::string rdma_value(std::string_view device, const spec::Rdma& limits) {
  std::string out(device);
  if (limits.hca_handles) out.append(" hca_handle=").append(std::to_string(*limits.hca_handles));
  if (limits.hca_objects) out.append(" hca_object=").append(std::to_string(*limits.hca_objects));
  return out;
}

std::string device_value(std::int64_t major, std::int64_t minor, std::string_view value) {
  return std::to_string(major).append(":").append(std::to_string(minor)).append(" ").append(value);
}

Result<Plan> plan_without_cgroup(const spec::Resources* resources,
                                 std::vector<std::string>* warnings) {
  if (resources == nullptr) return Plan{};
  TRY(check_resources(*resources));
  for (const std::string& controller : TRY(v2_writes(*resources, 0, nullptr)).needed)
    if (warnings != nullptr)
      warnings->push_back("cgroups are disabled: " + controller + " limits have no effect");
  return Plan{};
}

Result<Plan> plan(std::string_view cgroups_path, std::string_view id,
                  const spec::Resources* resources, bool user_namespace, const Layout& layout,
                  std::vector<std::string>* warnings) {
  static const spec::Resources kNone;
  const spec::Resources& given = resources != nullptr ? *resources : kNone;
  Plan out;
  out.mode = layout.mode;
  TRY(check_resources(given));
  out.dirs = TRY(place(cgroups_path, id, layout));
  warn_kernel_memory(given, warnings);
  switch (layout.mode) {
    case Mode::kNone: TRY(check_none(given, warnings)); break;
    case Mode::kV1:
    case Mode::kHybrid:
      out.writes = TRY(v1_writes(given, out.dirs, !user_namespace, warnings));
      break;
    case Mode::kV2: {
      V2Writes converted = TRY(v2_writes(given, 0, warnings));
      out.writes = std::move(converted.writes);
      out.needed = std::move(converted.needed);
      const std::vector<DeviceRule> rules = TRY(effective_device_rules(&given));
      if (!user_namespace) out.device_program = compile_device_program(rules);
      break;
    }
  }
  return out;
}

}  // namespace oci::cgroup
