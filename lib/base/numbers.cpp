#include "lib/base/numbers.h"

#include <limits>
#include <string>

namespace oci::base {
namespace {

std::optional<std::uint64_t> magnitude(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, base);
  if (digits.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// Underscores must stand between digits; a base prefix counts as one. Go spec: Integer literals
std::optional<std::string> without_underscores(std::string_view digits, bool after_prefix) {
  std::string plain;
  bool digit_before = after_prefix;
  for (const char c : digits) {
    if (c == '_' && !digit_before) return std::nullopt;
    if (c != '_') plain += c;
    digit_before = c != '_';
  }
  if (!digit_before) return std::nullopt;
  return plain;
}

std::optional<std::int64_t> with_sign(std::uint64_t value, bool negative) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (value > kMax + (negative ? 1 : 0)) return std::nullopt;
  return static_cast<std::int64_t>(negative ? 0 - value : value);
}

bool take_sign(std::string_view& text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  return negative;
}

}  // namespace

std::optional<std::int64_t> parse_go_atoi(std::string_view text) {
  const bool negative = take_sign(text);
  const auto value = magnitude(text, 10);
  return value ? with_sign(*value, negative) : std::nullopt;
}

std::optional<std::uint64_t> parse_go_uint(std::string_view text) {
  int base = 10;
  bool prefix = false;
  if (text.size() > 1 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'b' ? 2 : 8;
    text.remove_prefix(letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 1);
    prefix = true;
  }
  if (text.find('_') == std::string_view::npos) return magnitude(text, base);
  const auto plain = without_underscores(text, prefix);
  return plain ? magnitude(*plain, base) : std::nullopt;
}

std::optional<std::int64_t> parse_go_int(std::string_view text) {
  const bool negative = take_sign(text);
  const auto value = parse_go_uint(text);
  return value ? with_sign(*value, negative) : std::nullopt;
}

}  // namespace oci::base
