// The outside half of the conversation with init, up to its gate.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/runtime/launch.h"

namespace oci::runtime {

struct Served {
  UniqueFd console_master;
  UniqueFd seccomp_listener;
  std::vector<std::string> warnings;
};

// Answers init until it is ready (at its gate). `on_sync` does what a sync point is for. An error
// of a step, of `on_sync`, or init's death is this function's error; the child is then left to its
// guard.
Result<Served> serve(const plan::Plan& plan, Launched& launched,
                     const std::function<Status(plan::SyncPoint)>& on_sync);

// The start word.
Status say_go(FdRef channel);
// After the start word: returns when the program runs, or the error of what came after the gate.
Status wait_executed(const plan::Plan& plan, FdRef channel);

// The same for a plan without a gate; a console master that comes on the way is put into `master`.
Status drain_until_executed(const plan::Plan& plan, FdRef channel, UniqueFd& master);

}  // namespace oci::runtime
