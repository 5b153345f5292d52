// Namespaces, id maps and network devices.
#include <fcntl.h>
#include <sys/ioctl.h>

#include <cerrno>

#include "lib/base/names.h"
#include "lib/check/host_rules.h"
#include "lib/plan/paths.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/words/namespaces.h"

namespace oci::check_rules {
namespace {

// The kernel lists what it has in /proc/PID/ns.
void check_supported(const Ground& ground, std::string_view type, Report& report) {
  if (ground.find_namespace(type) == nullptr || ground.host.namespaces.contains(std::string(type)))
    return;
  const std::vector<spec::Namespace>& list = ground.linux_block()->namespaces;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (list[i].type == type)
      report.add(at("/linux/namespaces", i, "/type"),
                 "this kernel has no " + std::string(type) + " namespaces");
}

// S110
void check_user(const Ground& ground, Report& report) {
  check_supported(ground, "user", report);
  const spec::Namespace* user = ground.find_namespace("user");
  if (user != nullptr && user->path.empty() && ground.host.namespaces.contains("user") &&
      ground.host.user_namespaces == 0)
    report.add("/linux/namespaces", "no user namespace may be made: user.max_user_namespaces is 0");
}
// S111, S112
void check_cgroup(const Ground& ground, Report& report) {
  check_supported(ground, "cgroup", report);
}
void check_time(const Ground& ground, Report& report) { check_supported(ground, "time", report); }

// S113
void check_paths(const Ground& ground, Report& report) {
  if (!ground.linux_block()) return;
  constexpr unsigned long kGetNamespaceType = 0xb703;  // NS_GET_NSTYPE, ioctl_ns(2)
  const std::vector<spec::Namespace>& list = ground.linux_block()->namespaces;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto* word = base::find(words::kNamespaces, list[i].type);
    if (list[i].path.empty() || word == nullptr) continue;
    const std::string path = plan::resolve_path(ground.bundle, list[i].path);
    const std::string pointer = at("/linux/namespaces", i, "/path");
    // O_NONBLOCK: a FIFO must not hang us.
    const auto file = sys::open(path, O_RDONLY | O_NONBLOCK);
    if (!file)
      report.add(pointer, path + ": " + std::string(sys::errno_text(file.error().sys_errno)));
    else if (const int type = ::ioctl(file->get(), kGetNamespaceType);
             type < 0 || static_cast<std::uint64_t>(type) != word->flag)
      report.add(pointer, path + " is not a namespace of the type that is asked for");
  }
}

// Whether ranges side by side cover [first, first + count).
bool covered(const std::vector<IdRange>& ranges, std::uint64_t first, std::uint64_t count) {
  const std::uint64_t end = first + count;
  for (bool moved = true; first < end && moved;) {
    moved = false;
    for (const IdRange& range : ranges)
      if (first >= range.first && first - range.first < range.count) {
        first = range.first + range.count;
        moved = true;
      }
  }
  return first >= end;
}

void check_map(const Ground& ground, const std::vector<spec::IdMapping>& map,
               const std::vector<IdRange>& ranges, const char* pointer, const char* file,
               Report& report) {
  const spec::Namespace* user = ground.find_namespace("user");
  if (user == nullptr || !user->path.empty()) return;
  const bool privileged = ground.host.facts.euid == 0;
  const bool own_alone =
      map.size() == 1 && map[0].size == 1 && !ranges.empty() && ranges[0].first == map[0].host_id;
  if (!privileged && !own_alone && !ground.host.map_helpers)
    return report.add(pointer,
                      "to map more than the own id takes newuidmap and newgidmap, which "
                      "are not found");
  for (std::size_t i = 0; i < map.size(); ++i)
    if (!covered(ranges, map[i].host_id, map[i].size))
      report.add(at(pointer, i),
                 "ids " + std::to_string(map[i].host_id) + " to " +
                     std::to_string(map[i].host_id + std::uint64_t{map[i].size} - 1) +
                     (privileged ? " do not exist in the caller's user namespace"
                                 : std::string(" are not the caller's by ") + file));
}

// S117
void check_uids(const Ground& ground, Report& report) {
  if (ground.linux_block())
    check_map(ground, ground.linux_block()->uid_mappings, ground.host.uids, "/linux/uidMappings",
              "/etc/subuid", report);
}
// S118
void check_gids(const Ground& ground, Report& report) {
  if (ground.linux_block())
    check_map(ground, ground.linux_block()->gid_mappings, ground.host.gids, "/linux/gidMappings",
              "/etc/subgid", report);
}

// S137
void check_network_devices(const Ground& ground, Report& report) {
  if (!ground.linux_block()) return;
  for (const auto& [name, device] : ground.linux_block()->net_devices) {
    const std::string pointer = "/linux/netDevices/" + token(name);
    if (!ground.host.network_devices.contains(name))
      report.add(pointer, "there is no network device " + quote(name));
    else if (ground.host.facts.euid != 0)
      report.add(pointer, "to move a network device takes root");
  }
}

constexpr HostRule kRules[] = {
    {"S110", Level::kError, "config-linux.md#namespaces", check_user},
    {"S111", Level::kError, "config-linux.md#namespaces", check_cgroup},
    {"S112", Level::kError, "config-linux.md#namespaces", check_time},
    {"S113", Level::kError, "config-linux.md#namespaces", check_paths},
    {"S117", Level::kError, "config-linux.md#user-namespace-mappings", check_uids},
    {"S118", Level::kError, "config-linux.md#user-namespace-mappings", check_gids},
    {"S137", Level::kError, "config-linux.md#network-devices", check_network_devices},
};

}  // namespace

std::span<const HostRule> namespace_host_rules() { return kRules; }

}  // namespace oci::check_rules
