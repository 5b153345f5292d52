// Help texts, made from the same tables that the command line is parsed with, and the parts of them
// that man pages and completions share.
#pragma once

#include <string>

#include "tools/ocirun/command.h"

namespace ocirun {

// What the tool is, in paragraphs.
extern const std::string_view kAbout;

// `text` with the name in the place of each `{}`.
std::string fill_in(std::string_view text, const std::string& name);
// Takes the first line off, without its newline.
std::string_view take_line(std::string_view& text);
bool any_visible(std::span<const Flag> flags);
// What a flag is for: its help with the words that it takes, without its default.
std::string flag_text(const Flag& flag);

// What --version prints.
std::string version_text(const Program& program);
std::string command_help(const Program& program, const Command& command);
// `global` is the table of the global flags.
std::string program_help(const Program& program, std::span<const Flag> global);

}  // namespace ocirun
