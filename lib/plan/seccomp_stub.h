#pragma once

#include <cstdint>
#include <vector>

#include "lib/plan/seccomp_code.h"

namespace oci::plan {

// Instructions that answer ENOSYS to calls newer than all the profile names, put before `filter`
// (S222): programs then fall back to what the profile's author knew. One entry for each
// architecture; x32 is told from x86-64 by bit 30 of the number.
struct NewestCall {
  std::uint32_t audit_arch;
  std::uint32_t number;
};
SeccompCode with_enosys_stub(const std::vector<NewestCall>& newest, const SeccompCode& filter);

}  // namespace oci::plan
