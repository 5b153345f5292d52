// linux.seccomp as a program for seccomp(2). The only user of libseccomp.
// Spec: config-linux.md#seccomp
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

struct SeccompProgram {
  std::vector<std::byte> filter;  // struct sock_filter array
  std::uint32_t flags = 0;        // SECCOMP_FILTER_FLAG_*; NEW_LISTENER if the profile notifies
};

// Whether calls are left to an agent's decision.
bool notifies(const spec::Seccomp& profile);
// What a filter loaded with these flags has.
bool has_listener(std::uint32_t flags);

// Empty where the profile asks for nothing. `warnings` collects calls that libseccomp does not
// know.
Result<std::optional<SeccompProgram>> compile_seccomp(const spec::Seccomp& profile,
                                                      std::vector<std::string>* warnings);

// The same, put into a plan. Error kUnsupported also for a flag that this kernel lacks.
Status compile_seccomp_into(Plan& plan, const spec::Seccomp& profile, const HostFacts& host);

}  // namespace oci::plan
