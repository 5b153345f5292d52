// Completion for fish.
#include "tools/docs/docs.h"
#include "tools/ocirun/help.h"

namespace ocirun::docs {
namespace {

constexpr std::string_view kHead =
    R"fish(# fish completion of ocirun, made from its tables of options

# Whether the flag, as "command:name", is followed by its value.
function __ocirun_takes_value
  switch $argv[1]
    case )fish";

// The words are walked as ocirun itself does it.
constexpr std::string_view kBody = R"fish(
      return 0
  end
  return 1
end

# Whether flags of the command end at its first argument.
function __ocirun_flags_first
  contains -- $argv[1])fish";

constexpr std::string_view kWalk = R"fish(
end

# Prints where the cursor is: the command, the number of its arguments before the cursor, "flags" if
# one may stand here and "none" if not, and --root with its value if it is given.
function __ocirun_walk
  set -l command ''
  set -l count 0
  set -l flags flags
  set -l option ''
  set -l root
  set -l words (commandline -opc)
  for word in $words[2..-1]
    if test -n "$option"
      test "$option" = :root; and set root --root $word
      set option ''
    else if test "x$word" = x--; and test $flags = flags
      set flags none
    else if test $flags = flags; and string match -qr -- '^-.' $word
      set -l name (string replace -r -- '^--?' '' $word)
      if string match -q -- '*=*' $name
        test -z "$command"; and string match -q -- 'root=*' $name
        and set root --root (string replace -- 'root=' '' $name)
      else if __ocirun_takes_value "$command:$name"
        set option "$command:$name"
      end
    else if test -z "$command"
      set command (string replace -r -- '^h$' help $word)
      set flags flags
    else
      set count (math $count + 1)
      __ocirun_flags_first $command; and set flags none
    end
  end
  printf '%s\n' "$command" $count $flags $root
end

# Flags of the command may stand here.
function __ocirun_flags
  set -l place (__ocirun_walk)
  test "$place[1]" = "$argv[1]" -a "$place[3]" = flags
end

# The argument with that number of the command may stand here.
function __ocirun_argument
  set -l place (__ocirun_walk)
  test "$place[1]" = "$argv[1]" -a "$place[2]" = (math $argv[2] - 1)
end

function __ocirun_containers
  set -l program (commandline -opc)[1]
  set -l place (__ocirun_walk)
  $program $place[4..-1] list --quiet 2>/dev/null
end

function __ocirun_capabilities
  set -l program (commandline -opc)[1]
  $program features 2>/dev/null | string match -ar 'CAP_[A-Z_]*' | sort -u
end

complete -c ocirun -f
)fish";

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

// The flags of complete(1) for what a value offers. Without -x the shell would offer files.
std::string offered(const Value& value) {
  switch (value.offer) {
    case Offer::kNothing: return "-x";
    case Offer::kFiles: return "-rF";
    case Offer::kDirectories: return "-xa '(__fish_complete_directories (commandline -ct))'";
    case Offer::kContainers: return "-xa '(__ocirun_containers)'";
    case Offer::kCapabilities: return "-xa '(__ocirun_capabilities)'";
    case Offer::kChoices: {
      std::string words;
      for (const std::string_view word : value.choices) words.append(" ").append(word);
      return "-xa " + quoted(words.substr(1));
    }
    case Offer::kCommands: {
      std::string words;
      for (const Command* command : commands()) words.append(" ").append(command->name);
      return "-xa " + quoted(words.substr(1));
    }
  }
  return "-x";
}

std::string begin(std::string_view condition, std::string_view command,
                  std::string_view more = {}) {
  std::string words = "__ocirun_" + std::string(condition) + " ";
  words += command.empty() ? "\"\"" : std::string(command);
  return "complete -c ocirun -n '" + words.append(more) + "' ";
}

std::string level_lines(const Level& level) {
  std::string out;
  for (const Flag& flag : level.flags) {
    if (flag.hidden) continue;
    out += begin("flags", level.command) + "-l " + std::string(flag.name);
    if (!flag.short_name.empty()) out.append(" -s ").append(flag.short_name);
    if (flag.value.type != FlagType::kBool) out += " " + offered(flag.value);
    out += " -d " + quoted(flag_text(flag)) + "\n";
  }
  for (std::size_t i = 0; i < level.operands.size(); ++i)
    if (level.operands[i].offer != Offer::kNothing)
      out += begin("argument", level.command, " " + std::to_string(i + 1)) +
             offered(level.operands[i]) + "\n";
  return out;
}

// Hidden ones too: a value that follows one is no argument.
std::string flags_with_values(const Level& level) {
  std::string out;
  const std::string command(level.command);
  for (const Flag& flag : level.flags) {
    if (flag.value.type == FlagType::kBool) continue;
    out += " '" + command + ":" + std::string(flag.name) + "'";
    if (!flag.short_name.empty()) out += " '" + command + ":" + std::string(flag.short_name) + "'";
  }
  return out;
}

}  // namespace

std::string fish_completion() {
  std::string values, first, lines;
  for (const Level& level : levels()) {
    values += flags_with_values(level);
    lines += level_lines(level);
    if (level.order == FlagOrder::kBeforeArguments && !level.command.empty())
      first.append(" ").append(level.command);
  }
  for (const Command* command : commands())
    lines += begin("argument", "", " 1") + "-a " + std::string(command->name) + " -d " +
             quoted(fill_in(command->summary, kTool)) + "\n";
  std::string out(kHead);
  out.append(values.substr(1)).append(kBody).append(first).append(kWalk);
  return out + lines;
}

}  // namespace ocirun::docs
