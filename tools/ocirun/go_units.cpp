// Durations and sizes.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

struct TimeUnit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr TimeUnit kTimeUnits[] = {
    {"ns", 1},          {"us", 1'000},        {"\u00b5s", 1'000},  // the micro sign
    {"\u03bcs", 1'000},                                            // the Greek letter
    {"ms", 1'000'000},  {"s", 1'000'000'000}, {"m", 60'000'000'000}, {"h", 3'600'000'000'000},
};

// Takes `1.5h` off the front.
std::optional<long double> take_duration(std::string_view& text) {
  std::size_t digits = 0, at = 0;
  while (at < text.size() && (is_digit(text[at]) || text[at] == '.'))
    digits += is_digit(text[at++]);
  const std::string_view number = text.substr(0, at);
  if (digits == 0 || number.find('.') != number.rfind('.')) return std::nullopt;
  text.remove_prefix(at);
  const std::size_t end = std::min(text.find_first_of(".0123456789"), text.size());
  const std::string_view unit = text.substr(0, end);
  text.remove_prefix(end);
  for (const TimeUnit& known : kTimeUnits) {
    if (known.name != unit) continue;
    long double value = 0, scale = 1;
    bool fraction = false;
    for (const char c : number) {
      if (c == '.') {
        fraction = true;
        continue;
      }
      value = value * 10 + static_cast<long double>(c - '0');
      if (fraction) scale *= 10;
    }
    return value / scale * static_cast<long double>(known.nanoseconds);
  }
  return std::nullopt;
}

oci::Error bad_size(std::string text) {
  return {oci::Code::kInvalidArgument, std::move(text), 0, {}, {}};
}

// 1 for no suffix and "b"; empty where it is none.
std::optional<double> factor_of(std::string suffix) {
  for (char& c : suffix)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (suffix.empty() || suffix == "b") return 1;
  constexpr std::string_view kUnits = "kmgtp";
  const std::size_t power = kUnits.find(suffix[0]);
  const std::string_view rest = std::string_view(suffix).substr(1);
  if (power == std::string_view::npos || (!rest.empty() && rest != "b" && rest != "ib"))
    return std::nullopt;
  return std::pow(1024.0, static_cast<double>(power + 1));
}

}  // namespace

ParsedUint parse_uint(std::string_view text) {
  ParsedUint out;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, out.value);
  if (stop != end || error == std::errc::invalid_argument)
    out.error = NumberError::kSyntax;
  else if (error == std::errc::result_out_of_range)
    out.error = NumberError::kRange;
  return out;
}

std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return std::chrono::nanoseconds(0);
  if (text.empty()) return std::nullopt;
  long double total = 0;
  while (!text.empty()) {
    const auto part = take_duration(text);
    if (!part) return std::nullopt;
    total += *part;
  }
  if (total >= static_cast<long double>(std::numeric_limits<std::int64_t>::max()))
    return std::nullopt;
  const auto whole = static_cast<std::int64_t>(total);
  return std::chrono::nanoseconds(negative ? -whole : whole);
}

oci::Result<std::int64_t> parse_size(std::string_view text) {
  const std::string whole(text);
  const std::size_t last = text.find_last_of("0123456789. ");
  if (last == std::string_view::npos) return bad_size("invalid size: '" + whole + "'");
  std::string_view number = text.substr(0, text[last] == ' ' ? last : last + 1);
  const std::string suffix(text.substr(last + 1));
  const std::string_view spelled = number;
  if (number.starts_with('+')) number.remove_prefix(1);
  double size = 0;
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, size);
  if (error == std::errc::invalid_argument || stop != end)
    return bad_size(number_error_text("ParseFloat", spelled, NumberError::kSyntax));
  if (error != std::errc{})
    return bad_size(number_error_text("ParseFloat", spelled, NumberError::kRange));
  if (std::signbit(size) || std::isnan(size)) return bad_size("invalid size: '" + whole + "'");
  const auto factor = factor_of(suffix);
  if (!factor) return bad_size("invalid suffix: '" + suffix + "'");
  size *= *factor;
  if (size >= 9223372036854775808.0) return bad_size("invalid size: '" + whole + "'");
  return static_cast<std::int64_t>(size);
}

}  // namespace ocirun
