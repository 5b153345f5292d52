#include "lib/plan/namespaces.h"

#include <algorithm>
#include <array>

#include "lib/plan/draft.h"
#include "lib/plan/paths.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

// The user namespace gives the rights for the others. The mount namespace is late: until then the
// caller's files are in reach.
constexpr std::array<std::uint64_t, 8> kJoinOrder{
    words::kNewUser, words::kNewIpc,  words::kNewUts,   words::kNewNetwork,
    words::kNewPid,  words::kNewTime, words::kNewMount, words::kNewCgroup};

std::string shown(const spec::Namespace& ns) {
  return "{" + quoted(ns.type) + " " + quoted(ns.path) + "}";
}

bool maps_zero(const std::vector<spec::IdMapping>& maps) {
  return std::any_of(maps.begin(), maps.end(),
                     [](const spec::IdMapping& m) { return m.container_id == 0 && m.size > 0; });
}

std::ptrdiff_t join_rank(std::uint64_t flag) {
  return std::find(kJoinOrder.begin(), kJoinOrder.end(), flag) - kJoinOrder.begin();
}

}  // namespace

Result<Namespaces> read_namespaces(const std::vector<spec::Namespace>& list,
                                   const std::string& bundle) {
  Namespaces out;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const spec::Namespace& ns = list[i];
    const std::string pointer = "/linux/namespaces/" + std::to_string(i);
    const words::NamespaceWord* word = base::find(words::kNamespaces, ns.type);
    if (!word) return invalid("namespace " + shown(ns) + " does not exist", pointer + "/type");
    if (out.has(word->flag))
      return invalid("malformed spec file: duplicated ns " + shown(ns), pointer);
    if (ns.path.empty()) {
      out.fresh |= word->flag;
      continue;
    }
    out.joined |= word->flag;
    out.by_path.push_back({word->flag, resolve_path(bundle, ns.path), pointer + "/path"});
  }
  std::sort(out.by_path.begin(), out.by_path.end(),
            [](const JoinedNamespace& a, const JoinedNamespace& b) {
              return join_rank(a.flag) < join_rank(b.flag);
            });
  return out;
}

Result<IdMaps> read_id_maps(const spec::Linux& linux_) {
  constexpr const char* kStart = "user namespaces enabled, but no ";
  if (linux_.uid_mappings.empty())
    return invalid(std::string(kStart) + "uid mappings found", "/linux/uidMappings");
  if (linux_.gid_mappings.empty())
    return invalid(std::string(kStart) + "gid mappings found", "/linux/gidMappings");
  if (!maps_zero(linux_.uid_mappings))
    return invalid(std::string(kStart) + "mapping found for uid 0", "/linux/uidMappings");
  if (!maps_zero(linux_.gid_mappings))
    return invalid(std::string(kStart) + "mapping found for gid 0", "/linux/gidMappings");
  return IdMaps{linux_.uid_mappings, linux_.gid_mappings, false};
}

bool setgroups_denied(const spec::Linux& linux_, const HostFacts& host) {
  const std::vector<spec::IdMapping>& maps = linux_.gid_mappings;
  if (host.setgroups_denied) return true;
  return host.euid != 0 && maps.size() == 1 && maps[0].size == 1 && maps[0].host_id == host.egid;
}

Result<std::string> time_offset_lines(const spec::Linux& linux_, const Namespaces& namespaces) {
  std::string lines;
  if (linux_.time_offsets.empty()) return lines;
  if (!namespaces.has(words::kNewTime))
    return invalid(
        "time namespace offsets specified, but time namespace isn't enabled in the config",
        "/linux/timeOffsets");
  if (!namespaces.is_new(words::kNewTime))
    return invalid(
        "time namespace enabled, but both namespace path and time offsets specified -- you may "
        "only provide one",
        "/linux/timeOffsets");
  for (const auto& [clock, offset] : linux_.time_offsets) {
    if (clock != "monotonic" && clock != "boottime")
      return invalid("unknown clock " + quoted(clock) + " in timeOffsets",
                     "/linux/timeOffsets/" + pointer_token(clock));
    lines +=
        clock + " " + std::to_string(offset.secs) + " " + std::to_string(offset.nanosecs) + "\n";
  }
  return lines;
}

}  // namespace oci::plan
