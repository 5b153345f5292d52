#include "tools/ocirun/criu_flags.h"
#include "tools/ocirun/launch.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    kConsoleSocketFlag,
    {"image-path", "", kDirectory, "directory of the images", "\"checkpoint\""},
    kWorkPathFlag,
    kTcpEstablishedFlag,
    kExtUnixSkFlag,
    kShellJobFlag,
    kFileLocksFlag,
    kManageCgroupsFlag,
    kBundleFlag,
    kDetachFlag,
    kPidFileFlag,
    {"no-subreaper", "", FlagType::kBool, "do not become the reaper of the container's orphans"},
    {"no-pivot", "", FlagType::kBool, "accepted for old callers, without effect", "", true},
    kEmptyNsFlag,
    kAutoDedupFlag,
    kLazyPagesFlag,
    kNetworkLockFlag,
    {"tcp-close", "", FlagType::kBool,
     "established TCP connections of the images come back closed"},
    {"lsm-profile",
     "",
     {FlagType::kString, "TYPE:NAME"},
     "AppArmor or SELinux profile of the processes, instead of the one they had"},
    {"lsm-mount-context",
     "",
     {FlagType::kString, "CONTEXT"},
     "SELinux context of the mounts, instead of the one they had"},
};

constexpr Example kExamples[] = {
    {"Go on where a checkpoint was made, in the background:",
     "{} restore --detach --image-path /var/tmp/web --bundle /containers/web web"},
};

int run_restore(Invocation& call) {
  auto runtime = call.open_runtime(true);
  if (!runtime) return call.fail(runtime.error());
  oci::RestoreOptions options;
  if (const auto s = fill_criu_options(call.flags, options); !s) return call.fail(s.error());
  options.bundle = call.flags.text("bundle");
  options.pid_file = call.flags.text("pid-file");
  options.console_socket = call.flags.text("console-socket");
  options.detach = call.flags.on("detach");
  options.no_subreaper = call.flags.on("no-subreaper");
  options.tcp_close = call.flags.on("tcp-close");
  options.lsm_profile = call.flags.text("lsm-profile");
  options.lsm_mount_context = call.flags.text("lsm-mount-context");
  const auto status = runtime->restore(call.arguments[0], options);
  return status ? status->shell_code() : call.fail(status.error());
}

}  // namespace

constinit const Command kRestore{
    .name = "restore",
    .summary = "make a container from a checkpoint",
    .synopsis = "<container-id>",
    .description =
        "Makes the container that the bundle's \"config.json\" describes, with the processes\n"
        "that \"{} checkpoint\" has saved, as they were. Then it waits for the end and\n"
        "deletes the container, as \"{} run\" does, unless --detach is given. The id must\n"
        "not be in use; it need not be the one of the saved container.\n"
        "\n"
        "Sources of bind mounts are those of the bundle, and network devices are the caller's\n"
        "to make. CRIU's log is \"restore.log\" in the directory of --work-path or --image-path.",
    .examples = kExamples,
    .see_also = "{}-checkpoint(8), {}-run(8), criu(8)",
    .flags = kFlags,
    .operands = kNewContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_restore,
};

}  // namespace ocirun
