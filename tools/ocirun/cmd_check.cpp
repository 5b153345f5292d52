#include "oci/check.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/launch.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr int kBroken = 1, kNothingToCheck = 2;

constexpr Flag kFlags[] = {
    kBundleFlag,
    {"json", "", FlagType::kBool, "print JSON"},
    {"strict", "", FlagType::kBool, "fail for warnings, too"},
    {"no-host", "", FlagType::kBool, "judge the document alone, whatever this host is like"},
    kNoPivotFlag,
};

constexpr Example kExamples[] = {
    {"Look at a bundle before it is run:", "{} check --bundle /containers/web"},
    {"Let a build fail for whatever is not in order, wherever it will run:",
     "{} check --bundle bundle --no-host --strict"},
};

int run_check(Invocation& call) {
  auto options = call.check_options();
  if (!options) return call.fail(options.error());
  options->host = !call.flags.on("no-host");
  const auto report = oci::check(*options);
  if (!report) return call.fail(report.error(), {}, kNothingToCheck);
  const oci::Status printed =
      print(call.flags.on("json") ? oci::report_json(*report) + "\n" : oci::report_text(*report));
  if (!printed) return call.fail(printed.error());
  const bool good = report->count(oci::Level::kError) == 0 &&
                    (!call.flags.on("strict") || report->count(oci::Level::kWarning) == 0);
  return good ? 0 : kBroken;
}

}  // namespace

constinit const Command kCheck{
    .name = "check",
    .summary = "tell what is wrong with a bundle, without making anything",
    .description =
        "Judges the bundle's \"config.json\" by the runtime specification, by what this\n"
        "version can do and by this host: its kernel, control groups, security modules,\n"
        "the caller's rights, and the files that the configuration names. Everything is\n"
        "found at once. Each finding has the member's JSON pointer, and the requirement\n"
        "with its place in the specification. Where there are no errors, what \"{} create\"\n"
        "would do is summed up.\n"
        "\n"
        "The exit code is 0 without errors, 1 with errors (with --strict for warnings, too)\n"
        "and 2 where there is no bundle or no \"config.json\" that can be read.",
    .examples = kExamples,
    .see_also = "{}-plan(8), {}-create(8), {}-spec(8)",
    .flags = kFlags,
    .run = run_check,
};

}  // namespace ocirun
