#include "lib/cgroup/devices.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <string_view>

#include "lib/base/try.h"

namespace oci::cgroup {
namespace {

constexpr char kLetters[] = {'r', 'w', 'm'};

constexpr unsigned access_of(char letter) {
  switch (letter) {
    case 'r': return kAccessRead;
    case 'w': return kAccessWrite;
    case 'm': return kAccessMknod;
    default: return 0;
  }
}

Error invalid(std::string text, std::size_t index, std::string_view member) {
  std::string pointer = "/linux/resources/devices/" + std::to_string(index);
  if (!member.empty()) pointer.append("/").append(member);
  return Error{Code::kInvalidConfig, std::move(text), 0, std::move(pointer), {}};
}

// -1 is how engines spell "any".
Result<std::optional<std::uint32_t>> number(const std::optional<std::int64_t>& given,
                                            std::size_t index, std::string_view member) {
  if (!given || *given == -1) return std::optional<std::uint32_t>{};
  if (*given < 0 || *given > std::numeric_limits<std::uint32_t>::max())
    return invalid("invalid device " + std::string(member) + " number " + std::to_string(*given),
                   index, member);
  return std::optional<std::uint32_t>(static_cast<std::uint32_t>(*given));
}

Status append_rule(const spec::DeviceCgroup& given, std::size_t index,
                   std::vector<DeviceRule>& rules) {
  if (given.access.empty())
    return invalid("device access at " + std::to_string(index) + " field cannot be empty", index,
                   "access");
  if (given.type != "" && given.type != "a" && given.type != "b" && given.type != "c")
    return invalid("invalid cgroup device type \"" + given.type + "\"", index, "type");
  DeviceRule rule;
  rule.allow = given.allow;
  rule.type = given.type.empty() ? 'a' : given.type[0];
  rule.major = TRY(number(given.major, index, "major"));
  rule.minor = TRY(number(given.minor, index, "minor"));
  rule.access = 0;
  for (const char letter : given.access) rule.access |= access_of(letter);
  if (rule.access == 0) return {};
  const bool everything = !rule.major && !rule.minor && rule.access == kAccessAll;
  if (rule.type != 'a' || everything) {
    rules.push_back(rule);
    return {};
  }
  // The kernel's own `a` has neither numbers nor letters: it would give more than was asked for.
  for (const char type : {'b', 'c'}) {
    rule.type = type;
    rules.push_back(rule);
  }
  return {};
}

// What every container may do: make any node, and use the devices of
// config-linux.md#default-devices, pseudo-terminals and tun. As runc, which engines build on.
const std::vector<DeviceRule>& default_rules() {
  static const std::vector<DeviceRule> kRules{
      {true, 'c', {}, {}, kAccessMknod}, {true, 'b', {}, {}, kAccessMknod},
      {true, 'c', 1, 3, kAccessAll},     // null
      {true, 'c', 1, 5, kAccessAll},     // zero
      {true, 'c', 1, 7, kAccessAll},     // full
      {true, 'c', 1, 8, kAccessAll},     // random
      {true, 'c', 1, 9, kAccessAll},     // urandom
      {true, 'c', 5, 0, kAccessAll},     // tty
      {true, 'c', 5, 2, kAccessAll},     // ptmx
      {true, 'c', 136, {}, kAccessAll},  // pts/*
      {true, 'c', 10, 200, kAccessAll},  // net/tun
  };
  return kRules;
}

bool covers(const std::optional<std::uint32_t>& a, const std::optional<std::uint32_t>& b) {
  return !a || a == b;
}
bool meets(const std::optional<std::uint32_t>& a, const std::optional<std::uint32_t>& b) {
  return !a || !b || a == b;
}
bool covers(const DeviceRule& a, const DeviceRule& b) {
  return a.type == b.type && covers(a.major, b.major) && covers(a.minor, b.minor);
}
bool meets(const DeviceRule& a, const DeviceRule& b) {
  return a.type == b.type && meets(a.major, b.major) && meets(a.minor, b.minor);
}

// The state of a v1 devices cgroup, as the kernel keeps it: a default and exceptions from it.
struct V1State {
  bool allow = true;
  std::vector<DeviceRule> exceptions;

  Status add(const DeviceRule& rule) {
    if (rule.type == 'a') {
      allow = rule.allow;
      exceptions.clear();
      return {};
    }
    return rule.allow == allow ? remove(rule) : except(rule);
  }

  Status except(const DeviceRule& rule) {
    const auto same = std::find_if(
        exceptions.begin(), exceptions.end(),
        [&](const DeviceRule& other) { return covers(rule, other) && covers(other, rule); });
    if (same == exceptions.end())
      exceptions.push_back(rule);
    else
      same->access |= rule.access;
    return {};
  }

  Status remove(const DeviceRule& rule) {
    for (DeviceRule& other : exceptions) {
      if (covers(rule, other)) {
        other.access &= ~rule.access;
      } else if (meets(rule, other) && (other.access & rule.access) != 0) {
        return Error{Code::kInvalidConfig,
                     "requested rule [" + render_device_rule(rule) +
                         "] not supported by devices cgroupv1 (cannot punch hole in existing "
                         "wildcard rule [" +
                         render_device_rule(other) + "])",
                     0,
                     "/linux/resources/devices",
                     {}};
      }
    }
    std::erase_if(exceptions, [](const DeviceRule& other) { return other.access == 0; });
    return {};
  }
};

// The kernel grants a request only if one exception has all its letters, so each gets those of the
// wider ones. It asks for `r` and `w` together, at open(2), but for `m` always alone: devices.list
// goes on to show what was asked for.
void widen(std::vector<DeviceRule>& exceptions) {
  constexpr unsigned kOpened = kAccessRead | kAccessWrite;
  for (DeviceRule& narrow : exceptions)
    for (const DeviceRule& wide : exceptions)
      if ((narrow.access & kOpened) != 0 && covers(wide, narrow))
        narrow.access |= wide.access & kOpened;
}

}  // namespace

std::string render_device_rule(const DeviceRule& rule) {
  if (rule.type == 'a') return "a";
  const auto text = [](const std::optional<std::uint32_t>& n) {
    return n ? std::to_string(*n) : std::string("*");
  };
  std::string out(1, rule.type);
  out.append(" ").append(text(rule.major)).append(":").append(text(rule.minor)).append(" ");
  for (const char letter : kLetters)
    if ((rule.access & access_of(letter)) != 0) out.push_back(letter);
  return out;
}

Result<std::vector<DeviceRule>> effective_device_rules(const spec::Resources* resources) {
  std::vector<DeviceRule> rules;
  if (resources != nullptr)
    for (std::size_t i = 0; i < resources->devices.size(); ++i)
      TRY(append_rule(resources->devices[i], i, rules));
  // Nothing is open to a container that nobody opened: without this, v2 and v1 would differ.
  if (rules.empty() || rules[0].type != 'a') rules.insert(rules.begin(), DeviceRule{});
  rules.insert(rules.end(), default_rules().begin(), default_rules().end());
  return rules;
}

Result<std::vector<V1DeviceWrite>> v1_device_writes(const std::vector<DeviceRule>& rules) {
  V1State state;
  for (const DeviceRule& rule : rules) TRY(state.add(rule));
  if (!state.allow) widen(state.exceptions);
  std::vector<V1DeviceWrite> writes{{state.allow, "a"}};
  for (const DeviceRule& rule : state.exceptions)
    writes.push_back({!state.allow, render_device_rule(rule)});
  return writes;
}

}  // namespace oci::cgroup
