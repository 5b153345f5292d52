#include "oci/signals.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    {"all", "a", FlagType::kBool, "succeed also where the container has stopped", "", true},
};

int run_kill(Invocation& call) {
  const std::string& id = call.arguments[0];
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const std::string name = call.arguments.size() > 1 ? call.arguments[1] : "";
  const std::optional<int> signal = oci::parse_signal(name);
  if (!signal) {
    // A container that is not there is the first thing to tell.
    if (const auto info = runtime->state(id); !info) return call.fail(info.error());
    return call.fail({oci::Code::kInvalidArgument, "unknown signal " + quote(name), 0, name, {}});
  }
  const oci::Status status = runtime->kill(id, *signal, call.flags.on("all"));
  return status ? 0 : call.fail(status.error());
}

}  // namespace

const Command kKill{
    .name = "kill",
    .summary = "send a signal to a container's init process",
    .synopsis = "<container-id> [signal]",
    .description =
        "The signal is a number or a name, with or without \"SIG\"; SIGTERM unless given.",
    .flags = kFlags,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run_kill,
};

}  // namespace ocirun
