// The whole tool: global flags, then one command.
#pragma once

#include <string>
#include <vector>

#include "tools/ocirun/command.h"

namespace ocirun {

std::span<const Flag> global_flags();

// `words` are the command line without the program's name. Returns the exit code.
int run_tool(const Program& program, std::vector<std::string> words);

}  // namespace ocirun
