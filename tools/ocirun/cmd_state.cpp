#include "tools/ocirun/command.h"
#include "tools/ocirun/info_json.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

int run_state(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const auto info = runtime->state(call.arguments[0]);
  if (!info) return call.fail(info.error());
  const oci::Status status = print(info_json(*info, "", 2));
  return status ? 0 : call.fail(status.error());
}

}  // namespace

const Command kState{
    .name = "state",
    .summary = "print a container's state as JSON",
    .synopsis = "<container-id>",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_state,
};

}  // namespace ocirun
