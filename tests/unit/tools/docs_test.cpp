// Help, man pages and completions against the tables that they are made from.
#include "tools/docs/docs.h"

#include <boost/test/unit_test.hpp>

#include "oci/parse.h"
#include "oci/signals.h"
#include "tests/unit/tools/capture.h"
#include "tools/docs/roff.h"
#include "tools/ocirun/app.h"
#include "tools/ocirun/help.h"

using namespace ocirun;

namespace {

const Program kProgram{"/x/ocirun", "ocirun"};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The lines of `text` that begin so; a completion names the command there.
std::string lines_that_begin(const std::string& text, const std::string& begin) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (text.compare(at, begin.size(), begin) == 0) out += text.substr(at, end - at);
    at = end;
  }
  return out;
}

// The part of the zsh completion that belongs to the command.
std::string zsh_part(const std::string& text, const std::string& command) {
  if (command.empty()) return text.substr(0, text.find("*:: :->arguments"));
  const std::size_t at = text.find("\n    " + command + (command == "help" ? " | h" : "") + ")\n");
  return at == std::string::npos ? "" : text.substr(at, text.find(";;", at) - at);
}

struct Documents {
  std::string help, man, bash, zsh, fish;
};

Documents documents_of(const std::string& name) {
  const Command* command = find_command(name);
  const std::string condition = "complete -c ocirun -n '__ocirun_flags ";
  Documents out;
  out.help =
      name.empty() ? program_help(kProgram, global_flags()) : command_help(kProgram, *command);
  out.man = name.empty() ? docs::tool_page() : docs::command_page(*command);
  out.bash = lines_that_begin(docs::bash_completion(), "    '" + name + "') found='flags ");
  out.zsh = zsh_part(docs::zsh_completion(), name);
  out.fish =
      lines_that_begin(docs::fish_completion(), condition + (name.empty() ? "\"\"" : name) + "'");
  return out;
}

void check_visible(const Flag& flag, const Documents& in) {
  const std::string name(flag.name);
  BOOST_TEST(contains(in.bash + " ", " --" + name));
  BOOST_TEST(contains(in.zsh, ")--" + name) != contains(in.zsh, "'*--" + name));
  BOOST_TEST(contains(in.fish, "-l " + name + " "));
  if (!flag.short_name.empty()) {
    const std::string letter(flag.short_name);
    BOOST_TEST(contains(in.bash, " -" + letter + " ") != contains(in.bash, " -" + letter + "'"));
    BOOST_TEST(contains(in.fish, " -s " + letter + " "));
  }
  // Help of a single command does not speak of itself.
  if (name == "help") return;
  BOOST_TEST(contains(in.help, "\n   --" + name));
  BOOST_TEST(contains(in.man, "\\fB" + docs::Roff::literal("--" + name) + "\\fP"));
  for (const std::string_view word : flag.value.choices) {
    BOOST_TEST(contains(in.help, std::string(word)));
    BOOST_TEST(contains(in.fish, std::string(word)));
  }
}

void check_hidden(const Flag& flag, const Documents& in) {
  const std::string name(flag.name);
  BOOST_TEST(!contains(in.help, "--" + name + " "));
  BOOST_TEST(!contains(in.man, docs::Roff::literal("--" + name) + "\\fP"));
  BOOST_TEST(!contains(in.bash, " --" + name + " "));
  BOOST_TEST(!contains(in.fish, "-l " + name + " "));
  BOOST_TEST(contains(in.zsh, "'!(--" + name));
}

Captured call(std::vector<std::string> words) {
  return capture([&] { return run_tool(kProgram, std::move(words)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(docs_from_tables)

BOOST_AUTO_TEST_CASE(every_flag_is_everywhere) {
  for (const docs::Level& level : docs::levels()) {
    BOOST_TEST_CONTEXT("command " << level.command) {
      const Documents documents = documents_of(std::string(level.command));
      for (const Flag& flag : level.flags) {
        BOOST_TEST_CONTEXT("flag " << flag.name) {
          if (flag.hidden)
            check_hidden(flag, documents);
          else
            check_visible(flag, documents);
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_command_is_everywhere) {
  const std::string help = program_help(kProgram, global_flags()), man = docs::tool_page();
  const std::string bash = docs::bash_completion(), fish = docs::fish_completion();
  const std::string zsh = docs::zsh_completion();
  for (const Command* command : commands()) {
    const std::string name(command->name);
    BOOST_TEST_CONTEXT(name) {
      BOOST_TEST(contains(help, "\n   " + name));
      BOOST_TEST(contains(man, "\n\\fBocirun\\-" + name + "\\fP(8)\n"));
      BOOST_TEST(contains(man, "\n.BR ocirun\\-" + name + " (8)"));
      BOOST_TEST(contains(bash, " " + name));
      BOOST_TEST(contains(zsh, "\n    '" + name + ":"));
      BOOST_TEST(contains(fish, "__ocirun_argument \"\" 1' -a " + name + " -d "));
    }
  }
}

// What help and completions need to know of a command.
BOOST_AUTO_TEST_CASE(commands_are_described) {
  for (const Command* command : commands()) {
    BOOST_TEST_CONTEXT(command->name) {
      BOOST_TEST(!command->summary.empty());
      BOOST_TEST(!command->description.empty());
      BOOST_TEST(command->operands.size() >= std::min(command->min_arguments, 1u));
      BOOST_TEST(command->operands.size() <= command->max_arguments);
      const std::string page = docs::command_page(*command);
      for (const Example& example : command->examples) {
        BOOST_TEST((example.purpose.ends_with(':') || example.purpose.ends_with('?')));
        BOOST_TEST(contains(command_help(kProgram, *command), std::string(example.purpose)));
        BOOST_TEST(contains(page, docs::Roff::prose(example.purpose)));
      }
      // Pages of our own exist.
      for (std::size_t at = 0; (at = page.find(".BR ocirun\\-", at)) != std::string::npos; ++at) {
        const std::string other = page.substr(at + 12, page.find(' ', at + 4) - at - 12);
        BOOST_TEST((find_command(other) != nullptr), other);
      }
    }
  }
}

// Examples are lines that the parser takes.
BOOST_AUTO_TEST_CASE(examples_parse) {
  for (const Command* command : commands()) {
    const std::string call = "ocirun " + std::string(command->name);
    for (const Example& example : command->examples) {
      const std::string text = fill_in(example.lines, "ocirun");
      BOOST_TEST_CONTEXT(text) {
        std::size_t at = text.find("ocirun ");
        BOOST_REQUIRE(at != std::string::npos);
        BOOST_TEST(contains(text, std::string(command->name)));
        if ((at = text.find(call)) == std::string::npos) continue;
        std::vector<std::string> words;
        std::istringstream rest(
            text.substr(at + call.size(), text.find_first_of("\n|", at) - at - call.size()));
        for (std::string word; rest >> word;) words.push_back(word);
        const auto line = parse_line(command->flags, words, command->order);
        BOOST_REQUIRE(line.ok());
        BOOST_TEST(check_arguments(kProgram, *command, line->arguments.size()).ok());
      }
    }
  }
}

// The words in the tables are the words that the tool takes, and no others.
BOOST_AUTO_TEST_CASE(choices_are_what_is_accepted) {
  TempDir dir;
  const auto global = [&](const Flag& flag, std::string word) {
    return call({"--root", dir.path, "--" + std::string(flag.name), std::move(word), "list"});
  };
  for (const Flag& flag : global_flags()) {
    if (flag.value.choices.empty()) continue;
    for (const std::string_view word : flag.value.choices)
      BOOST_TEST(global(flag, std::string(word)).code == 0, flag.name << " " << word);
    // A bad --rootless is told of where a container is made.
    if (flag.name != "rootless") BOOST_TEST(global(flag, "nonsense").code == 1, flag.name);
  }
  for (const std::string_view word : kList.flags[0].value.choices)
    BOOST_TEST(call({"--root", dir.path, "list", "--format", std::string(word)}).code == 0);
  BOOST_TEST(call({"--root", dir.path, "list", "--format", "nonsense"}).code == 1);
  for (const std::string_view word : kKill.operands[1].choices)
    BOOST_TEST(oci::parse_signal(word).has_value(), word);
}

// Completions take them from there.
BOOST_AUTO_TEST_CASE(features_name_capabilities) {
  const std::string features = oci::render_features();
  for (const char* name : {"\"CAP_CHOWN\"", "\"CAP_SYS_ADMIN\"", "\"CAP_NET_RAW\""})
    BOOST_TEST(contains(features, name));
}

BOOST_AUTO_TEST_CASE(roff_text) {
  using docs::Roff;
  BOOST_TEST(Roff::literal("a-b 'c' \\n ~^`") == "a\\-b \\(aqc\\(aq \\en \\(ti\\(ha\\(ga");
  BOOST_TEST(Roff::prose("well-known --no-pivot, \"-b\" (-1) it's") ==
             "well-known \\-\\-no\\-pivot, \"\\-b\" (\\-1) it's");
  BOOST_TEST(Roff::prose(".x\n'y\n-z") == "\\&.x\n\\&'y\n\\-z");
  Roff page("a-b", "s 1");
  page.section("ONE");
  page.paragraphs("first\nline\n\n    # code here\n\nlast");
  page.references("a-b(8), c(1)");
  BOOST_TEST(
      page.text() ==
      ".TH \"a\\-b\" 8 \"\" \"s 1\"\n.nh\n.ad l\n.SH ONE\nfirst\nline\n.PP\n.RS 4\n.EX\n# code "
      "here\n.EE\n.RE\n.PP\nlast\n.BR a\\-b (8),\n.BR c (1)\n");
}

BOOST_AUTO_TEST_SUITE_END()
