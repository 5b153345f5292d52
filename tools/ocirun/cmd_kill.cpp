#include "oci/signals.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

// Those that completions offer.
constexpr std::string_view kSignals[] = {
    "ABRT", "ALRM", "BUS", "CHLD", "CONT", "FPE",    "HUP",    "ILL",  "INT",  "IO",   "KILL",
    "PIPE", "PROF", "PWR", "QUIT", "SEGV", "STOP",   "STKFLT", "SYS",  "TERM", "TRAP", "TSTP",
    "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH",  "XCPU", "XFSZ"};

constexpr Value kOperands[] = {kContainer[0], {"signal", kSignals}};

constexpr Flag kFlags[] = {
    {"all", "a", FlagType::kBool, "succeed also where the container has stopped", "", true},
};

constexpr Example kExamples[] = {
    {"Ask the program to end:", "{} kill web"},
    {"Make it end:", "{} kill web KILL"},
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

constinit const Command kKill{
    .name = "kill",
    .summary = "send a signal to a container's init process",
    .synopsis = "<container-id> [signal]",
    .description =
        "The signal is a number or a name, with or without \"SIG\"; SIGTERM unless given.",
    .examples = kExamples,
    .see_also = "{}-delete(8), {}-ps(8), signal(7)",
    .flags = kFlags,
    .operands = kOperands,
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run_kill,
};

}  // namespace ocirun
