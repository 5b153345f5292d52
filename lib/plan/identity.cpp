#include "lib/plan/identity.h"

#include <algorithm>
#include <set>
#include <utility>

#include "lib/plan/paths.h"
#include "lib/words/capabilities.h"

namespace oci::plan {
namespace {

constexpr const char* kPointer = "/process/capabilities";

std::uint64_t mask_of(const spec::Strings& names, unsigned last, std::set<std::string>& ignored) {
  std::uint64_t mask = 0;
  for (const std::string& name : names) {
    const auto* entry = base::find(words::kCapabilitiesByName, name);
    if (entry && entry->value <= last)
      mask |= std::uint64_t{1} << entry->value;
    else
      ignored.insert(name);
  }
  return mask;
}

void add_chdir(Draft& draft, const std::string& cwd, std::uint32_t flags) {
  Step& step = draft.add(Op::kChdir, "chdir to cwd (" + quoted(cwd) + ") set in config.json failed",
                         "/process/cwd");
  step.s0 = draft.builder.str(cwd);
  step.flags = flags;
}

void add_keep_caps(Draft& draft, std::uint64_t on) {
  draft.add(Op::kKeepCaps, on ? "unable to set keep caps" : "unable to clear keep caps", kPointer)
      .n0 = on;
}

void add_ids(Draft& draft, const Identity& identity) {
  Step& step = draft.add(Op::kSetIds, "unable to setup user", "/process/user");
  step.n0 = identity.uid;
  step.n1 = identity.gid;
  step.s0 = draft.builder.bytes(identity.additional_gids.data(),
                                identity.additional_gids.size() * sizeof(std::uint32_t));
  if (identity.no_setgroups) step.flags = kNoSetgroups;
}

}  // namespace

CapabilitySets capability_sets(const std::optional<spec::Capabilities>& capabilities,
                               unsigned cap_last_cap) {
  CapabilitySets sets;
  if (!capabilities) return sets;
  std::set<std::string> ignored;
  sets.bounding = mask_of(capabilities->bounding, cap_last_cap, ignored);
  sets.effective = mask_of(capabilities->effective, cap_last_cap, ignored);
  sets.permitted = mask_of(capabilities->permitted, cap_last_cap, ignored);
  sets.inheritable = mask_of(capabilities->inheritable, cap_last_cap, ignored);
  sets.ambient = mask_of(capabilities->ambient, cap_last_cap, ignored);
  sets.ignored.assign(ignored.begin(), ignored.end());
  return sets;
}

std::string ignored_text(const CapabilitySets& sets) {
  if (sets.ignored.empty()) return {};
  std::string text = "ignoring unknown or unavailable capabilities: [";
  for (std::size_t i = 0; i < sets.ignored.size(); ++i)
    text.append(i ? " " : "").append(sets.ignored[i]);
  return text + "]";
}

Result<Identity> read_identity(const spec::User& user, bool groups_denied, bool keep_groups) {
  if (groups_denied && !user.additional_gids.empty())
    return invalid("cannot set any additional groups in a rootless container",
                   "/process/user/additionalGids");
  // Docker names a group twice that both its image and --group-add give; setgroups(2) keeps both.
  std::vector<std::uint32_t> gids = user.additional_gids;
  std::sort(gids.begin(), gids.end());
  gids.erase(std::unique(gids.begin(), gids.end()), gids.end());
  return Identity{user.uid, user.gid, std::move(gids), groups_denied || keep_groups};
}

void add_identity(Draft& draft, const spec::Process& process, const Identity& identity,
                  const CapabilitySets& sets) {
  if (process.no_new_privileges)
    draft.add(Op::kNoNewPrivs, "unable to set no_new_privs", "/process/noNewPrivileges");
  draft.add(Op::kBoundingCaps, "unable to apply bounding set", "/process/capabilities/bounding")
      .n0 = sets.bounding;
  add_keep_caps(draft, 1);
  // Once with the rights of root, and if they did not do, with the user's: each may reach what the
  // other cannot.
  add_chdir(draft, process.cwd, kIgnoreErrors);
  add_ids(draft, identity);
  add_keep_caps(draft, 0);
  add_chdir(draft, process.cwd, 0);
}

void add_capabilities(Draft& draft, const CapabilitySets& sets) {
  Step& step = draft.add(Op::kCaps, "unable to apply caps", kPointer);
  step.n0 = sets.effective;
  step.n1 = sets.permitted;
  step.n2 = sets.inheritable;
  draft.add(Op::kAmbientCaps, "can't raise ambient capabilities", "/process/capabilities/ambient")
      .n0 = sets.ambient;
}

}  // namespace oci::plan
