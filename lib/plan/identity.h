// Who the process is: ids, capabilities. Spec: config.md#linux-process, #user
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/plan/draft.h"

namespace oci::plan {

// Bit n is capability n.
struct CapabilitySets {
  std::uint64_t bounding = 0, effective = 0, permitted = 0, inheritable = 0, ambient = 0;
  std::vector<std::string> ignored;  // unknown here or to this kernel; sorted, each once
};

// Nothing is implied: an absent object means empty sets.
CapabilitySets capability_sets(const std::optional<spec::Capabilities>& capabilities,
                               unsigned cap_last_cap);
// The warning for `ignored`, or empty.
std::string ignored_text(const CapabilitySets& sets);

struct Identity {
  std::uint32_t uid = 0, gid = 0;
  std::vector<std::uint32_t> additional_gids;
  bool no_setgroups = false;  // setgroups(2) is not called
};

// Errors: kInvalidConfig for additional groups that cannot be set.
Result<Identity> read_identity(const spec::User& user, bool groups_denied, bool keep_groups);

// From no_new_privs to the final user, without the last capability sets.
void add_identity(Draft& draft, const spec::Process& process, const Identity& identity,
                  const CapabilitySets& sets);
void add_capabilities(Draft& draft, const CapabilitySets& sets);

}  // namespace oci::plan
