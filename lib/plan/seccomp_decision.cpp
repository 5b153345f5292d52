#include <algorithm>

#include "lib/plan/seccomp_tree.h"

namespace oci::plan {
namespace {

using Branch = SeccompDecision::Branch;
using words::Comparison;

// 32-bit ABIs compare the lower half of argument and value.
SeccompCondition narrowed(SeccompCondition c) {
  c.value &= 0xffffffff;
  c.value_two &= 0xffffffff;
  return c;
}

// Every argument has the bits that a mask of zero asks for: no condition at all.
bool always_holds(const SeccompCondition& c) {
  return c.op == Comparison::kMaskedEq && c.value == 0;
}

Branch branch_of(const SeccompRule& rule, const SeccompUse& use, bool wide) {
  Branch branch{{}, rule.action};
  // libseccomp puts the selector in the place of what the rule says of the first argument.
  if (use.selector != 0) branch.conditions.push_back({0, Comparison::kEq, use.selector, 0});
  for (const SeccompCondition& stated : rule.conditions) {
    const SeccompCondition c = wide ? stated : narrowed(stated);
    if (use.selector != 0 && c.index == 0) continue;
    if (!always_holds(c)) branch.conditions.push_back(c);
  }
  std::sort(branch.conditions.begin(), branch.conditions.end(),
            [](const SeccompCondition& a, const SeccompCondition& b) { return a.index < b.index; });
  return branch;
}

bool is_equality(const Branch& branch) {
  return branch.conditions.size() == 1 && branch.conditions.front().op == Comparison::kEq;
}

// Rules of which at most one can hold, told apart by a single argument: the order does not matter.
bool tells_values_apart(const std::vector<Branch>& branches) {
  for (std::size_t i = 0; i < branches.size(); ++i) {
    if (!is_equality(branches[i])) return false;
    const SeccompCondition& own = branches[i].conditions.front();
    if (own.index != branches.front().conditions.front().index) return false;
    for (std::size_t j = 0; j < i; ++j)
      if (branches[j].conditions.front().value == own.value) return false;
  }
  return true;
}

// libseccomp 2.5 takes "lower or equal" for its contrary on 32-bit ABIs, unless it comes first.
bool has_late_le(const Branch& branch) {
  return std::any_of(branch.conditions.begin(), branch.conditions.end(),
                     [&](const SeccompCondition& c) {
                       return c.op == Comparison::kLe && &c != branch.conditions.data();
                     });
}

}  // namespace

std::optional<SeccompDecision> decide_seccomp_call(const SeccompRules& rules,
                                                   std::span<const SeccompUse> uses, bool wide) {
  SeccompDecision decision{{}, rules.default_action};
  for (const SeccompUse& use : uses) {
    Branch branch = branch_of(rules.rules[use.rule], use, wide);
    // The first rule without a condition holds, whatever stands before and behind it.
    if (branch.conditions.empty()) return SeccompDecision{{}, branch.action};
    if (std::find(decision.branches.begin(), decision.branches.end(), branch) !=
        decision.branches.end())
      continue;
    decision.branches.push_back(std::move(branch));
  }
  for (const Branch& branch : decision.branches)
    if (!wide && has_late_le(branch)) return std::nullopt;
  if (decision.branches.size() > 1 && !tells_values_apart(decision.branches)) return std::nullopt;
  return decision;
}

}  // namespace oci::plan
