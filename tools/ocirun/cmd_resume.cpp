#include "tools/ocirun/command.h"

namespace ocirun {
namespace {

int run_resume(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const oci::Status status = runtime->resume(call.arguments[0]);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kResume{
    .name = "resume",
    .summary = "let the processes of a paused container go on",
    .synopsis = "<container-id>",
    .description = "The processes that \"{} pause\" has stopped go on where they were.",
    .see_also = "{}-pause(8)",
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_resume,
};

}  // namespace ocirun
