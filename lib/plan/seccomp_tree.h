// Seccomp rules as a balanced tree over ranges of call numbers: the same verdicts as libseccomp's
// program, compiled in a fraction of its time.
//
// libseccomp stays the measure of what a profile means. What its program does with several
// conditional rules of one call is not always what the rules say: where the chain of one rule has
// matched in part, rules beside it may never be asked. Such calls are handed to a program of
// libseccomp's that knows their rules alone and stands at the end of the tree.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "lib/plan/seccomp_code.h"
#include "lib/plan/seccomp_rules.h"

namespace oci::plan {

// Whether the tree knows how calls are numbered on all architectures of the profile.
bool has_seccomp_tree(const SeccompRules& rules);

// Precondition: has_seccomp_tree(rules).
Result<SeccompCode> compile_seccomp_tree(const SeccompRules& rules);

// What one call number of one architecture gets: the action of the first branch all of whose
// conditions hold, else `otherwise`.
struct SeccompDecision {
  struct Branch {
    std::vector<SeccompCondition> conditions;
    std::uint32_t action;
    bool operator==(const Branch&) const = default;
  };
  std::vector<Branch> branches;
  std::uint32_t otherwise = 0;
};

// One rule as it stands for one call number.
struct SeccompUse {
  std::uint32_t number;
  std::size_t rule;  // in SeccompRules::rules
  // i386: `number` is socketcall(2) or ipc(2), and its first argument selects this call; else 0
  std::uint64_t selector = 0;
  std::uint32_t family =
      0;  // i386: the number of socketcall(2) or ipc(2) if the call is part of it
};

// The decision for one call, from all its uses; nothing where only libseccomp's own program is sure
// to agree with libseccomp. `wide`: arguments have 64 bits.
std::optional<SeccompDecision> decide_seccomp_call(const SeccompRules& rules,
                                                   std::span<const SeccompUse> uses, bool wide);

}  // namespace oci::plan
