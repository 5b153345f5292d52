#include "tools/ocirun/launch.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {kBundleFlag,  kConsoleSocketFlag, kPidfdSocketFlag, kPidFileFlag,
                           kNoPivotFlag, kNoNewKeyringFlag,  kPreserveFdsFlag};

constexpr Example kExamples[] = {
    {"Make a container, look at it, run its program:",
     "{} create --bundle /containers/web web\n"
     "{} state web\n"
     "{} start web"},
};

int run_create(Invocation& call) {
  const std::string prefix = call.program.name + " create failed: ";
  auto runtime = call.open_runtime(true);
  if (!runtime) return call.fail(runtime.error(), prefix);
  oci::CreateOptions options;
  fill_create_options(call.flags, options);
  const oci::Status status = runtime->create(call.arguments[0], options);
  return status ? 0 : call.fail(status.error(), prefix);
}

}  // namespace

constinit const Command kCreate{
    .name = "create",
    .summary = "create a container",
    .synopsis = "<container-id>",
    .description =
        "Makes the container that the bundle's \"config.json\" describes, up to the point\n"
        "where its program would begin. \"{} start\" then runs the program. The id must\n"
        "not be in use.",
    .examples = kExamples,
    .see_also = "{}-start(8), {}-run(8), {}-spec(8)",
    .flags = kFlags,
    .operands = kNewContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_create,
};

}  // namespace ocirun
