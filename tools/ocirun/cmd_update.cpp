#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/read_file.h"
#include "tools/ocirun/update_options.h"

namespace ocirun {
namespace {

constexpr Flag kFlags[] = {
    {"resources", "r", FlagType::kString,
     "take the limits from this JSON file, \"-\" for standard input, and from no other flag"},
    {"blkio-weight", "", FlagType::kInt, "share of block I/O, 10 to 1000", "0"},
    {"cpu-period", "", FlagType::kString, "length of a period in microseconds"},
    {"cpu-quota", "", FlagType::kString, "CPU time in a period in microseconds; -1 for no limit"},
    {"cpu-burst", "", FlagType::kString,
     "unused CPU time that later periods may use, in microseconds"},
    {"cpu-share", "", FlagType::kString, "share of CPU time, relative to other containers"},
    {"cpu-rt-period", "", FlagType::kString, "length of a realtime period in microseconds"},
    {"cpu-rt-runtime", "", FlagType::kString, "realtime CPU time in a period in microseconds"},
    {"cpuset-cpus", "", FlagType::kString, "CPUs to run on: 0-3,7"},
    {"cpuset-mems", "", FlagType::kString, "memory nodes to use: 0-1"},
    {"kernel-memory", "", FlagType::kString, "accepted for old callers, without effect", "", true},
    {"kernel-memory-tcp", "", FlagType::kString, "accepted for old callers, without effect", "",
     true},
    {"memory", "", FlagType::kString, "memory in bytes, or 512m, 2g, ...; -1 for no limit"},
    {"memory-reservation", "", FlagType::kString, "memory to be left to it when memory is short"},
    {"memory-swap", "", FlagType::kString, "memory and swap together; -1 for no limit of swap"},
    {"pids-limit", "", FlagType::kInt, "number of processes and threads; -1 for no limit", "0"},
    {"l3-cache-schema", "", FlagType::kString, "share of the level 3 cache (Intel RDT)"},
    {"mem-bw-schema", "", FlagType::kString, "share of memory bandwidth (Intel RDT)"},
    {"cpu-idle", "", FlagType::kString, "1: run only when nothing else wants to, 0: as usual"},
};

oci::Result<oci::spec::Resources> requested(Invocation& call) {
  const std::string& path = call.flags.text("resources");
  if (path.empty()) return update_resources(call.flags);
  const auto text =
      path == "-" ? read_stdin(oci::kMaxDocumentBytes) : read_file(path, oci::kMaxDocumentBytes);
  if (!text) return text.error();
  return oci::parse_resources(*text);
}

oci::Status check_rdt(const FlagValues& flags) {
  const auto refused = [](const char* text, const char* flag) {
    return oci::Error{oci::Code::kUnsupported, text, 0, flag, {}};
  };
  if (!flags.text("l3-cache-schema").empty())
    return refused("Intel RDT/CAT: l3 cache schema is not enabled", "--l3-cache-schema");
  if (!flags.text("mem-bw-schema").empty())
    return refused("Intel RDT/MBA: memory bandwidth schema is not enabled", "--mem-bw-schema");
  return {};
}

int run_update(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const std::string& id = call.arguments[0];
  // A container that is not there is the first thing to tell.
  if (const auto info = runtime->state(id); !info) return call.fail(info.error());
  const auto resources = requested(call);
  if (!resources) return call.fail(resources.error());
  if (const auto status = check_rdt(call.flags); !status) return call.fail(status.error());
  const oci::Status status = runtime->update(id, *resources);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

const Command kUpdate{
    .name = "update",
    .summary = "change the limits of a container",
    .synopsis = "<container-id>",
    .description =
        "What is not given stays as it is. Where one value is refused, none is changed.\n"
        "\n"
        "The JSON of --resources has the form of \"linux.resources\" in config.json:\n"
        "\n"
        "   {\"memory\": {\"limit\": 536870912}, \"cpu\": {\"quota\": 50000, \"period\": 100000}}\n"
        "\n"
        "Rules for devices in it have no effect.",
    .flags = kFlags,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_update,
};

}  // namespace ocirun
