#include "tools/ocirun/command.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    {"force", "f", FlagType::kBool,
     "kill the container if it still runs; one that does not exist is no error"},
};

int run_delete(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const oci::Status status = runtime->remove(call.arguments[0], {.force = call.flags.on("force")});
  return status ? 0 : call.fail(status.error());
}

}  // namespace

const Command kDelete{
    .name = "delete",
    .summary = "delete what a stopped container holds",
    .synopsis = "<container-id>",
    .description = "Removes the container's state, cgroups and mounts, and frees its id.",
    .flags = kFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_delete,
};

}  // namespace ocirun
