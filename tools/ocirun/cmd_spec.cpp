#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "oci/fd.h"
#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/go_text.h"
#include "tools/ocirun/launch.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr char kFile[] = "config.json";

constexpr Flag kFlags[] = {
    kBundleFlag,
    {"rootless", "", FlagType::kBool, "a configuration that needs no root privileges"},
};

constexpr Example kExamples[] = {
    {"A bundle with a busybox in it, and a shell in the container:",
     "mkdir -p web/rootfs/bin && cd web\n"
     "cp /bin/busybox rootfs/bin/sh\n"
     "{} spec\n"
     "{} run web"},
};

// In the unified hierarchy this file is in every cgroup, the root included. cgroups(7)
bool unified_cgroups() { return ::access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0; }

oci::Status write_spec(const std::string& bundle, const std::string& text) {
  const std::string where = bundle.empty() ? "." : bundle;
  const oci::UniqueFd dir(::open(where.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!dir) return path_error("chdir", where, errno);
  // O_EXCL: a link or a file that somebody made is never written through.
  const oci::UniqueFd file(
      ::openat(dir.get(), kFile, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file && errno == EEXIST)
    return oci::Error{
        oci::Code::kAlreadyExists, "File config.json exists. Remove it first", EEXIST, kFile, {}};
  if (!file) return path_error("open", kFile, errno);
  if (const int failed = write_all(file.get(), text)) return path_error("write", kFile, failed);
  return {};
}

int run_spec(Invocation& call) {
  const std::string text =
      oci::default_config(unified_cgroups(), call.flags.on("rootless"), ::geteuid(), ::getegid());
  const oci::Status status = write_spec(call.flags.text("bundle"), text);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kSpec{
    .name = "spec",
    .summary = "write a config.json to begin with",
    .description =
        "Writes \"config.json\" into the bundle's directory: a container that runs \"sh\" on a\n"
        "terminal, in the file system found in \"rootfs\". Change args, mounts and limits as\n"
        "needed. An existing file is left alone.\n"
        "\n"
        "With --rootless the file suits an unprivileged user: the container gets a user\n"
        "namespace in which that user is root.",
    .examples = kExamples,
    .see_also = "{}-run(8), {}-features(8)",
    .flags = kFlags,
    .run = run_spec,
};

}  // namespace ocirun
