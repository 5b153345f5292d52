#include "tools/ocirun/criu_flags.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    {"image-path", "", kDirectory, "directory for the images, made if missing", "\"checkpoint\""},
    kWorkPathFlag,
    {"parent-path", "", kDirectory,
     "images of an earlier --pre-dump, as seen from those of this checkpoint"},
    {"leave-running", "", FlagType::kBool, "let the container go on"},
    kTcpEstablishedFlag,
    {"tcp-skip-in-flight", "", FlagType::kBool,
     "leave out TCP connections that are not accepted yet"},
    {"link-remap", "", FlagType::kBool, "also files that were deleted but have other names"},
    kExtUnixSkFlag,
    kShellJobFlag,
    kLazyPagesFlag,
    {"status-fd",
     "",
     {FlagType::kInt, "FD"},
     "descriptor that gets a NUL byte when --lazy-pages is ready to be asked",
     "-1"},
    {"page-server",
     "",
     {FlagType::kString, "ADDRESS:PORT"},
     "send memory pages to this CRIU page server"},
    kFileLocksFlag,
    {"pre-dump", "", FlagType::kBool,
     "save the memory only and let the container go on; a checkpoint with --parent-path follows"},
    kManageCgroupsFlag,
    kEmptyNsFlag,
    kAutoDedupFlag,
    kNetworkLockFlag,
};

constexpr Example kExamples[] = {
    {"Save a container, which ends with that, and go on later:",
     "{} checkpoint --image-path /var/tmp/web web\n"
     "{} restore --detach --image-path /var/tmp/web --bundle /containers/web web"},
    {"Stop for a short time only, most of the memory being saved before:",
     "{} checkpoint --pre-dump --image-path /var/tmp/web/1 web\n"
     "{} checkpoint --parent-path ../1 --image-path /var/tmp/web/2 web"},
};

oci::Status fill_page_server(const std::string& text, oci::CheckpointOptions& options) {
  if (text.empty()) return {};
  const auto refuse = [](const char* why) {
    return oci::Error{oci::Code::kInvalidArgument, why, 0, "--page-server", {}};
  };
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == text.size() ||
      text.find(':', colon + 1) != std::string::npos)
    return refuse("Use --page-server ADDRESS:PORT to specify page server");
  const auto port = parse_int(text.substr(colon + 1), 10);
  if (port.error || port.value < 1 || port.value > 65535) return refuse("Invalid port number");
  options.page_server_address = text.substr(0, colon);
  options.page_server_port = static_cast<int>(port.value);
  return {};
}

int run_checkpoint(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const std::string& id = call.arguments[0];
  // A container that is not there is the first thing to tell.
  if (const auto info = runtime->state(id); !info) return call.fail(info.error());
  oci::CheckpointOptions options;
  if (const auto s = fill_criu_options(call.flags, options); !s) return call.fail(s.error());
  if (const auto s = fill_page_server(call.flags.text("page-server"), options); !s)
    return call.fail(s.error());
  options.parent_path = call.flags.text("parent-path");
  options.leave_running = call.flags.on("leave-running");
  options.pre_dump = call.flags.on("pre-dump");
  options.tcp_skip_in_flight = call.flags.on("tcp-skip-in-flight");
  options.link_remap = call.flags.on("link-remap");
  if (call.flags.is_set("status-fd")) options.status_fd = call.flags.integer("status-fd");
  const oci::Status status = runtime->checkpoint(id, options);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kCheckpoint{
    .name = "checkpoint",
    .summary = "save the processes of a running container",
    .synopsis = "<container-id>",
    .description =
        "CRIU, which must be installed, writes images of all processes of the container. The\n"
        "container ends with that and is deleted, unless --leave-running or --pre-dump is\n"
        "given. \"{} restore\" makes it anew.\n"
        "\n"
        "CRIU's log is \"dump.log\" in the directory of --work-path or --image-path. Its\n"
        "options can be set in /etc/criu/runc.conf.",
    .examples = kExamples,
    .see_also = "{}-restore(8), criu(8)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_checkpoint,
};

}  // namespace ocirun
