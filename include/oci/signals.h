// Names of signals.
#pragma once

#include <optional>
#include <string_view>

namespace [[gnu::visibility("default")]] oci {

// "TERM", "sigterm", "15"; empty is SIGTERM. Any integer passes, since the kernel judges it; names
// of real-time signals are unknown. Pure and thread-safe.
std::optional<int> parse_signal(std::string_view text);

}  // namespace oci
