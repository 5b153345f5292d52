// What the specification asks of a configuration, row by row, and who judges it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "oci/validate.h"

namespace oci::validate_rules {

// Who says whether a document keeps to it (several may), or why nobody has to.
enum Judge : std::uint8_t {
  kType = 1 << 0,       // parsing
  kRule = 1 << 1,       // a rule of this room
  kHost = 1 << 2,       // a rule of lib/check, by what this host has
  kPlan = 1 << 3,       // the plan, which cannot be made
  kAny = 1 << 4,        // nobody: every value of its type is good, and is carried out
  kInside = 1 << 5,     // nobody: it shows when the container is made in its root
  kOperation = 1 << 6,  // nobody: it is about what the runtime does
};

struct Requirement {
  std::string_view id;
  Duty duty;
  unsigned judges;           // of Judge
  std::string_view pointer;  // the member it is about, "*" for any index or key; may be empty
  std::string_view anchor;
  std::string_view text;  // the rule in one line
};

// Each in the order of ids.
std::span<const Requirement> config_requirements();
std::span<const Requirement> linux_requirements();
std::span<const Requirement> rest_requirements();

// Null when there is none.
const Requirement* find_requirement(std::string_view id);
// The one that is about the member of this pointer, or about the nearest member around it.
const Requirement& requirement_at(std::string_view pointer);

}  // namespace oci::validate_rules
