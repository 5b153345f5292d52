// Command lines by the rules of Go's flag package and of the cli library that runc is built on.
//
// `-flag`, `--flag`, `--flag=v`, `--flag v`; booleans bare or `=true`; no bundles, no
// abbreviations, no glued values. Lists gather their values and do not split at commas; otherwise
// the last value wins.
// `--` ends the flags. A table of Flags describes a command: it is what is parsed, what help
// shows and what man pages and completions are made from.
#pragma once

#include <boost/program_options/variables_map.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"

namespace ocirun {

enum class FlagType { kBool, kString, kInt, kStrings, kInts, kDuration };

// What completions offer in the place of a value.
enum class Offer {
  kNothing,
  kFiles,
  kDirectories,
  kContainers,    // ids of the state root
  kCommands,      // of the tool
  kCapabilities,  // of the kernel
  kChoices,       // the words that the value lists
};

using Choices = std::span<const std::string_view>;

// What a flag's value or an argument is: how it is read, what help calls it and what completions
// offer for it.
struct Value {
  // NOLINTNEXTLINE(google-explicit-constructor): in a table the type alone is enough
  constexpr Value(FlagType of, std::string_view called = "value", Offer offered = Offer::kNothing)
      : type(of), name(called), offer(offered) {}
  constexpr Value(std::string_view called, Choices words)
      : type(FlagType::kString), name(called), offer(Offer::kChoices), choices(words) {}

  FlagType type;
  std::string_view name;
  Offer offer;
  Choices choices = {};
};

inline constexpr Value kFile{FlagType::kString, "FILE", Offer::kFiles};
inline constexpr Value kDirectory{FlagType::kString, "DIR", Offer::kDirectories};
inline constexpr Value kSocket{FlagType::kString, "SOCKET", Offer::kFiles};
inline constexpr Value kNumber{FlagType::kInt, "N"};

struct Flag {
  std::string_view name;        // without dashes
  std::string_view short_name;  // one letter, or empty
  Value value = FlagType::kString;
  std::string_view help;  // of a value with choices they follow: "form: " + "text or json"
  std::string_view default_text = {};  // shown by help
  bool hidden = false;                 // accepted, not shown by help

  constexpr bool repeatable() const {
    return value.type == FlagType::kStrings || value.type == FlagType::kInts;
  }
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
