#include "lib/cgroup/events.h"

#include <algorithm>
#include <thread>

#include "lib/base/numbers.h"

namespace oci::cgroup {

std::optional<std::uint64_t> keyed_value(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ')
      return base::parse_number<std::uint64_t>(line.substr(key.size() + 1));
  }
  return std::nullopt;
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
