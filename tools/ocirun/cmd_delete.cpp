#include "tools/ocirun/command.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    {"force", "f", FlagType::kBool,
     "kill the container if it still runs; one that does not exist is no error"},
};

constexpr Example kExamples[] = {
    {"Delete a container whose program has ended:", "{} delete web"},
    {"Make sure that there is no such container:", "{} delete --force web"},
};

int run_delete(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const oci::Status status = runtime->remove(call.arguments[0], {.force = call.flags.on("force")});
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kDelete{
    .name = "delete",
    .summary = "delete what a stopped container holds",
    .synopsis = "<container-id>",
    .description = "Removes the container's state, cgroups and mounts, and frees its id.",
    .examples = kExamples,
    .see_also = "{}-kill(8), {}-list(8)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_delete,
};

}  // namespace ocirun
