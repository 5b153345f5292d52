// Gives a plan to oci-init and takes over the process that comes of it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/plan.h"
#include "lib/runtime/child.h"
#include "lib/runtime/stage1.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

struct OpenedFd {
  plan::Slot slot;
  UniqueFd fd;
};

// One packet of init, with the descriptors it carried.
struct Received {
  plan::Report report;
  std::vector<UniqueFd> fds;
};

struct Launched {
  UniqueFd channel;
  Child child;
  std::vector<Received> early;  // said before this returned; comes before what is on the channel
};

// `fds`: what the plan's FdSources were opened to; closed when init has them. Returns when stage 2
// exists. A failed step of stage 1 is a step_error().
Result<Launched> launch(Stage1 stage1, const plan::Plan& plan, std::vector<OpenedFd> fds);

// The failed step in words, with code, errno, pointer and step name.
Error step_error(const plan::Plan& plan, const plan::Report& report);

}  // namespace oci::runtime
