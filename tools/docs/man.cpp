// Pages for man(1), in the macros of man(7).
#include <cctype>

#include "oci/version.h"
#include "tools/docs/docs.h"
#include "tools/docs/roff.h"
#include "tools/ocirun/app.h"
#include "tools/ocirun/help.h"

namespace ocirun::docs {
namespace {

constexpr std::string_view kGrammar =
    "An option is written --name VALUE, --name=VALUE or with a single dash. One that takes no\n"
    "value is a switch, which can also be written --name=true or --name=false. Options of a\n"
    "command may stand before and behind its arguments; those of \"exec\" and \"ps\" only\n"
    "before them, since what follows the container's id belongs to another program. \"--\"\n"
    "ends the options. One-letter options cannot be joined.\n"
    "\n"
    "Where an option is given twice, the last value counts, unless its description says\n"
    "otherwise. Every command has --help.";

struct Entry {
  std::string_view tag, text;
};

constexpr Entry kFiles[] = {
    {"/run/ocirun",
     "The state of the containers, a directory for each, unless --root names another place."},
    {"config.json",
     "In the bundle: what the container is. The runtime specification describes the file;\n"
     "\"{} spec\" writes one to begin with."},
};

constexpr Entry kEnvironment[] = {
    {"XDG_RUNTIME_DIR",
     "For callers other than root, \"ocirun\" in this directory is the place for the state."},
    {"NOTIFY_SOCKET",
     "\"run\" and \"start\" wait until the container's program says that it is ready, and pass\n"
     "that on to this socket, as sd_notify(3) describes."},
    {"LISTEN_FDS, LISTEN_PID",
     "\"create\" and \"run\" hand the open sockets on to the container, as sd_listen_fds(3)\n"
     "describes."},
};

constexpr Entry kExitStatus[] = {
    {"0", "Success."},
    {"1", "An error; its text is in the log, and on standard error."},
    {"3", "There is no such command."},
    {"255", "An error of \"exec\"."},
    {"others",
     "\"run\" and \"exec\" in the foreground end with the exit status of the program, or with\n"
     "128 and the number of the signal that has ended it."},
};

std::string filled(std::string_view text) { return fill_in(text, kTool); }

std::string page_name(const Command& command) { return kTool + "-" + std::string(command.name); }

Roff begin(const std::string& name, std::string_view summary) {
  std::string title = name;
  for (char& c : title) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  // No date: the same source gives the same page.
  Roff page(title, kTool + " " + oci::version());
  page.section("NAME");
  page.line(Roff::literal(name) + " \\- " + Roff::prose(summary));
  return page;
}

std::string flag_tag(const Flag& flag) {
  std::string out = Roff::bold("--" + std::string(flag.name));
  if (!flag.short_name.empty()) out += ", " + Roff::bold("-" + std::string(flag.short_name));
  if (flag.value.type != FlagType::kBool) out += " " + Roff::italic(flag.value.name);
  return out;
}

void flag_items(Roff& page, std::span<const Flag> flags) {
  for (const Flag& flag : flags) {
    if (flag.hidden) continue;
    std::string text = flag_text(flag);
    text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    text += ".";
    if (!flag.default_text.empty()) text.append(" Default: ").append(flag.default_text).append(".");
    if (flag.repeatable()) text += " Can be given more than once.";
    page.item(flag_tag(flag));
    page.line(Roff::prose(filled(text)));
  }
}

void entries(Roff& page, std::string_view title, std::span<const Entry> list) {
  page.section(title);
  for (const Entry& entry : list) {
    page.item(Roff::bold(entry.tag));
    page.line(Roff::prose(filled(entry.text)));
  }
}

// "a || b" are two lines.
void command_synopsis(Roff& page, const Command& command, bool options) {
  constexpr std::string_view kOr = "  || ";
  std::string_view rest = command.synopsis;
  page.section("SYNOPSIS");
  for (bool first = true, more = true; more; first = false) {
    const std::size_t at = rest.find(kOr);
    more = at != std::string_view::npos;
    std::string line =
        Roff::bold(kTool) + " [" + Roff::italic("global options") + "] " + Roff::bold(command.name);
    if (options) line += " [" + Roff::italic("options") + "]";
    line += " " + Roff::literal(rest.substr(0, at));
    while (line.back() == ' ') line.pop_back();
    if (!first) page.line(".br");
    page.line(line);
    if (more) rest.remove_prefix(at + kOr.size());
  }
}

void example_section(Roff& page, std::span<const Example> examples) {
  if (examples.empty()) return;
  page.section("EXAMPLES");
  for (const Example& example : examples) {
    page.paragraphs(filled(example.purpose));
    page.shell(filled(example.lines));
  }
}

}  // namespace

std::string command_page(const Command& command) {
  Roff page = begin(page_name(command), filled(command.summary));
  const bool options = any_visible(command.flags);
  command_synopsis(page, command, options);
  page.section("DESCRIPTION");
  page.paragraphs(filled(command.description));
  if (options) {
    page.section("OPTIONS");
    flag_items(page, command.flags);
  }
  example_section(page, command.examples);
  page.section("SEE ALSO");
  page.references(kTool + "(8)" +
                  (command.see_also.empty() ? "" : ", " + filled(command.see_also)));
  return page.text();
}

std::string tool_page() {
  Roff page = begin(kTool, "OCI container runtime");
  page.section("SYNOPSIS");
  page.line(Roff::bold(kTool) + " [" + Roff::italic("global options") + "] " +
            Roff::italic("command") + " [" + Roff::italic("options") + "] [" +
            Roff::italic("arguments") + "...]");
  page.section("DESCRIPTION");
  page.paragraphs(filled(kAbout));
  page.paragraphs(kGrammar);
  page.section("COMMANDS");
  for (const Command* command : commands()) {
    page.item(Roff::bold(page_name(*command)) + "(8)");
    page.line(Roff::prose(filled(command->summary)));
  }
  page.section("GLOBAL OPTIONS");
  flag_items(page, global_flags());
  entries(page, "FILES", kFiles);
  entries(page, "ENVIRONMENT", kEnvironment);
  entries(page, "EXIT STATUS", kExitStatus);
  page.section("SEE ALSO");
  std::string others;
  for (const Command* command : commands()) others += page_name(*command) + "(8), ";
  page.references(others + "cgroups(7), namespaces(7)");
  return page.text();
}

}  // namespace ocirun::docs
