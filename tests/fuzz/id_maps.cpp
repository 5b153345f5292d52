// Any id maps, against what user_namespaces(7) says of them: each id is in one line at most, on
// both sides, and none is the last one. What passes has to be a map that init gets as it stands.
#include <sched.h>

#include <algorithm>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/validate.h"
#include "tests/fuzz/plan_input.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::Input;
using fuzz::require;
using Maps = std::vector<spec::IdMapping>;

namespace {

Maps read_maps(Input& in) {
  Maps maps(in.below(8));
  for (spec::IdMapping& map : maps) {
    map.container_id = static_cast<std::uint32_t>(in.edge());
    map.host_id = static_cast<std::uint32_t>(in.edge());
    map.size = static_cast<std::uint32_t>(in.edge());
  }
  return maps;
}

bool apart(std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges) {
  std::sort(ranges.begin(), ranges.end());
  for (std::size_t i = 1; i < ranges.size(); ++i)
    if (ranges[i - 1].second > ranges[i].first) return false;
  return ranges.empty() || ranges.back().second < (std::uint64_t{1} << 32);
}

bool kernel_takes(const Maps& maps) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> inside, outside;
  for (const spec::IdMapping& map : maps) {
    if (map.size == 0) return false;
    inside.emplace_back(map.container_id, std::uint64_t{map.container_id} + map.size);
    outside.emplace_back(map.host_id, std::uint64_t{map.host_id} + map.size);
  }
  return apart(inside) && apart(outside);
}

bool maps_id(const Maps& maps, std::uint64_t id) {
  return std::any_of(maps.begin(), maps.end(), [&](const spec::IdMapping& map) {
    return map.container_id <= id && id < std::uint64_t{map.container_id} + map.size;
  });
}

bool same(const Maps& a, const Maps& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.container_id == other.container_id && one.host_id == other.host_id &&
           one.size == other.size;
  });
}

}  // namespace

FUZZ_TARGET(id_maps) {
  Input in(bytes);
  spec::Spec spec;
  spec.oci_version = "1.2.0";
  spec.root.emplace().path = "rootfs";
  spec::Process& process = spec.process.emplace();
  process.cwd = "/";
  process.args = spec::Strings{"true"};
  process.user.uid = static_cast<std::uint32_t>(in.edge());
  process.user.gid = static_cast<std::uint32_t>(in.edge());
  spec::Linux& part = spec.linux_.emplace();
  part.namespaces = {{"mount", {}}, {"user", {}}};
  part.uid_mappings = read_maps(in);
  part.gid_mappings = read_maps(in);
  const bool good = kernel_takes(part.uid_mappings) && kernel_takes(part.gid_mappings) &&
                    maps_id(part.uid_mappings, 0) && maps_id(part.gid_mappings, 0) &&
                    maps_id(part.uid_mappings, process.user.uid) &&
                    maps_id(part.gid_mappings, process.user.gid);
  require(first_error(validate(spec)).ok() == good,
          "valid is what the kernel takes and the user needs");
  const auto plan = plan::compile_create(spec, fuzz::create_input(), fuzz::host());
  if (!good || !plan) return;
  require(plan->maps && same(plan->maps->uids, part.uid_mappings) &&
              same(plan->maps->gids, part.gid_mappings),
          "the plan has the maps as they are");
}
