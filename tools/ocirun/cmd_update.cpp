#include "oci/parse.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/read_file.h"
#include "tools/ocirun/update_options.h"

namespace ocirun {
namespace {

constexpr Value kCount{FlagType::kString, "N"};
constexpr Value kMicroseconds{FlagType::kString, "USEC"};
constexpr Value kList{FlagType::kString, "LIST"};
constexpr Value kBytes{FlagType::kString, "BYTES"};
constexpr Value kSchema{FlagType::kString, "SCHEMA"};

constexpr Flag kFlags[] = {
    {"resources", "r", kFile,
     "take the limits from this JSON file, \"-\" for standard input, and from no other flag"},
    {"blkio-weight", "", kNumber, "share of block I/O, 10 to 1000", "0"},
    {"cpu-period", "", kMicroseconds, "length of a period in microseconds"},
    {"cpu-quota", "", kMicroseconds, "CPU time in a period in microseconds; -1 for no limit"},
    {"cpu-burst", "", kMicroseconds, "unused CPU time that later periods may use, in microseconds"},
    {"cpu-share", "", kCount, "share of CPU time, relative to other containers"},
    {"cpu-rt-period", "", kMicroseconds, "length of a realtime period in microseconds"},
    {"cpu-rt-runtime", "", kMicroseconds, "realtime CPU time in a period in microseconds"},
    {"cpuset-cpus", "", kList, "CPUs to run on: 0-3,7"},
    {"cpuset-mems", "", kList, "memory nodes to use: 0-1"},
    {"kernel-memory", "", kBytes, "accepted for old callers, without effect", "", true},
    {"kernel-memory-tcp", "", kBytes, "accepted for old callers, without effect", "", true},
    {"memory", "", kBytes, "memory in bytes, or 512m, 2g, ...; -1 for no limit"},
    {"memory-reservation", "", kBytes, "memory to be left to it when memory is short"},
    {"memory-swap", "", kBytes, "memory and swap together; -1 for no limit of swap"},
    {"pids-limit", "", kNumber, "number of processes and threads; -1 for no limit", "0"},
    {"l3-cache-schema", "", kSchema, "share of the level 3 cache (Intel RDT)"},
    {"mem-bw-schema", "", kSchema, "share of memory bandwidth (Intel RDT)"},
    {"cpu-idle", "", kCount, "1: run only when nothing else wants to, 0: as usual"},
};

constexpr Example kExamples[] = {
    {"Half a CPU and half a gigabyte:",
     "{} update --cpu-period 100000 --cpu-quota 50000 --memory 512m web"},
    {"The same as JSON:",
     "echo '{\"memory\": {\"limit\": 536870912}, \"cpu\": {\"quota\": 50000, \"period\": 100000}}' "
     "|\n"
     "  {} update --resources - web"},
};

oci::Result<oci::spec::Resources> requested(Invocation& call) {
  const std::string& path = call.flags.text("resources");
  if (path.empty()) return update_resources(call.flags);
  const auto text =
      path == "-" ? read_stdin(oci::kMaxDocumentBytes) : read_file(path, oci::kMaxDocumentBytes);
  if (!text) return text.error();
  return oci::parse_resources(*text);
}

int run_update(Invocation& call) {
  auto runtime = call.open_runtime();
  if (!runtime) return call.fail(runtime.error());
  const std::string& id = call.arguments[0];
  // A container that is not there is the first thing to tell.
  if (const auto info = runtime->state(id); !info) return call.fail(info.error());
  const auto resources = requested(call);
  if (!resources) return call.fail(resources.error());
  const oci::RdtChange rdt{call.flags.text("l3-cache-schema"), call.flags.text("mem-bw-schema")};
  const oci::Status status = runtime->update(id, *resources, rdt);
  return status ? 0 : call.fail(status.error());
}

}  // namespace

constinit const Command kUpdate{
    .name = "update",
    .summary = "change the limits of a container",
    .synopsis = "<container-id>",
    .description =
        "What is not given stays as it is. Where one value is refused, none is changed.\n"
        "\n"
        "The JSON of --resources has the form of \"linux.resources\" in config.json. Rules for\n"
        "devices in it have no effect.",
    .examples = kExamples,
    .see_also = "{}-events(8), cgroups(7)",
    .flags = kFlags,
    .operands = kContainer,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_update,
};

}  // namespace ocirun
