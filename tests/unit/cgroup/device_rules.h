// Device rules for tests: random lists, what they mean, and the kernel's v1 state machine.
#pragma once

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "lib/cgroup/devices.h"
#include "oci/spec.h"

namespace oci::cgroup::test {

struct Request {
  char type;
  std::uint32_t major, minor;
  unsigned access;
};

// Small numbers so that rules meet often; all of them harmless to open: memory devices and the
// majors that the kernel's list of devices reserves for experiments.
inline constexpr std::uint32_t kMajors[] = {1, 60, 61};
inline constexpr std::uint32_t kMinors[] = {3, 5, 7};

inline std::vector<Request> all_requests() {
  std::vector<Request> out;
  for (const char type : {'b', 'c'})
    for (const std::uint32_t major : kMajors)
      for (const std::uint32_t minor : kMinors)
        for (unsigned access = 1; access <= kAccessAll; ++access)
          out.push_back({type, major, minor, access});
  return out;
}

inline std::string shown(const Request& request) {
  return render_device_rule({true, request.type, request.major, request.minor, request.access});
}

inline std::string shown(const std::vector<spec::DeviceCgroup>& rules) {
  std::string out;
  for (const spec::DeviceCgroup& rule : rules) {
    const auto number = [](const std::optional<std::int64_t>& n) {
      return n ? std::to_string(*n) : std::string("*");
    };
    out += (rule.allow ? "+" : "-") + (rule.type.empty() ? std::string("a") : rule.type) + " " +
           number(rule.major) + ":" + number(rule.minor) + " " + rule.access + "; ";
  }
  return out;
}

inline std::vector<spec::DeviceCgroup> random_rules(std::mt19937& random) {
  const auto below = [&](std::uint32_t n) { return static_cast<std::uint32_t>(random() % n); };
  std::vector<spec::DeviceCgroup> rules(below(7));
  static const char* const kAccess[] = {"r", "w", "m", "rw", "wm", "rm", "rwm", "rwm", "rwm"};
  static const char* const kTypes[] = {"", "a", "b", "c", "c", "c"};
  for (spec::DeviceCgroup& rule : rules) {
    rule.allow = below(2) == 0;
    rule.type = kTypes[below(6)];
    rule.access = kAccess[below(9)];
    const bool everything = (rule.type.empty() || rule.type == "a") && below(2) == 0;
    if (!everything && below(3) != 0) rule.major = kMajors[below(3)];
    if (!everything && below(3) != 0) rule.minor = kMinors[below(3)];
  }
  return rules;
}

// The meaning: for each letter the last rule with it that matches; the default rules come after the
// user's.
inline bool reference(const std::vector<spec::DeviceCgroup>& user, const Request& request) {
  std::vector<spec::DeviceCgroup> rules = user;
  const auto allow = [&](const char* type, std::optional<std::int64_t> major,
                         std::optional<std::int64_t> minor, const char* access) {
    rules.push_back({true, type, major, minor, access});
  };
  allow("c", {}, {}, "m");
  allow("b", {}, {}, "m");
  for (const std::int64_t minor : {3, 5, 7, 8, 9}) allow("c", 1, minor, "rwm");
  allow("c", 5, 0, "rwm");
  allow("c", 5, 2, "rwm");
  allow("c", 136, {}, "rwm");
  allow("c", 10, 200, "rwm");
  const auto allowed = [&](char letter) {
    bool verdict = false;
    for (const spec::DeviceCgroup& rule : rules) {
      const bool type = rule.type.empty() || rule.type == "a" || rule.type[0] == request.type;
      if (type && (!rule.major || *rule.major == request.major) &&
          (!rule.minor || *rule.minor == request.minor) &&
          rule.access.find(letter) != std::string::npos)
        verdict = rule.allow;
    }
    return verdict;
  };
  return ((request.access & kAccessRead) == 0 || allowed('r')) &&
         ((request.access & kAccessWrite) == 0 || allowed('w')) &&
         ((request.access & kAccessMknod) == 0 || allowed('m'));
}

// What the kernel makes of writes to devices.allow and devices.deny. security/device_cgroup.c, in
// words: `a` sets the default and clears the exceptions; an exception is added to, or taken from,
// the exactly equal one.
class V1Kernel {
 public:
  void write(bool allow, const std::string& value) {
    if (value == "a") {
      default_ = allow;
      exceptions_.clear();
      return;
    }
    const DeviceRule rule = parsed(value);
    const auto same =
        std::find_if(exceptions_.begin(), exceptions_.end(), [&](const DeviceRule& other) {
          return other.type == rule.type && other.major == rule.major && other.minor == rule.minor;
        });
    if (allow != default_ && same == exceptions_.end())
      exceptions_.push_back(rule);
    else if (allow != default_)
      same->access |= rule.access;
    else if (same != exceptions_.end())
      same->access &= ~rule.access;
  }

  bool allows(const Request& request) const {
    const auto device = [&](const DeviceRule& rule) {
      return rule.type == request.type && (!rule.major || *rule.major == request.major) &&
             (!rule.minor || *rule.minor == request.minor);
    };
    if (default_)
      return std::none_of(exceptions_.begin(), exceptions_.end(), [&](const DeviceRule& rule) {
        return device(rule) && (rule.access & request.access) != 0;
      });
    return std::any_of(exceptions_.begin(), exceptions_.end(), [&](const DeviceRule& rule) {
      return device(rule) && (request.access & ~rule.access) == 0;
    });
  }

 private:
  static DeviceRule parsed(const std::string& value) {
    DeviceRule rule;
    rule.type = value[0];
    const std::size_t colon = value.find(':'), space = value.find(' ', 2);
    const std::string major = value.substr(2, colon - 2),
                      minor = value.substr(colon + 1, space - colon - 1);
    if (major != "*") rule.major = static_cast<std::uint32_t>(std::stoul(major));
    if (minor != "*") rule.minor = static_cast<std::uint32_t>(std::stoul(minor));
    rule.access = 0;
    for (const char letter : value.substr(space + 1))
      rule.access |= letter == 'r' ? kAccessRead : letter == 'w' ? kAccessWrite : kAccessMknod;
    return rule;
  }

  bool default_ = true;
  std::vector<DeviceRule> exceptions_;
};

}  // namespace oci::cgroup::test
