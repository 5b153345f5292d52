#include "tools/ocirun/command.h"
#include "tools/ocirun/info_json.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr Example kExamples[] = {
    {"Is it running?", "{} state web | jq -r .status"},
};

int run_state(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const auto info = runtime->state(call.arguments[0]);
  if (!info) return call.fail(info.error());
  const oci::Status status = print(info_json(*info, "", 2));
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kState{
    .name = "state",
    .summary = "print a container's state as JSON",
    .synopsis = "<container-id>",
    .description =
        "The runtime specification's state document: id, status, process id, bundle,\n"
        "annotations. The status is creating, created, running, paused or stopped.",
    .examples = kExamples,
    .see_also = "{}-list(8), {}-events(8)",
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_state,
};

}  // namespace ocirun
