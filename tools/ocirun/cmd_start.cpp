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

const Command kStart{
    .name = "start",
    .summary = "run the program of a created container",
    .synopsis = "<container-id>",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_start,
};

}  // namespace ocirun
