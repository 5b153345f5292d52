#include "oci/check.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/launch.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    kBundleFlag,
    {"json", "", FlagType::kBool, "print JSON"},
    kNoPivotFlag,
};

constexpr Example kExamples[] = {
    {"See which files of control groups would be written for a container \"web\":",
     "{} plan --bundle /containers/web --json web | jq .cgroup.writes"},
};

int run_plan(Invocation& call) {
  auto options = call.check_options();
  if (!options) return call.fail(options.error());
  if (!call.arguments.empty()) options->id = call.arguments[0];
  const auto outline = oci::outline(*options);
  if (!outline) return call.fail(outline.error());
  const oci::Status printed = print(call.flags.on("json") ? oci::outline_json(*outline) + "\n"
                                                          : oci::outline_text(*outline));
  return printed ? 0 : call.fail(printed.error());
}

}  // namespace

constinit const Command kPlan{
    .name = "plan",
    .summary = "print what create would do, step by step, without doing it",
    .synopsis = "[container-id]",
    .description =
        "Prints the plan that the bundle's \"config.json\" is compiled into on this host:\n"
        "namespaces, id maps, the files of control groups and what is written there, the\n"
        "seccomp filter, and each step of the processes that make the container, with the\n"
        "member of \"config.json\" that it comes from. The id stands where the\n"
        "configuration names no cgroup; \"container\" unless given.",
    .examples = kExamples,
    .see_also = "{}-check(8), {}-create(8)",
    .flags = kFlags,
    .operands = kNewContainer,
    .max_arguments = 1,
    .run = run_plan,
};

}  // namespace ocirun
