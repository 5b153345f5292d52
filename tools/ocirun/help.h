// Help texts, made from the same tables that the command line is parsed with.
#pragma once

#include <string>

#include "tools/ocirun/command.h"

namespace ocirun {

// What --version prints.
std::string version_text(const Program& program);
std::string command_help(const Program& program, const Command& command);
// `global` is the table of the global flags.
std::string program_help(const Program& program, std::span<const Flag> global);

}  // namespace ocirun
