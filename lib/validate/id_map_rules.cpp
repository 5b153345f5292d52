#include <cstdint>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

using Maps = std::vector<spec::IdMapping>;

// user_namespaces(7): at most 340 lines since Linux 4.15.
constexpr std::size_t kMaxLines = 340;
constexpr std::uint64_t kIdSpace = std::uint64_t{1} << 32;

// The maps have an effect only for a user namespace that is made here.
bool makes_user_namespace(const LinuxPart& part) {
  const spec::Namespace* user = find_namespace(part.block, "user");
  return user != nullptr && user->path.empty();
}

bool maps(const Maps& list, std::uint32_t id) {
  for (const spec::IdMapping& map : list)
    if (id >= map.container_id && id - map.container_id < map.size) return true;
  return false;
}

bool overlap(std::uint64_t a, std::uint64_t b, std::uint64_t a_size, std::uint64_t b_size) {
  return a < b + b_size && b < a + a_size;
}

// S120
void check_present(const LinuxPart& part, Report& report) {
  if (!makes_user_namespace(part)) return;
  const auto look = [&](const Maps& list, std::string_view pointer, const std::string& kind) {
    const std::string start = "user namespaces enabled, but no ";
    if (list.empty())
      report.add(pointer, start + kind + " mappings found");
    else if (!maps(list, 0))
      report.add(pointer, start + "mapping found for " + kind + " 0");
  };
  look(part.block.uid_mappings, "/uidMappings", "uid");
  look(part.block.gid_mappings, "/gidMappings", "gid");
}

// S119: whether they are equal shows only in the namespace.
void check_joined(const LinuxPart& part, Report& report) {
  const spec::Namespace* user = find_namespace(part.block, "user");
  if (user == nullptr || user->path.empty()) return;
  if (part.block.uid_mappings.empty() && part.block.gid_mappings.empty()) return;
  report.add(
      "/uidMappings",
      "config.json has both a userns path to join and userns mappings specified: they must match "
      "those of the namespace");
}

// S121
void check_used(const LinuxPart& part, Report& report) {
  if (find_namespace(part.block, "user") != nullptr) return;
  if (!part.block.uid_mappings.empty())
    report.add("/uidMappings", "uid mappings are ignored without a user namespace");
  if (!part.block.gid_mappings.empty())
    report.add("/gidMappings", "gid mappings are ignored without a user namespace");
}

void check_line(const Maps& list, std::size_t i, std::string_view pointer, Report& report) {
  const spec::IdMapping& map = list[i];
  if (map.size == 0)
    return report.add(at(pointer, i, "/size"), "an id mapping of size 0 maps nothing");
  // The last id is (u32)-1, which the kernel keeps for "none".
  if (map.container_id + std::uint64_t{map.size} >= kIdSpace ||
      map.host_id + std::uint64_t{map.size} >= kIdSpace)
    report.add(at(pointer, i), "id mapping exceeds the range of ids");
  for (std::size_t j = 0; j < i; ++j)
    if (overlap(map.container_id, list[j].container_id, map.size, list[j].size) ||
        overlap(map.host_id, list[j].host_id, map.size, list[j].size))
      return report.add(at(pointer, i), "id mapping overlaps with mapping #" + std::to_string(j));
}

// S122: the kernel says no more than EINVAL.
void check_lines(const LinuxPart& part, Report& report) {
  if (!makes_user_namespace(part)) return;
  check_map_lines(part.block.uid_mappings, "/uidMappings", report);
  check_map_lines(part.block.gid_mappings, "/gidMappings", report);
}

// S086
void check_user_mapped(const LinuxPart& part, Report& report) {
  if (!makes_user_namespace(part) || !part.spec.process) return;
  const spec::User& user = part.spec.process->user;
  const Maps& uids = part.block.uid_mappings;
  const Maps& gids = part.block.gid_mappings;
  if (!uids.empty() && !maps(uids, user.uid))
    report.add("/uidMappings", "cannot set uid to unmapped user in user namespace: uid " +
                                   std::to_string(user.uid));
  if (!gids.empty() && !maps(gids, user.gid))
    report.add("/gidMappings", "cannot set gid to unmapped user in user namespace: gid " +
                                   std::to_string(user.gid));
}

constexpr Rule<LinuxPart> kIdMapRules[] = {
    {"S120", Level::kError, "config-linux.md#user-namespace-mappings", check_present},
    {"S119", Level::kWarning, "config-linux.md#user-namespace-mappings", check_joined},
    {"S121", Level::kWarning, "config-linux.md#user-namespace-mappings", check_used},
    {"S122", Level::kError, "config-linux.md#user-namespace-mappings", check_lines},
    {"S086", Level::kError, "config.md#posix-platform-user", check_user_mapped},
};

}  // namespace

void check_map_lines(const Maps& list, std::string_view pointer, Report& report) {
  if (list.size() > kMaxLines)
    return report.add(pointer, "more than " + std::to_string(kMaxLines) + " id mappings");
  for (std::size_t i = 0; i < list.size(); ++i) check_line(list, i, pointer, report);
}

std::span<const Rule<LinuxPart>> id_map_rules() { return kIdMapRules; }

}  // namespace oci::validate_rules
