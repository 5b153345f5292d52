// The outside half of the conversation with init, up to its gate.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lib/runtime/launch.h"

namespace oci::runtime {

struct Served {
  UniqueFd console_master;
  std::vector<std::string> warnings;
};

// Gives the listener of the filter of process `pid` to who decides there. Init waits for it.
using OnListener = std::function<Status(pid_t pid, FdRef listener)>;

struct Answers {
  std::function<Status(plan::SyncPoint)> on_sync;  // does what the point is for
  OnListener on_listener;
};

// Answers init until it is ready (at its gate). An error of a step, of an answer, or init's death
// is this function's error; the child is then left to its guard.
Result<Served> serve(const plan::Plan& plan, Launched& launched, const Answers& answers);

// The start word.
Status say_go(FdRef channel);
// After the start word: returns when the program runs, or the error of what came after the gate.
Status wait_executed(const plan::Plan& plan, Launched& launched);

// The same for a plan without a gate; a console master that comes on the way is put into `master`.
Status drain_until_executed(const plan::Plan& plan, Launched& launched, UniqueFd& master,
                            const OnListener& on_listener);

}  // namespace oci::runtime
