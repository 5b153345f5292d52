#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/read_file.h"

namespace ocirun {
namespace {

constexpr std::string_view kVerbs[] = {"add", "remove"};
constexpr Value kOperands[] = {
    {"add|remove", kVerbs}, {FlagType::kString, "container-id", Offer::kContainers}, kFile};
constexpr Example kExamples[] = {
    {"Give a running container a directory of the host:",
     "echo '[{\"destination\": \"/data\", \"type\": \"bind\", \"source\": \"/srv/data\",\n"
     "       \"options\": [\"bind\", \"ro\"]}]' >data.json\n"
     "{} mounts add web data.json"},
};

int run_mounts(Invocation& call) {
  const std::string &verb = call.arguments[0], &id = call.arguments[1], &path = call.arguments[2];
  if (verb != "add" && verb != "remove")
    return call.fail({oci::Code::kInvalidArgument, "unknown command " + verb, 0, verb, {}});
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  // A container that is not there is the first thing to tell.
  if (const auto info = runtime->state(id); !info) return call.fail(info.error());
  const auto text =
      path == "-" ? read_stdin(oci::kMaxDocumentBytes) : read_file(path, oci::kMaxDocumentBytes);
  if (!text) return call.fail(text.error());
  const auto mounts = oci::parse_mounts(*text);
  if (!mounts) return call.fail(mounts.error());
  const oci::Status status =
      verb == "add" ? runtime->add_mounts(id, *mounts) : runtime->remove_mounts(id, *mounts);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kMounts{
    .name = "mounts",
    .summary = "mount something into a running container, or unmount it",
    .synopsis = "add|remove <container-id> <file>",
    .description =
        "The file has a JSON array like the member \"mounts\" of a \"config.json\"; \"-\" is\n"
        "standard input. \"add\" mounts all of them or nothing; sources are paths of the\n"
        "host. \"remove\" unmounts what is on top at each destination. No symbolic link in\n"
        "the container is followed.",
    .examples = kExamples,
    .see_also = "{}-create(8), mount(8)",
    .operands = kOperands,
    .min_arguments = 3,
    .max_arguments = 3,
    .run = run_mounts,
};

}  // namespace ocirun
