#include "tools/ocirun/exec_options.h"
#include "tools/ocirun/launch.h"

namespace ocirun {
namespace {

constexpr int kExecFailed = 255;
constexpr std::string_view kPrefix = "exec failed: ";

constexpr Flag kFlags[] = {
    kConsoleSocketFlag,
    kPidfdSocketFlag,
    {"cwd", "", {FlagType::kString, "DIR"}, "working directory in the container"},
    {"env", "e", {FlagType::kStrings, "NAME=VALUE"}, "add this to the environment"},
    {"tty", "t", FlagType::kBool, "give the process a terminal"},
    {"user", "u", {FlagType::kString, "UID[:GID]"}, "numbers of the user and group"},
    {"additional-gids", "g", {FlagType::kInts, "GID"}, "add a supplementary group"},
    {"process", "p", kFile, "file with a process object that says everything about the process"},
    kDetachFlag,
    kPidFileFlag,
    {"process-label", "", {FlagType::kString, "LABEL"}, "SELinux label of the process"},
    {"apparmor", "", {FlagType::kString, "PROFILE"}, "AppArmor profile of the process"},
    {"no-new-privs", "", FlagType::kBool, "no privileges are gained by execve(2) of set-id files"},
    {"cap",
     "c",
     {FlagType::kStrings, "CAP", Offer::kCapabilities},
     "add a capability, such as CAP_NET_RAW"},
    {"preserve-fds", "", kNumber, "pass on N more descriptors after 0, 1 and 2", "0"},
    {"cgroup",
     "",
     {FlagType::kStrings, "PATH"},
     "[controller,...:]path of a cgroup below the container's to run in"},
    {"ignore-paused", "", FlagType::kBool, "allow this in a paused container"},
};

constexpr Example kExamples[] = {
    {"A shell in the container, on the terminal:", "{} exec --tty web sh"},
    {"Another user, one more variable:", "{} exec --user 1000:1000 --env LANG=C web id"},
    {"As a file describes it, without waiting for the end:",
     "{} exec --detach --process process.json web"},
};

oci::Result<oci::ExecResult> execute(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return runtime.error();
  const std::string& id = call.arguments[0];
  auto options = exec_options(call.flags);
  if (options) options->args.assign(call.arguments.begin() + 1, call.arguments.end());
  const bool no_program = options && options->args.empty() && !options->process;
  if (options && !no_program) return runtime->exec(id, *options);
  // A container that is not there is the first thing to tell.
  if (const auto info = runtime->state(id); !info) return info.error();
  if (!options) return options.error();
  return oci::Error{oci::Code::kInvalidArgument, "exec args cannot be empty", 0, {}, {}};
}

int run_exec(Invocation& call) {
  const auto result = execute(call);
  if (!result) return call.fail(result.error(), kPrefix, kExecFailed);
  return result->exit ? result->exit->shell_code() : 0;
}

}  // namespace

constinit const Command kExec{
    .name = "exec",
    .summary = "run one more process in a container",
    .synopsis = "<container-id> <command> [arguments...]  || -p process.json <container-id>",
    .description =
        "The process gets what the container's own process has: identity, limits, seccomp\n"
        "filter, environment. Flags change single items; a process file changes them all.\n"
        "\n"
        "Options are read up to the container's id; what follows it is the command. The exit\n"
        "code is the command's, or 255 when it could not be run.",
    .examples = kExamples,
    .see_also = "{}-ps(8), {}-run(8), capabilities(7)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = kNoLimit,
    .order = FlagOrder::kBeforeArguments,
    .run = run_exec,
};

}  // namespace ocirun
