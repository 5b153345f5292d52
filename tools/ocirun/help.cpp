#include "tools/ocirun/help.h"

#include <algorithm>

#include "oci/version.h"
#include "tools/ocirun/tabwriter.h"

namespace ocirun {
namespace {

std::string flag_synopsis(const Flag& flag) {
  std::string value;
  if (flag.value.type != FlagType::kBool) (value = " ") += flag.value.name;
  std::string out = "--";
  out.append(flag.name).append(value);
  if (!flag.short_name.empty()) out.append(", -").append(flag.short_name).append(value);
  return out;
}

// Two columns, three spaces in; the gap between them is two.
std::string columns(std::vector<Row> rows) {
  for (Row& row : rows) row[0].insert(0, "   ");
  return table_text(rows, 0, 2);
}

std::string flag_list(std::span<const Flag> flags) {
  std::vector<Row> rows;
  for (const Flag& flag : flags) {
    if (flag.hidden) continue;
    std::string text = flag_text(flag);
    if (!flag.default_text.empty())
      text.append(" (default: ").append(flag.default_text).append(")");
    rows.push_back({flag_synopsis(flag), std::move(text)});
  }
  return columns(std::move(rows));
}

// Lines of a shell; an indented one goes on with the one before.
std::string shell_lines(std::string_view lines) {
  std::string out;
  while (!lines.empty()) {
    const std::string_view line = take_line(lines);
    out.append("       ").append(line.starts_with(' ') ? "" : "# ").append(line).append("\n");
  }
  return out;
}

std::string example_list(std::span<const Example> examples) {
  std::string out;
  for (const Example& example : examples)
    out.append("   ").append(example.purpose).append("\n").append(shell_lines(example.lines));
  return out;
}

}  // namespace

constinit const std::string_view kAbout =
    "{} runs containers by the Open Container Initiative's runtime specification.\n"
    "\n"
    "A container is made from a bundle: a directory with a file \"config.json\" that\n"
    "describes it and, as a rule, the file system it shall see. To make a bundle's\n"
    "container and run it until it ends:\n"
    "\n"
    "    # {} run -b <bundle> <container-id>\n"
    "\n"
    "The id is a name of your choice that no other container of the same state root\n"
    "has. Without -b the bundle is the current directory.\n";

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

bool any_visible(std::span<const Flag> flags) {
  return std::any_of(flags.begin(), flags.end(), [](const Flag& flag) { return !flag.hidden; });
}

std::string fill_in(std::string_view text, const std::string& name) {
  std::string out;
  for (std::size_t at; (at = text.find("{}")) != std::string_view::npos;
       text.remove_prefix(at + 2)) {
    out += text.substr(0, at);
    out += name;
  }
  return out += text;
}

std::string flag_text(const Flag& flag) {
  std::string out(flag.help);
  const Choices words = flag.value.choices;
  for (std::size_t i = 0; i < words.size(); ++i) {
    out += i == 0 ? ": " : i + 1 == words.size() ? " or " : ", ";
    out += words[i];
  }
  return out;
}

std::string version_text(const Program& program) {
  const std::string_view commit = oci::commit();
  std::string out = program.name + " version " + oci::version();
  // Engines look for the line; it is there even where the commit is not known.
  out.append("\ncommit: ").append(commit.empty() ? "unknown" : commit);
  out.append("\nspec: ").append(oci::kSpecVersion);
  return out.append("\nlibseccomp: ").append(oci::libseccomp_version()).append("\n");
}

std::string command_help(const Program& program, const Command& command) {
  const std::string name = program.name + " " + std::string(command.name);
  std::string out = "NAME:\n   " + name + " - " + fill_in(command.summary, program.name);
  out += "\n\nUSAGE:\n   " + name;
  if (any_visible(command.flags)) out += " [command options]";
  if (!command.synopsis.empty()) out.append(" ").append(command.synopsis);
  out += "\n";
  if (!command.description.empty())
    out += "\nDESCRIPTION:\n   " + fill_in(command.description, program.name) + "\n";
  if (!command.examples.empty())
    out += "\nEXAMPLES:\n" + fill_in(example_list(command.examples), program.name);
  if (any_visible(command.flags)) out += "\nOPTIONS:\n" + flag_list(command.flags);
  return out;
}

std::string program_help(const Program& program, std::span<const Flag> global) {
  std::vector<Row> rows;
  for (const Command* command : commands()) {
    const std::string names = std::string(command->name) + (command == &kHelp ? ", h" : "");
    rows.push_back({names, fill_in(command->summary, program.name)});
  }
  std::string version = version_text(program);
  version.erase(0, version.find(" version ") + std::string_view(" version ").size());
  return "NAME:\n   " + program.name + " - OCI container runtime\n\n" +
         fill_in(kAbout, program.name) + "\nUSAGE:\n   " + program.name +
         " [global options] command [command options] [arguments...]\n\nVERSION:\n   " + version +
         "\nCOMMANDS:\n" + columns(std::move(rows)) + "\nGLOBAL OPTIONS:\n" + flag_list(global);
}

}  // namespace ocirun
