// Completion for zsh: a table of _arguments for each command.
#include "tools/docs/docs.h"
#include "tools/ocirun/help.h"

namespace ocirun::docs {
namespace {

constexpr std::string_view kHead = R"zsh(#compdef ocirun
# zsh completion of ocirun, made from its tables of options

_ocirun_containers() {
  local -a ids
  ids=(${(f)"$($program $root list --quiet 2>/dev/null)"})
  _wanted containers expl 'container' compadd -a ids
}

_ocirun_capabilities() {
  local -a names
  names=(${(fu)"$($program features 2>/dev/null | grep -o 'CAP_[A-Z_]*')"})
  _wanted capabilities expl 'capability' compadd -a names
}

_ocirun_commands() {
  local -a names
  names=(
)zsh";

constexpr std::string_view kGlobal = R"zsh(  )
  _describe -t commands 'command' names
}

_ocirun() {
  local context state state_descr line expl ret=1
  local -A opt_args
  local -a root match mbegin mend
  # Taken apart, not evaluated.
  local program=${${(Q)words[1]}/#\~\//$HOME/}
  _arguments -S -C -A '-*' \
)zsh";

constexpr std::string_view kBetween = R"zsh(    '1: :_ocirun_commands' \
    '*:: :->arguments' && ret=0
  [[ $state == arguments ]] || return ret
  if (( $+opt_args[--root] )); then
    # In opt_args colons and backslashes have one more backslash.
    root=(${opt_args[--root]//(#b)\\([:\\])/$match[1]})
    root=(--root ${${(Q)root}/#\~\//$HOME/})
  fi
  case $words[1] in
)zsh";

constexpr std::string_view kEnd = R"zsh(    *) ret=1 ;;
  esac
  return ret
}

_ocirun "$@"
)zsh";

// Within single quotes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'')
      out += "'\\''";
    else
      out += c;
  }
  return out + "'";
}

// A description within a specification of _arguments or _describe.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '[' || c == ']' || c == ':' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string action(const Value& value) {
  switch (value.offer) {
    case Offer::kNothing: return " ";
    case Offer::kFiles: return "_files";
    case Offer::kDirectories: return "_files -/";
    case Offer::kContainers: return "_ocirun_containers";
    case Offer::kCommands: return "_ocirun_commands";
    case Offer::kCapabilities: return "_ocirun_capabilities";
    case Offer::kChoices: {
      std::string out = "(";
      for (const std::string_view word : value.choices) out.append(word).append(" ");
      out.back() = ')';
      return out;
    }
  }
  return " ";
}

// '(--env -e)--env=[text]:NAME=VALUE: ', for each form of the flag.
std::string flag_lines(const Flag& flag, std::string_view indent) {
  std::vector<std::string> forms{"--" + std::string(flag.name)};
  if (!flag.short_name.empty()) forms.push_back("-" + std::string(flag.short_name));
  std::string all = forms.front();
  if (forms.size() > 1) all += " " + forms.back();
  std::string out;
  for (const std::string& form : forms) {
    // A hidden one is understood, not offered.
    std::string spec = flag.hidden ? "!" : "";
    spec += flag.repeatable() ? "*" : "(" + all + ")";
    spec += form + (flag.value.type == FlagType::kBool ? "" : "=");
    spec += "[" + escaped(flag_text(flag)) + "]";
    if (flag.value.type != FlagType::kBool)
      spec += ":" + escaped(flag.value.name) + ":" + action(flag.value);
    out.append(indent).append(quoted(spec)).append(" \\\n");
  }
  return out;
}

std::string command_case(const Level& level) {
  const std::string name(level.command);
  std::string out = "    " + name + (name == kHelp.name ? " | h" : "") + ")\n      _arguments -S ";
  if (level.order == FlagOrder::kBeforeArguments) out += "-A '-*' ";
  out += "\\\n";
  for (const Flag& flag : level.flags) out += flag_lines(flag, "        ");
  for (const Value& operand : level.operands)
    out += "        " + quoted(":" + escaped(operand.name) + ":" + action(operand)) + " \\\n";
  // What follows is another program's, or nothing.
  out += level.order == FlagOrder::kBeforeArguments ? "        '*:argument: ' " : "        ";
  return out + "&& ret=0\n      ;;\n";
}

}  // namespace

std::string zsh_completion() {
  std::string out(kHead), cases;
  for (const Command* command : commands())
    out += "    " +
           quoted(escaped(command->name) + ":" + escaped(fill_in(command->summary, kTool))) + "\n";
  out += kGlobal;
  for (const Level& level : levels()) {
    if (!level.command.empty())
      cases += command_case(level);
    else
      for (const Flag& flag : level.flags) out += flag_lines(flag, "    ");
  }
  return out.append(kBetween).append(cases).append(kEnd);
}

}  // namespace ocirun::docs
