#include "lib/cgroup/convert.h"

#include <algorithm>
#include <cmath>

namespace oci::cgroup {

std::uint64_t weight_of_shares(std::uint64_t shares) {
  if (shares == 0) return 0;
  if (shares <= 2) return 1;
  if (shares >= 262144) return 10000;
  // A quadratic in the logarithm through the minimum, the default and the maximum of both scales.
  const double l = std::log2(static_cast<double>(shares));
  const double exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
  // At 1024 the exponent is 2 but for rounding, and the result must not become 101.
  constexpr double kRounding = 1e-9;
  return static_cast<std::uint64_t>(std::ceil(std::pow(10.0, exponent) - kRounding));
}

std::uint64_t io_weight_of(std::uint16_t weight) {
  return 1 + (std::uint64_t{weight} - 10) * 9999 / 990;
}

Result<std::optional<std::string>> swap_max(std::int64_t limit, std::int64_t memory_and_swap) {
  using Value = std::optional<std::string>;
  const auto invalid = [](std::string text) {
    return Error{Code::kInvalidConfig, std::move(text), 0, "/linux/resources/memory/swap", {}};
  };
  // As on v1: memory without a limit means swap without one, too.
  if (limit == -1 && memory_and_swap == 0) return Value("max");
  if (memory_and_swap == -1) return Value("max");
  if (memory_and_swap == 0) return Value();
  if (limit == 0 || limit == -1) return invalid("unable to set swap limit without memory limit");
  if (limit < 0) return invalid("invalid memory value: " + std::to_string(limit));
  if (memory_and_swap < limit) return invalid("memory+swap limit should be >= memory limit");
  return Value(std::to_string(memory_and_swap - limit));
}

bool is_page_size(std::string_view text) {
  if (text.size() < 3 || text.front() < '1' || text.front() > '9' || text.back() != 'B')
    return false;
  const char unit = text[text.size() - 2];
  const std::string_view digits = text.substr(0, text.size() - 2);
  return (unit == 'K' || unit == 'M' || unit == 'G') &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string pointer_token(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == '~')
      out.append("~0");
    else if (c == '/')
      out.append("~1");
    else
      out.push_back(c);
  }
  return out;
}

}  // namespace oci::cgroup
