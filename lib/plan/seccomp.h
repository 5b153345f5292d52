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
  std::uint32_t flags = 0;        // SECCOMP_FILTER_FLAG_*
  bool notify = false;            // has a listener: flags include NEW_LISTENER
};

// Empty where the profile asks for nothing. `warnings` collects calls that libseccomp does not
// know.
Result<std::optional<SeccompProgram>> compile_seccomp(const spec::Seccomp& profile,
                                                      std::vector<std::string>* warnings);

// The same, put into a plan. A listener is refused: its agent protocol is not there yet.
Status compile_seccomp_into(Plan& plan, const spec::Seccomp& profile);

}  // namespace oci::plan
