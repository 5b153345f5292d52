// Man pages and completions, made from the tables that ocirun parses its command line with.
#pragma once

#include <string>
#include <vector>

#include "tools/ocirun/command.h"

namespace ocirun::docs {

inline const std::string kTool = "ocirun";

// Where flags stand: before the command, or behind it.
struct Level {
  std::string_view command;  // empty before the command
  std::vector<Flag> flags;   // hidden ones too: a walk over a line has to know them
  FlagOrder order = FlagOrder::kBeforeArguments;
  std::span<const Value> operands = {};
};
// That of the global flags, then one for each command, with --help.
std::vector<Level> levels();

// Complete texts of files, with their newline.
std::string tool_page();
std::string command_page(const Command& command);
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace ocirun::docs
