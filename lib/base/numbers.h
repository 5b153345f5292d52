// Text to integers, strictly.
#pragma once

#include <charconv>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string_view>

namespace oci::base {

// The whole text as a decimal number in T's range: digits only (with a leading '-' for signed
// types), no '+', no spaces, no leading zeros, nothing behind.
template <std::integral T>
std::optional<T> parse_number(std::string_view text) {
  const bool negative = std::signed_integral<T> && text.starts_with('-');
  const std::string_view digits = negative ? text.substr(1) : text;
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return std::nullopt;
  if (digits[0] == '0' && (digits.size() > 1 || negative)) return std::nullopt;
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// As Go's strconv.Atoi: decimal, sign and leading zeros allowed. Tools around runc rely on what it
// takes.
std::optional<std::int64_t> parse_go_atoi(std::string_view text);

// As Go's strconv.ParseInt and ParseUint with base 0, which runc's flags go through: prefixes 0x,
// 0o, 0b, a leading 0 for octal, underscores between digits.
std::optional<std::int64_t> parse_go_int(std::string_view text);
std::optional<std::uint64_t> parse_go_uint(std::string_view text);

}  // namespace oci::base
