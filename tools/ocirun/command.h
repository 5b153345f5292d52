// What a command is: its table of flags, its rules and the function that carries it out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oci/check.h"
#include "oci/result.h"
#include "oci/runtime.h"
#include "tools/ocirun/flags.h"
#include "tools/ocirun/log.h"

namespace ocirun {

// How this process was called.
struct Program {
  std::string path;  // argv[0] as it is; what ps(1) shows of a waiting init
  std::string name;  // its last component: messages, --version and help carry it
};

struct Invocation;

inline constexpr unsigned kNoLimit = ~0u;

// A command line worth knowing. `{}` stands for the program's name in all texts of a command.
struct Example {
  std::string_view purpose;  // ends in a colon
  std::string_view lines;
};

struct Command {
  std::string_view name = {};
  std::string_view summary = {};      // one line
  std::string_view synopsis = {};     // the arguments, as help shows them
  std::string_view description = {};  // paragraphs; an indented one is shown line by line
  std::span<const Example> examples = {};
  std::string_view see_also = {};  // man pages beside that of the tool: "{}-start(8), ps(1)"
  std::span<const Flag> flags = {};
  std::span<const Value> operands = {};  // what the arguments are, as far as completions can tell
  unsigned min_arguments = 0;
  unsigned max_arguments = 0;
  FlagOrder order = FlagOrder::kAnywhere;
  int (*run)(Invocation&) = nullptr;  // returns the exit code
};

// Of `list` and `ps`.
inline constexpr std::string_view kFormats[] = {"table", "json"};
inline constexpr Flag kFormatFlag{
    "format", "f", {"FORMAT", kFormats}, "form of the output", "\"table\""};

inline constexpr Value kNewContainer[] = {{FlagType::kString, "container-id"}};
inline constexpr Value kContainer[] = {{FlagType::kString, "container-id", Offer::kContainers}};

// In the order of help.
std::span<const Command* const> commands();
// Null when there is none. "h" is "help".
const Command* find_command(std::string_view name);

// Ok, or `<argv0>: "create" requires exactly 1 argument(s)`.
oci::Status check_arguments(const Program& program, const Command& command, std::size_t count);

// One call of a command.
struct Invocation {
  const Program& program;
  const Command& command;
  Log& log;
  FlagValues global;
  FlagValues flags;
  std::vector<std::string> arguments;

  // Reports the error, behind `prefix`, and gives `code` back: `return call.fail(...);`.
  int fail(oci::Error error, std::string_view prefix = {}, int code = 1);
  // The Runtime that the global flags describe. `strict`: a bad --rootless is an error.
  oci::Result<oci::Runtime> open_runtime(bool strict = false);
  // What the global flags, --bundle and --no-pivot say for a look at a bundle.
  oci::Result<oci::CheckOptions> check_options() const;
};

extern const Command kCheck, kCheckpoint, kCreate, kDelete, kEvents, kExec, kFeatures, kHelp, kKill,
    kList, kMounts, kPause, kPlan, kPs, kRestore, kResume, kRun, kSpec, kStart, kState, kUpdate;

}  // namespace ocirun
