#include <cstdlib>

#include "tools/ocirun/command.h"

namespace ocirun {
namespace {

int run_start(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  oci::StartOptions options;
  if (const char* socket = std::getenv("NOTIFY_SOCKET")) options.notify_socket = socket;
  const oci::Status status = runtime->start(call.arguments[0], options);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kStart{
    .name = "start",
    .summary = "run the program of a created container",
    .synopsis = "<container-id>",
    .description =
        "Runs the program that the container was made for and returns at once. When\n"
        "NOTIFY_SOCKET is set, it returns when the program says that it is ready.",
    .see_also = "{}-create(8), {}-run(8), {}-kill(8)",
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_start,
};

}  // namespace ocirun
