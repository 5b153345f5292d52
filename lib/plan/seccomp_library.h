// Seccomp rules through libseccomp: the measure of what a profile means, and slow (milliseconds).
#pragma once

#include <vector>

#include "lib/plan/seccomp_code.h"
#include "lib/plan/seccomp_rules.h"

namespace oci::plan {

// For each architecture and each rule of it: whether it is compiled.
using SeccompSelection = std::vector<std::vector<bool>>;

// `only` null: all rules. The program is of the kind that all rules together would get.
Result<SeccompCode> compile_seccomp_library(const SeccompRules& rules,
                                            const SeccompSelection* only = nullptr);

}  // namespace oci::plan
