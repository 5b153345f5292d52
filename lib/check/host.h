// What the rules of this room ask the host for: all of it read, nothing changed. Tests bring their
// own.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "lib/plan/host_facts.h"

namespace oci::check_rules {

struct IdRange {
  std::uint64_t first = 0, count = 0;
};

struct Host {
  plan::HostFacts facts;
  std::uint64_t capabilities = 0;     // effective ones of the caller, by their numbers
  std::set<std::string> controllers;  // that the root of cgroup v2 offers
  std::set<std::string> filesystems;  // of /proc/filesystems
  std::set<std::string> namespaces;   // names in /proc/self/ns
  std::uint64_t user_namespaces = 0;  // how many there may be
  std::set<std::string> profiles;     // AppArmor's; empty also where they cannot be read
  std::map<std::string, std::uint64_t> hard_limits;  // RLIMIT_* of the caller
  std::uint64_t max_open_files = 0;                  // no RLIMIT_NOFILE can be above
  int oom_score_adj = 0;
  std::set<std::string> network_devices;
  std::set<unsigned> cpus, memory_nodes;  // that are online
  std::set<std::string> page_sizes;       // of huge pages: "2MB"
  std::set<std::string> seccomp_actions;  // words of /proc/sys/kernel/seccomp/actions_avail
  std::set<std::string> rdma_devices;
  bool resctrl = false;  // mounted
  // Ids that the caller may put into the maps of a new user namespace.
  std::vector<IdRange> uids, gids;
  bool map_helpers = true;  // newuidmap and newgidmap are there, or not needed

  bool kernel(unsigned major, unsigned minor) const {
    return facts.kernel_major > major ||
           (facts.kernel_major == major && facts.kernel_minor >= minor);
  }
  bool has_capability(unsigned number) const { return (capabilities >> number & 1) != 0; }
};

// `facts` as the runtime has probed them.
Host read_host(plan::HostFacts facts);

// ---- pure parts of it ----

// "0-3,7"; nothing of a text that is no list.
std::set<unsigned> parse_list(std::string_view text);
// Lines NAME:FIRST:COUNT of subuid(5) for this user, by name or by number.
std::vector<IdRange> parse_sub_ids(std::string_view text, std::string_view name,
                                   std::string_view id);
// The ids of lines INSIDE OUTSIDE COUNT of a uid_map, as they are inside.
std::vector<IdRange> parse_id_map(std::string_view text);
// "hugepages-2048kB" -> "2MB"; empty: it is none.
std::string page_size_of(std::string_view directory);
// The login name of that number in passwd(5); empty: none.
std::string name_of_user(std::string_view passwd, std::string_view id);

}  // namespace oci::check_rules
