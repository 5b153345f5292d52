#include "tools/ocirun/launch.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    kBundleFlag,
    kConsoleSocketFlag,
    kPidfdSocketFlag,
    kDetachFlag,
    {"keep", "", FlagType::kBool, "do not delete the container when it has ended"},
    kPidFileFlag,
    {"no-subreaper", "", FlagType::kBool, "do not become the reaper of the container's orphans"},
    kNoPivotFlag,
    kNoNewKeyringFlag,
    kPreserveFdsFlag,
};

constexpr Example kExamples[] = {
    {"A container from the bundle in the current directory:", "{} run web"},
    {"In the background, with the process id in a file:",
     "{} run --detach --pid-file /run/web.pid --bundle /containers/web web"},
};

int run_run(Invocation& call) {
  const std::string prefix = call.program.name + " run failed: ";
  auto runtime = call.open_runtime(true);
  if (!runtime) return call.fail(runtime.error(), prefix);
  oci::RunOptions options;
  fill_create_options(call.flags, options);
  options.detach = call.flags.on("detach");
  options.keep = call.flags.on("keep");
  options.no_subreaper = call.flags.on("no-subreaper");
  const auto status = runtime->run(call.arguments[0], options);
  return status ? status->shell_code() : call.fail(status.error(), prefix);
}

}  // namespace

constinit const Command kRun{
    .name = "run",
    .summary = "create and run a container",
    .synopsis = "<container-id>",
    .description =
        "Makes the container that the bundle's \"config.json\" describes, runs its program,\n"
        "waits for the end and deletes the container. The exit code is the program's. The\n"
        "id must not be in use.",
    .examples = kExamples,
    .see_also = "{}-create(8), {}-spec(8), {}-exec(8)",
    .flags = kFlags,
    .operands = kNewContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_run,
};

}  // namespace ocirun
