// Command lines by the rules of Go's flag package and of the cli library that runc is built on.
//
// `-flag`, `--flag`, `--flag=v`, `--flag v`; booleans bare or `=true`; no bundles, no
// abbreviations, no glued values. Lists gather their values and do not split at commas; otherwise
// the last value wins.
// `--` ends the flags. A table of Flags describes a command: it is what is parsed and what help
// shows.
#pragma once

#include <boost/program_options/variables_map.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"

namespace ocirun {

enum class FlagType { kBool, kString, kInt, kStrings, kInts, kDuration };

struct Flag {
  std::string_view name;        // without dashes
  std::string_view short_name;  // one letter, or empty
  FlagType type = FlagType::kString;
  std::string_view help;
  std::string_view default_text = {};  // shown by help
  bool hidden = false;                 // accepted, not shown by help
};

// Where flags may stand.
enum class FlagOrder {
  kAnywhere,         // also after the arguments
  kBeforeArguments,  // the first argument ends them: what follows belongs to another program
};

class FlagValues {
 public:
  FlagValues() = default;
  explicit FlagValues(boost::program_options::variables_map map) : map_(std::move(map)) {}

  bool is_set(const char* name) const { return map_.count(name) != 0; }
  // The last value, or an empty string.
  const std::string& text(const char* name) const;
  // False when absent.
  bool on(const char* name) const { return text(name) == "true"; }
  // Of a kInt flag; 0 when absent. Values beyond int are moved to its limits.
  int integer(const char* name) const;
  // All values in order.
  const std::vector<std::string>& all(const char* name) const;

 private:
  boost::program_options::variables_map map_;
};

struct ParsedLine {
  FlagValues flags;
  std::vector<std::string> arguments;
};

// Error text as Go words it: `flag provided but not defined: -x`, `flag needs an argument: -x`,
// `invalid boolean value "x" for -y: parse error`, `invalid value "x" for flag -y: parse error`,
// `bad flag syntax: --=x`. Code kInvalidArgument; `where` is the flag.
oci::Result<ParsedLine> parse_line(std::span<const Flag> table, std::vector<std::string> words,
                                   FlagOrder order);

}  // namespace ocirun
