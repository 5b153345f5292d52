#include "tools/ocirun/command.h"

namespace ocirun {
namespace {

int run_pause(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const oci::Status status = runtime->pause(call.arguments[0]);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kPause{
    .name = "pause",
    .summary = "stop all processes of a container for a while",
    .synopsis = "<container-id>",
    .description =
        "They stay where they are, in memory, and get no CPU time. \"{} resume\" lets them\n"
        "go on.",
    .see_also = "{}-resume(8), cgroups(7)",
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_pause,
};

}  // namespace ocirun
