// Completion for bash.
#include "tools/docs/docs.h"

namespace ocirun::docs {
namespace {

constexpr std::string_view kHead =
    R"bash(# bash completion of ocirun, made from its tables of options
# shellcheck shell=bash

# Each sets "found". The command "" stands for ocirun itself.
)bash";

// What does not depend on the tables. The words are walked as ocirun itself does it. Nothing of the
// line is evaluated: it may not be the user's own text.
constexpr std::string_view kBody = R"bash(
# The word without quotes, backslashes and the tilde.
_ocirun_unquoted() { # word
  local rest=$1 quote='' c
  found=''
  [[ $rest != '~' && $rest != '~/'* ]] || { found=$HOME rest=${rest:1}; }
  while [[ $rest ]]; do
    c=${rest:0:1} rest=${rest:1}
    case $quote$c in
      "'" | '"') quote=$c ;;
      "''" | '""') quote='' ;;
      '\' | '"\') found+=${rest:0:1} rest=${rest:1} ;;
      *) found+=$c ;;
    esac
  done
}

# The words up to the cursor. Those that readline broke at "=" and ":" are whole again.
_ocirun_words() {
  local i glue=''
  words=()
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} =~ ^[=:]+$ ]] && ((i > 1)); then
      words[-1]+=${COMP_WORDS[i]} glue=yes
    elif [[ $glue ]]; then
      words[-1]+=${COMP_WORDS[i]} glue=''
    else
      words+=("${COMP_WORDS[i]}")
    fi
  done
}

# Sets command, operands (how many are complete), ended (flags may follow no more), option (its value
# is what the cursor is in) and root from the words before the last one.
_ocirun_walk() {
  local word name i
  command='' operands=0 ended='' option='' root=()
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    word=${words[i]}
    if [[ $option ]]; then
      [[ $command || $option != root ]] || { _ocirun_unquoted "$word"; root=(--root "$found"); }
      option=''
    elif [[ $word == -- && ! $ended ]]; then
      ended=yes
    elif [[ $word == -?* && ! $ended ]]; then
      name=${word#-} name=${name#-}
      if [[ $name == *=* ]]; then
        [[ $command || ${name%%=*} != root ]] || { _ocirun_unquoted "${name#*=}"; root=(--root "$found"); }
      else
        _ocirun_value "$command" "$name"
        [[ $found == switch ]] || option=$name
      fi
    elif [[ ! $command ]]; then
      command=$word ended=''
      [[ $command != h ]] || command=help
    else
      operands=$((operands + 1))
      _ocirun_order "$command"
      [[ $found == anywhere ]] || ended=yes
    fi
  done
}

# Fills COMPREPLY with those of the words that begin as the current one.
_ocirun_reply() { # prefix word...
  local word prefix=$1
  shift
  _ocirun_unquoted "$current"
  for word; do [[ $word != "$found"* ]] || COMPREPLY+=("$prefix$word"); done
}

_ocirun_offer() { # prefix kind word...
  local prefix=$1 kind=$2 list=()
  shift 2
  case $kind in
    # readline completes paths better than a function can.
    files) compopt -o default ;;
    directories) compopt -o dirnames ;;
    containers) mapfile -t list < <("$program" "${root[@]}" list --quiet 2>/dev/null) ;;
    capabilities) mapfile -t list < <("$program" features 2>/dev/null | grep -o 'CAP_[A-Z_]*' | sort -u) ;;
    flags | commands | choices) list=("$@") ;;
  esac
  _ocirun_reply "$prefix" "${list[@]}"
}

_ocirun() {
  local found words=() command operands ended option root program current prefix=''
  COMPREPLY=()
  _ocirun_words
  _ocirun_walk
  _ocirun_unquoted "$1"
  program=$found current=${words[-1]}
  if [[ ! $option && ! $ended && $current == -*=* ]]; then
    option=${current#-} option=${option#-} option=${option%%=*}
    # What readline does not take for a part of the word has to be repeated.
    [[ $COMP_WORDBREAKS == *=* ]] || prefix=${current%%=*}=
    current=${current#*=}
  fi
  if [[ $option ]]; then
    _ocirun_value "$command" "$option"
  elif [[ $current == -* && ! $ended ]]; then
    _ocirun_flags "$command"
  else
    _ocirun_operand "$command" $((operands + 1))
  fi
  # shellcheck disable=SC2086
  _ocirun_offer "$prefix" $found
}

complete -F _ocirun ocirun
)bash";

std::string words_of(std::string_view kind, Choices words) {
  std::string out(kind);
  for (const std::string_view word : words) out.append(" ").append(word);
  return out;
}

std::string offer_words(const Value& value) {
  switch (value.offer) {
    case Offer::kNothing: return "nothing";
    case Offer::kFiles: return "files";
    case Offer::kDirectories: return "directories";
    case Offer::kContainers: return "containers";
    case Offer::kCapabilities: return "capabilities";
    case Offer::kChoices: return words_of("choices", value.choices);
    case Offer::kCommands: {
      std::string out = "commands";
      for (const Command* command : commands()) out.append(" ").append(command->name);
      return out;
    }
  }
  return "nothing";
}

std::string case_line(const std::string& pattern, const std::string& found) {
  return "    " + pattern + ") found='" + found + "' ;;\n";
}

std::string function(std::string_view name, std::string_view arguments, std::string_view subject,
                     const std::string& cases, const std::string& otherwise) {
  std::string out = "_ocirun_" + std::string(name) + "() { # " + std::string(arguments) + "\n";
  out.append("  case ").append(subject).append(" in\n").append(cases);
  return out + case_line("*", otherwise) + "  esac\n}\n";
}

std::string flag_cases(const Level& level) {
  std::string words = "flags";
  for (const Flag& flag : level.flags) {
    if (flag.hidden) continue;
    words.append(" --").append(flag.name);
    if (!flag.short_name.empty()) words.append(" -").append(flag.short_name);
  }
  return case_line("'" + std::string(level.command) + "'", words);
}

std::string value_cases(const Level& level) {
  std::string out;
  for (const Flag& flag : level.flags) {
    if (flag.value.type == FlagType::kBool) continue;
    const std::string command(level.command);
    std::string pattern = command + ":" + std::string(flag.name);
    if (!flag.short_name.empty()) pattern += " | " + command + ":" + std::string(flag.short_name);
    out += case_line(pattern, offer_words(flag.value));
  }
  return out;
}

std::string operand_cases(const Level& level) {
  std::string out;
  for (std::size_t i = 0; i < level.operands.size(); ++i)
    out += case_line(std::string(level.command) + ":" + std::to_string(i + 1),
                     offer_words(level.operands[i]));
  return out;
}

}  // namespace

std::string bash_completion() {
  std::string flags, values, orders;
  std::string operands = case_line(":1", offer_words({FlagType::kString, "", Offer::kCommands}));
  for (const Level& level : levels()) {
    flags += flag_cases(level);
    values += value_cases(level);
    operands += operand_cases(level);
    if (level.order == FlagOrder::kBeforeArguments && !level.command.empty())
      orders += case_line(std::string(level.command), "before");
  }
  std::string out(kHead);
  out += function("flags", "command", "$1", flags, "nothing");
  out += function("value", "command flag", "$1:$2", values, "switch");
  out += function("operand", "command number", "$1:$2", operands, "nothing");
  out += function("order", "command", "$1", orders, "anywhere");
  return out.append(kBody);
}

}  // namespace ocirun::docs
