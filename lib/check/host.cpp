#include "lib/check/host.h"

#include <net/if.h>
#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>

#include "lib/base/numbers.h"
#include "lib/base/text.h"
#include "lib/sys/file.h"
#include "lib/words/rlimits.h"

namespace oci::check_rules {
namespace {

constexpr std::size_t kMost = std::size_t{8} << 20;

// What cannot be read is empty.
std::string text_of(const std::string& path) {
  auto text = sys::read_file(path, kMost);
  return text ? text.take() : std::string();
}

std::string trimmed(const std::string& path) {
  std::string text = text_of(path);
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text;
}

std::uint64_t number_in(const std::string& path) {
  return base::parse_number<std::uint64_t>(trimmed(path)).value_or(0);
}

std::set<std::string> words(std::string_view text) {
  std::set<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(" \t\n"), text.size());
    if (end != 0) out.emplace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::set<std::string> names_in(const std::string& directory) {
  std::set<std::string> out;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error))
    out.insert(entry.path().filename());
  return out;
}

std::uint64_t effective_capabilities() {
  const std::string status = text_of("/proc/self/status");
  constexpr std::string_view kKey = "CapEff:\t";
  const std::size_t at = status.find(kKey);
  std::uint64_t mask = 0;
  if (at != std::string::npos)
    (void)std::from_chars(status.data() + at + kKey.size(), status.data() + status.size(), mask,
                          16);
  return mask;
}

// Lines "nodev\text4"; the type comes last.
std::set<std::string> filesystems() {
  std::set<std::string> out = words(text_of("/proc/filesystems"));
  out.erase("nodev");
  return out;
}

// Lines "NAME (MODE)".
std::set<std::string> apparmor_profiles() {
  std::set<std::string> out;
  const std::string text = text_of("/sys/kernel/security/apparmor/profiles");
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::string_view line = base::take_until(rest, '\n');
    out.emplace(line.substr(0, line.rfind(" (")));
  }
  return out;
}

std::set<std::string> network_devices() {
  std::set<std::string> out;
  struct if_nameindex* list = ::if_nameindex();
  if (list == nullptr) return out;
  for (const struct if_nameindex* one = list; one->if_index != 0; ++one) out.insert(one->if_name);
  ::if_freenameindex(list);
  return out;
}

void read_limits(Host& host) {
  for (const auto& word : words::kRlimits) {
    rlimit limit{};
    if (::getrlimit(static_cast<int>(word.value), &limit) == 0)
      host.hard_limits[std::string(word.name)] = limit.rlim_max;
  }
  host.max_open_files = number_in("/proc/sys/fs/nr_open");
}

bool on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty())
    if (::access((std::string(base::take_until(rest, ':')) + "/" + program).c_str(), X_OK) == 0)
      return true;
  return false;
}

// user_namespaces(7): with rights, all that the own namespace has; without, the own one, and by the
// helpers those of subuid(5).
void read_ids(Host& host) {
  if (host.facts.euid == 0) {
    host.uids = parse_id_map(text_of("/proc/self/uid_map"));
    host.gids = parse_id_map(text_of("/proc/self/gid_map"));
    return;
  }
  host.uids.push_back({host.facts.euid, 1});
  host.gids.push_back({host.facts.egid, 1});
  host.map_helpers = on_path("newuidmap") && on_path("newgidmap");
  if (!host.map_helpers) return;
  const std::string id = std::to_string(host.facts.euid);
  const std::string name = name_of_user(text_of("/etc/passwd"), id);
  for (const IdRange& range : parse_sub_ids(text_of("/etc/subuid"), name, id))
    host.uids.push_back(range);
  for (const IdRange& range : parse_sub_ids(text_of("/etc/subgid"), name, id))
    host.gids.push_back(range);
}

}  // namespace

Host read_host(plan::HostFacts facts) {
  Host host;
  host.facts = std::move(facts);
  host.capabilities = effective_capabilities();
  if (host.facts.cgroups.mode == cgroup::Mode::kV2)
    host.controllers =
        words(text_of(host.facts.cgroups.unified_mount_point + "/cgroup.controllers"));
  host.filesystems = filesystems();
  host.namespaces = names_in("/proc/self/ns");
  host.user_namespaces = number_in("/proc/sys/user/max_user_namespaces");
  if (host.facts.apparmor) host.profiles = apparmor_profiles();
  read_limits(host);
  host.oom_score_adj = base::parse_number<int>(trimmed("/proc/self/oom_score_adj")).value_or(0);
  host.network_devices = network_devices();
  host.cpus = parse_list(trimmed("/sys/devices/system/cpu/online"));
  host.memory_nodes = parse_list(trimmed("/sys/devices/system/node/online"));
  for (const std::string& name : names_in("/sys/kernel/mm/hugepages"))
    host.page_sizes.insert(page_size_of(name));
  host.seccomp_actions = words(text_of("/proc/sys/kernel/seccomp/actions_avail"));
  host.rdma_devices = names_in("/sys/class/infiniband");
  host.resctrl = ::access("/sys/fs/resctrl/schemata", F_OK) == 0;
  read_ids(host);
  return host;
}

}  // namespace oci::check_rules
