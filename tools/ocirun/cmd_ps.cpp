#include "tools/ocirun/command.h"
#include "tools/ocirun/host_ps.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    kFormatFlag,
};

constexpr Example kExamples[] = {
    {"Threads and memory of the processes:", "{} ps web -eLo pid,lwp,rss,comm"},
};

std::string as_json(const std::vector<pid_t>& pids) {
  if (pids.empty()) return "null\n";
  std::string out;
  for (const pid_t pid : pids) {
    out += out.empty() ? '[' : ',';
    out += std::to_string(pid);
  }
  return out += "]\n";
}

int run_processes(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const auto pids = runtime->processes(call.arguments[0]);
  if (!pids) return call.fail(pids.error());
  std::string out;
  if (const std::string& format = call.flags.text("format"); format == "json") {
    out = as_json(*pids);
  } else if (call.flags.is_set("format") && format != "table") {
    return call.fail({oci::Code::kInvalidArgument, "invalid format option", 0, "--format", {}});
  } else {
    std::vector<std::string> arguments(call.arguments.begin() + 1, call.arguments.end());
    if (arguments.empty()) arguments = {"-ef"};
    const auto output = run_ps(arguments);
    if (!output) return call.fail(output.error());
    auto lines = filter_ps(*output, *pids);
    if (!lines) return call.fail(lines.error());
    out = lines.take();
  }
  const oci::Status status = print(out);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kPs{
    .name = "ps",
    .summary = "show the processes of a container",
    .synopsis = "<container-id> [ps options]",
    .description =
        "The lines of the host's ps(1) that belong to the container; \"ps -ef\" unless\n"
        "options are given. They need to leave the PID column in.",
    .examples = kExamples,
    .see_also = "{}-exec(8), {}-events(8), ps(1)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = kNoLimit,
    .order = FlagOrder::kBeforeArguments,
    .run = run_processes,
};

}  // namespace ocirun
