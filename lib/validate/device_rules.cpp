#include <cctype>
#include <cstdint>
#include <set>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

// S125
void check_types(const LinuxPart& part, Report& report) {
  const std::vector<spec::Device>& list = part.block.devices;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& type = list[i].type;
    if (type != "c" && type != "b" && type != "u" && type != "p")
      report.add(at("/devices", i, "/type"), "invalid device type " + quote(type));
  }
}

// S126
void check_paths(const LinuxPart& part, Report& report) {
  const std::vector<spec::Device>& list = part.block.devices;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].path.empty())
      report.add(at("/devices", i, "/path"), "device path must not be empty");
}

// chown(2): (u32)-1 means "leave as it is".
void check_owners(const LinuxPart& part, Report& report) {
  constexpr std::uint32_t kNone = 0xffffffff;
  const std::vector<spec::Device>& list = part.block.devices;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i].uid == kNone)
      report.add(at("/devices", i, "/uid"), "invalid device owner 4294967295");
    if (list[i].gid == kNone)
      report.add(at("/devices", i, "/gid"), "invalid device group 4294967295");
  }
}

// S130
void check_once(const LinuxPart& part, Report& report) {
  std::set<std::string_view> seen;
  const std::vector<spec::Device>& list = part.block.devices;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!seen.insert(list[i].path).second)
      report.add(at("/devices", i, "/path"), "device " + quote(list[i].path) +
                                                 " is listed more than once: the first one counts");
}

// S137
void check_network(const LinuxPart& part, Report& report) {
  if (!part.block.net_devices.empty() && find_namespace(part.block, "network") == nullptr)
    report.add("/netDevices", "unable to move network devices without a NET namespace");
}

// What the kernel takes for a name: dev_valid_name() in net/core/dev.c, 15 bytes at most.
bool is_device_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 15;
  if (name.empty() || name.size() > kMaxBytes || name == "." || name == "..") return false;
  for (const char c : name)
    if (c == '/' || c == ':' || std::isspace(static_cast<unsigned char>(c)) != 0) return false;
  return true;
}

// One "%d" stands for the next free number; no other use of '%'. Spec:
// config-linux.md#network-devices
bool is_new_name(std::string_view name) {
  const std::size_t percent = name.find('%');
  if (percent != std::string_view::npos &&
      (name.substr(percent, 2) != "%d" || name.find('%', percent + 1) != std::string_view::npos))
    return false;
  return is_device_name(name);
}

// S138
void check_names(const LinuxPart& part, Report& report) {
  std::set<std::string_view> inside;
  for (const auto& [name, device] : part.block.net_devices) {
    const std::string pointer = "/netDevices/" + token(name);
    if (!is_device_name(name)) report.add(pointer, "invalid network device name " + quote(name));
    if (!device.name.empty() && !is_new_name(device.name))
      report.add(pointer + "/name", "invalid network device name " + quote(device.name));
    const std::string_view final_name = device.name.empty() ? std::string_view(name) : device.name;
    const bool is_template = final_name.find('%') != std::string_view::npos;
    if (!is_template && !inside.insert(final_name).second)
      report.add(pointer, "network device name " + quote(final_name) + " is used twice");
  }
}

constexpr Rule<LinuxPart> kDeviceRules[] = {
    {"S125", Level::kError, "config-linux.md#devices", check_types},
    {"S126", Level::kError, "config-linux.md#devices", check_paths},
    {"S129", Level::kError, "config-linux.md#devices", check_owners},
    {"S130", Level::kWarning, "config-linux.md#devices", check_once},
    {"S137", Level::kError, "config-linux.md#network-devices", check_network},
    {"S138", Level::kError, "config-linux.md#network-devices", check_names},
};

}  // namespace

std::span<const Rule<LinuxPart>> device_rules() { return kDeviceRules; }

}  // namespace oci::validate_rules
