#include "lib/validate/requirements.h"

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

constexpr std::string_view kLevels[] = {"error", "warning"};
constexpr std::string_view kDuties[] = {"", "may", "should", "must"};
constexpr std::string_view kScopes[] = {"spec", "host", "runtime"};

template <class F>
void for_each_requirement(F look) {
  for (const auto list : {config_requirements(), linux_requirements(), rest_requirements()})
    for (const Requirement& requirement : list) look(requirement);
}

// The first token; what is left begins with the slash of the next one. Precondition: `rest` has
// one.
std::string_view next_token(std::string_view& rest) {
  rest.remove_prefix(1);
  const std::string_view token = rest.substr(0, rest.find('/'));
  rest.remove_prefix(token.size());
  return token;
}

// How many tokens the pattern has if `pointer` is at or below it; 0 if it is not.
std::size_t tokens_matched(std::string_view pattern, std::string_view pointer) {
  std::size_t tokens = 0;
  while (!pattern.empty()) {
    if (pointer.empty()) return 0;
    const std::string_view wanted = next_token(pattern), found = next_token(pointer);
    if (wanted != "*" && wanted != found) return 0;
    ++tokens;
  }
  return tokens;
}

}  // namespace

const Requirement* find_requirement(std::string_view id) {
  const Requirement* found = nullptr;
  for_each_requirement([&](const Requirement& requirement) {
    if (requirement.id == id) found = &requirement;
  });
  return found;
}

const Requirement& requirement_at(std::string_view pointer) {
  const Requirement* best = find_requirement("S006");
  std::size_t most = 0;
  for_each_requirement([&](const Requirement& requirement) {
    const std::size_t tokens = tokens_matched(requirement.pointer, pointer);
    if (tokens > most) most = tokens, best = &requirement;
  });
  return *best;
}

void describe(Finding& finding) {
  const Requirement* requirement = find_requirement(finding.requirement);
  if (requirement == nullptr) return;
  finding.duty = requirement->duty;
  finding.rule = requirement->text;
  if (finding.anchor.empty()) finding.anchor = requirement->anchor;
}

}  // namespace oci::validate_rules

namespace oci {

std::string_view level_name(Level level) noexcept {
  return validate_rules::kLevels[static_cast<std::size_t>(level)];
}
std::string_view duty_name(Duty duty) noexcept {
  return validate_rules::kDuties[static_cast<std::size_t>(duty)];
}
std::string_view scope_name(Scope scope) noexcept {
  return validate_rules::kScopes[static_cast<std::size_t>(scope)];
}

}  // namespace oci
