#include "tools/ocirun/flags.h"

#include <algorithm>
#include <boost/program_options/cmdline.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>
#include <limits>
#include <optional>

#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

const Flag* find_flag(std::span<const Flag> table, std::string_view name) {
  const auto named = [&](const Flag& flag) {
    return flag.name == name || (!flag.short_name.empty() && flag.short_name == name);
  };
  const auto found = std::find_if(table.begin(), table.end(), named);
  return found == table.end() ? nullptr : &*found;
}

// A word that starts a flag, taken apart.
struct FlagWord {
  std::string_view name;
  std::optional<std::string> value;
};

bool is_flag_word(std::string_view word) {
  return word.size() >= 2 && word[0] == '-' && word != "--";
}

FlagWord take_apart(std::string_view word) {
  word.remove_prefix(word.starts_with("--") ? 2 : 1);
  const std::size_t equals = word.find('=', 1);
  if (equals >= word.size()) return {word, std::nullopt};
  return {word.substr(0, equals), std::string(word.substr(equals + 1))};
}

// Only the flags that occur: a description costs more than all the rest of a line.
po::options_description describe(std::span<const Flag> table, const Words& words) {
  po::options_description description;
  std::vector<const Flag*> described;
  for (const std::string& word : words) {
    if (!is_flag_word(word)) continue;
    const Flag* flag = find_flag(table, take_apart(word).name);
    if (flag == nullptr || std::find(described.begin(), described.end(), flag) != described.end())
      continue;
    described.push_back(flag);
    description.add_options()(std::string(flag->name).c_str(), po::value<Words>()->composing());
  }
  return description;
}

// The style parser of one command line. Boost calls it with the words that are left until none is.
class GoStyle {
 public:
  GoStyle(std::span<const Flag> table, FlagOrder order) : table_(table), order_(order) {}

  std::vector<po::option> operator()(Words& words) {
    const std::string word = words.front();
    if (is_flag_word(word)) return flag_or_argument(word, words);
    words.erase(words.begin());
    if (word != "--") arguments_.push_back(word);
    if (word == "--" || order_ == FlagOrder::kBeforeArguments) all_arguments(words);
    return {};
  }

  const std::optional<oci::Error>& error() const { return error_; }
  Words take_arguments() { return std::move(arguments_); }

 private:
  void all_arguments(Words& words) {
    arguments_.insert(arguments_.end(), words.begin(), words.end());
    words.clear();
  }

  std::vector<po::option> fail(std::string text, std::string_view flag, Words& words) {
    error_ = oci::Error{oci::Code::kInvalidArgument, std::move(text), 0, std::string(flag), {}};
    words.clear();
    return {};
  }

  std::vector<po::option> flag_or_argument(const std::string& word, Words& words) {
    const FlagWord parts = take_apart(word);
    const Flag* flag = find_flag(table_, parts.name);
    if (flag != nullptr) return known_flag(*flag, parts, word, words);
    // Once an argument was seen, what is no flag of the command is another argument: `kill ID -9`.
    if (!arguments_.empty()) {
      arguments_.push_back(word);
      words.erase(words.begin());
      return {};
    }
    const bool malformed = parts.name.empty() || parts.name[0] == '-' || parts.name[0] == '=';
    if (malformed) return fail("bad flag syntax: " + word, word, words);
    return fail("flag provided but not defined: -" + std::string(parts.name), word, words);
  }

  std::vector<po::option> known_flag(const Flag& flag, const FlagWord& parts,
                                     const std::string& word, Words& words) {
    po::option option;
    option.string_key = std::string(flag.name);
    option.original_tokens = {word};
    const std::string name(parts.name);
    words.erase(words.begin());
    if (flag.value.type == FlagType::kBool) {
      const std::optional<bool> value = parts.value ? parse_bool(*parts.value) : true;
      if (!value) {
        const std::string text =
            "invalid boolean value " + quote(*parts.value) + " for -" + name + ": parse error";
        return fail(text, word, words);
      }
      option.value = {*value ? "true" : "false"};
      return {option};
    }
    if (!parts.value && words.empty()) return fail("flag needs an argument: -" + name, word, words);
    std::string value = parts.value ? *parts.value : words.front();
    if (!parts.value) words.erase(words.begin());
    if (const std::string problem = number_problem(flag, value); !problem.empty())
      return fail("invalid value " + quote(value) + " for flag -" + name + ": " + problem, word,
                  words);
    option.value = {std::move(value)};
    return {option};
  }

  static std::string number_problem(const Flag& flag, const std::string& value) {
    if (flag.value.type == FlagType::kDuration) return parse_duration(value) ? "" : "parse error";
    if (flag.value.type != FlagType::kInt && flag.value.type != FlagType::kInts) return {};
    const bool list = flag.value.type == FlagType::kInts;
    const ParsedInt number = parse_int(value, list ? 10 : 0);
    if (!number.error) return {};
    if (list) return number_error_text("ParseInt", value, *number.error);
    return *number.error == NumberError::kRange ? "value out of range" : "parse error";
  }

  std::span<const Flag> table_;
  FlagOrder order_;
  Words arguments_;
  std::optional<oci::Error> error_;
};

}  // namespace

const std::string& FlagValues::text(const char* name) const {
  static const std::string kNone;
  const Words& values = all(name);
  return values.empty() ? kNone : values.back();
}

int FlagValues::integer(const char* name) const {
  using Limits = std::numeric_limits<int>;
  const std::int64_t value = parse_int(text(name), 0).value;
  return static_cast<int>(std::clamp<std::int64_t>(value, Limits::min(), Limits::max()));
}

const Words& FlagValues::all(const char* name) const {
  static const Words kNone;
  const auto found = map_.find(name);
  return found == map_.end() ? kNone : found->second.as<Words>();
}

oci::Result<ParsedLine> parse_line(std::span<const Flag> table, Words words, FlagOrder order) {
  const po::options_description description = describe(table, words);
  GoStyle style(table, order);
  po::variables_map map;
  po::store(po::command_line_parser(words)
                .options(description)
                .style(po::command_line_style::allow_long | po::command_line_style::long_allow_next)
                .extra_style_parser([&style](Words& rest) { return style(rest); })
                .run(),
            map);
  if (style.error()) return *style.error();
  return ParsedLine{FlagValues(std::move(map)), style.take_arguments()};
}

}  // namespace ocirun
