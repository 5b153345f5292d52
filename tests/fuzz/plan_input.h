// What plans are compiled for.
#pragma once

#include "lib/plan/plan.h"

namespace oci::fuzz {

inline plan::CreateInput create_input() {
  plan::CreateInput input;
  input.id = "fuzz";
  input.bundle = "/bundle";
  input.rootfs = "/bundle/rootfs";
  return input;
}

inline plan::HostFacts host() {
  plan::HostFacts facts;
  facts.kernel_major = 6;
  facts.kernel_minor = 1;
  return facts;
}

}  // namespace oci::fuzz
