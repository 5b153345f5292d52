#include "lib/cgroup/events.h"

#include <algorithm>
#include <thread>

#include "lib/base/numbers.h"
#include "lib/base/text.h"

namespace oci::cgroup {

std::optional<std::string_view> line_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::string_view line = base::take_until(text, '\n');
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ') return line;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> keyed_value(std::string_view text, std::string_view key) {
  const auto line = line_of(text, key);
  if (!line) return std::nullopt;
  return base::parse_number<std::uint64_t>(line->substr(key.size() + 1));
}

std::chrono::milliseconds time_left(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
  return std::max(left, std::chrono::milliseconds(0));
}

bool Backoff::wait() {
  const auto now = Clock::now();
  if (now >= deadline_) return false;
  std::this_thread::sleep_for(std::min<Clock::duration>(pause_, deadline_ - now));
  pause_ = std::min(pause_ * 2, std::chrono::microseconds(5000));
  return true;
}

}  // namespace oci::cgroup
