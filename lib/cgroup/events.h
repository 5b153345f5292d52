// Small things that the parts of Cgroup share: flat files of the kernel, deadlines.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace oci::cgroup {

using Clock = std::chrono::steady_clock;

// The line that starts with `key `.
std::optional<std::string_view> line_of(std::string_view text, std::string_view key);
// The number behind `key ` in a flat keyed file such as memory.events.
std::optional<std::uint64_t> keyed_value(std::string_view text, std::string_view key);

// Time until `deadline`, never negative.
std::chrono::milliseconds time_left(Clock::time_point deadline);

// Pauses where the kernel has no event to wait for: from 50 µs, doubling to 5 ms. False: the
// deadline is over.
class Backoff {
 public:
  explicit Backoff(Clock::time_point deadline) : deadline_(deadline) {}
  bool wait();

 private:
  Clock::time_point deadline_;
  std::chrono::microseconds pause_{50};
};

}  // namespace oci::cgroup
