// Signals by name and number, as the command line takes them. signal(7); numbers of x86-64 and
// aarch64.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "lib/base/names.h"
#include "lib/base/numbers.h"

namespace oci::words {

inline constexpr auto kSignals = std::to_array<base::Named<int>>({
    {"SIGABRT", 6},  {"SIGALRM", 14},   {"SIGBUS", 7},     {"SIGCHLD", 17},  {"SIGCONT", 18},
    {"SIGFPE", 8},   {"SIGHUP", 1},     {"SIGILL", 4},     {"SIGINT", 2},    {"SIGIO", 29},
    {"SIGKILL", 9},  {"SIGPIPE", 13},   {"SIGPROF", 27},   {"SIGPWR", 30},   {"SIGQUIT", 3},
    {"SIGSEGV", 11}, {"SIGSTKFLT", 16}, {"SIGSTOP", 19},   {"SIGSYS", 31},   {"SIGTERM", 15},
    {"SIGTRAP", 5},  {"SIGTSTP", 20},   {"SIGTTIN", 21},   {"SIGTTOU", 22},  {"SIGURG", 23},
    {"SIGUSR1", 10}, {"SIGUSR2", 12},   {"SIGVTALRM", 26}, {"SIGWINCH", 28}, {"SIGXCPU", 24},
    {"SIGXFSZ", 25},
});
static_assert(kSignals.size() == 31 && base::is_sorted_by_name(kSignals));

// "TERM", "sigterm", "15"; empty is SIGTERM. Any integer passes: the kernel judges it. Names of
// real-time signals are unknown, as in runc.
inline std::optional<int> parse_signal(std::string_view text) {
  if (text.empty()) return 15;
  if (const auto number = base::parse_go_atoi(text)) {
    using Limits = std::numeric_limits<int>;
    return static_cast<int>(std::clamp<std::int64_t>(*number, Limits::min(), Limits::max()));
  }
  std::string name(text);
  for (char& c : name)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (!name.starts_with("SIG")) name.insert(0, "SIG");
  const auto* entry = base::find(kSignals, name);
  return entry ? std::optional<int>(entry->value) : std::nullopt;
}

}  // namespace oci::words
