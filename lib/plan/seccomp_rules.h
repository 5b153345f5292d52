// linux.seccomp with its words looked up: what both ways to a program start from.
// Spec: config-linux.md#seccomp
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/words/seccomp.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

struct SeccompCondition {
  unsigned index;  // of the argument, 0-5
  words::Comparison op;
  std::uint64_t value;      // kMaskedEq: the mask
  std::uint64_t value_two;  // kMaskedEq: what the masked argument is compared with

  bool operator==(const SeccompCondition&) const = default;
};

// One call under one action. All conditions must hold; each has an argument of its own.
struct SeccompRule {
  std::string name;
  std::uint32_t action;                      // SECCOMP_RET_* with its data
  std::vector<SeccompCondition> conditions;  // none: always
  std::vector<int> numbers;                  // for each of SeccompRules::archs; negative: not there
};

struct SeccompRules {
  std::uint32_t default_action = 0;
  std::vector<const words::SeccompArch*> archs;  // the native one first
  std::vector<SeccompRule> rules;                // none of them has the default action
  // For each of `archs`, the highest number of a call that the profile names, also in rules that
  // are not in `rules`; negative where there is none.
  std::vector<int> newest;
};

// `warnings` collects calls that libseccomp does not know; null: they are not reported.
Result<SeccompRules> read_seccomp_rules(const spec::Seccomp& profile,
                                        std::vector<std::string>* warnings);

}  // namespace oci::plan
