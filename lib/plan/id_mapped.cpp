#include "lib/plan/id_mapped.h"

#include <algorithm>
#include <optional>

#include "lib/base/numbers.h"
#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

using Maps = std::vector<spec::IdMapping>;

constexpr const char* kBothNeeded =
    "id-mapped mounts must have both uid and gid mappings specified";

// The container's ids [first, first + size) as ids of the host.
std::optional<std::uint32_t> host_id(const Maps& container, std::uint32_t first,
                                     std::uint32_t size) {
  for (const spec::IdMapping& m : container)
    if (first >= m.container_id && size <= m.size && first - m.container_id <= m.size - size)
      return m.host_id + (first - m.container_id);
  return std::nullopt;
}

// "FILESYSTEM-HOST-SIZE", and with "@" before it the second is an id of the container.
Result<spec::IdMapping> read_line(std::string_view line, const Maps& container,
                                  const std::string& pointer) {
  const std::string whole(line);
  const bool relative = line.starts_with('@');
  if (relative) line.remove_prefix(1);
  const auto from = base::parse_number<std::uint32_t>(base::take_until(line, '-'));
  const auto to = base::parse_number<std::uint32_t>(base::take_until(line, '-'));
  const auto size = base::parse_number<std::uint32_t>(line);
  if (!from || !to || !size || *size == 0)
    return invalid("invalid mapping specified " + quoted(whole), pointer);
  if (!relative) return spec::IdMapping{*from, *to, *size};
  const auto host = host_id(container, *to, *size);
  if (!host)
    return invalid("no user namespace mapping holds the relative mapping " + quoted(whole),
                   pointer);
  return spec::IdMapping{*from, *host, *size};
}

Result<Maps> read_lines(std::string_view lines, const Maps& container, const std::string& pointer) {
  Maps maps;
  while (!lines.empty())
    maps.push_back(TRY(read_line(base::take_until(lines, '#'), container, pointer)));
  return maps;
}

// "uids=...;gids=..."
Result<IdMaps> read_maps(const IdMapOption& option, const spec::Linux& container) {
  IdMaps maps;
  for (std::string_view rest = option.maps; !rest.empty();) {
    std::string_view lines = base::take_until(rest, ';');
    const std::string_view kind = base::take_until(lines, '=');
    if (kind == "uids")
      maps.uids = TRY(read_lines(lines, container.uid_mappings, option.pointer));
    else if (kind == "gids")
      maps.gids = TRY(read_lines(lines, container.gid_mappings, option.pointer));
    else
      return invalid("invalid option " + quoted(kind) + " specified for an id-mapped mount",
                     option.pointer);
  }
  return maps;
}

}  // namespace

Result<IdMapUse> MountMaps::use(const spec::Mount& mount, const IdMapOption& option,
                                const std::string& pointer) {
  if (draft_.host.euid != 0)
    return unsupported("id-mapped mounts are not supported for rootless containers",
                       option.pointer);
  IdMapUse use{kNoSlot, option.below, false};
  IdMaps own{mount.uid_mappings, mount.gid_mappings, false};
  if (own.uids.empty() && own.gids.empty()) own = TRY(read_maps(option, container_));
  if (own.uids.empty() != own.gids.empty()) return invalid(kBothNeeded, pointer);
  use.user_namespace = own.uids.empty() ? TRY(of_container(pointer)) : share(own, pointer);
  return use;
}

Slot MountMaps::share(IdMaps maps, const std::string& pointer) {
  auto& all = draft_.plan.mount_maps;
  const auto known = std::find_if(all.begin(), all.end(), [&](const MountMap& other) {
    return other.maps.uids == maps.uids && other.maps.gids == maps.gids;
  });
  if (known != all.end()) return slots_[static_cast<std::size_t>(known - all.begin())];
  slots_.push_back(draft_.add_fd(FdSource::Kind::kUserNamespace, {}, 0, all.size()));
  all.push_back({std::move(maps), pointer});
  return slots_.back();
}

// Its own maps again where the namespace is yet to be made: its ids are the same ones then.
Result<Slot> MountMaps::of_container(const std::string& pointer) {
  if (draft_.plan.maps) return share({draft_.plan.maps->uids, draft_.plan.maps->gids}, pointer);
  if (draft_.user_namespace_file.empty()) return invalid(kBothNeeded, pointer);
  if (joined_ == kNoSlot)
    joined_ =
        draft_.add_fd(FdSource::Kind::kNamespace, draft_.user_namespace_file, words::kNewUser);
  return joined_;
}

void add_id_map(Draft& draft, Slot mount, const IdMapUse& use, const std::string& subject,
                const std::string& pointer, std::uint32_t flags) {
  if (use.user_namespace == kNoSlot) return;
  Step& step = draft.add(Op::kIdMap, subject, pointer);
  step.src = mount;
  step.aux = use.user_namespace;
  step.flags = flags;
  if (use.below) step.flags |= kRecursive;
  if (use.last) step.flags |= kRelease;
}

}  // namespace oci::plan
