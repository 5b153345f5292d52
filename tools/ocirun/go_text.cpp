#include "tools/ocirun/go_text.h"

#include <array>
#include <cstring>
#include <limits>
#include <vector>

namespace ocirun {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void append_hex(std::string& out, char32_t value, int digits) {
  for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) out += kHex[(value >> shift) & 15];
}

// unicode.IsPrint, for the ranges that occur: of the spaces only U+0020 counts as printable.
bool is_print(char32_t c) {
  struct Range {
    char32_t first, last;
  };
  constexpr Range kHidden[] = {
      {0x00, 0x1f},     {0x7f, 0xa0},     {0xad, 0xad},       {0x1680, 0x1680}, {0x2000, 0x200f},
      {0x2028, 0x202f}, {0x205f, 0x206f}, {0x3000, 0x3000},   {0xd800, 0xf8ff}, {0xfeff, 0xfeff},
      {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0x10ffff}};
  for (const Range& range : kHidden)
    if (c >= range.first && c <= range.last) return false;
  return true;
}

char short_escape(char32_t c) {
  switch (c) {
    case '\a': return 'a';
    case '\b': return 'b';
    case '\f': return 'f';
    case '\n': return 'n';
    case '\r': return 'r';
    case '\t': return 't';
    case '\v': return 'v';
    case '"': return '"';
    case '\\': return '\\';
    default: return 0;
  }
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

// Takes the prefix of a literal away and tells the base it stands for.
int take_base(std::string_view& digits) {
  if (digits.size() < 2 || digits[0] != '0') return 10;
  const char kind = static_cast<char>(digits[1] | 0x20);
  const int base = kind == 'x' ? 16 : kind == 'o' ? 8 : kind == 'b' ? 2 : 0;
  digits.remove_prefix(base != 0 ? 2 : 1);
  return base != 0 ? base : 8;
}

}  // namespace

Rune decode_rune(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return {lead, 1, false};
  char32_t value = lead & (0xffu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {lead, 1, false};
    value = (value << 6) | (byte(i) & 0x3fu);
  }
  constexpr std::array<char32_t, 5> kSmallest{0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < kSmallest[length] || value > 0x10ffff || surrogate) return {lead, 1, false};
  return {value, length, true};
}

std::size_t rune_count(std::string_view text) noexcept {
  std::size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(decode_rune(text).length);
  return count;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const Rune rune = decode_rune(text);
    if (!rune.valid) {
      append_hex(out += "\\x", rune.value, 2);
    } else if (const char letter = short_escape(rune.value)) {
      out += '\\';
      out += letter;
    } else if (is_print(rune.value)) {
      out += text.substr(0, rune.length);
    } else if (rune.value < ' ' || rune.value == 0x7f) {
      append_hex(out += "\\x", rune.value, 2);
    } else if (rune.value < 0x10000) {
      append_hex(out += "\\u", rune.value, 4);
    } else {
      append_hex(out += "\\U", rune.value, 8);
    }
    text.remove_prefix(rune.length);
  }
  return out += '"';
}

std::optional<bool> parse_bool(std::string_view text) noexcept {
  for (const std::string_view word : {"1", "t", "T", "TRUE", "true", "True"})
    if (text == word) return true;
  for (const std::string_view word : {"0", "f", "F", "FALSE", "false", "False"})
    if (text == word) return false;
  return std::nullopt;
}

ParsedInt parse_int(std::string_view text, int base) {
  const ParsedInt bad{0, NumberError::kSyntax};
  std::string_view digits = text;
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.remove_prefix(1);
  const bool underscores = base == 0;
  const std::size_t before = digits.size();
  if (base == 0) base = take_base(digits);
  bool after_digit = digits.size() != before;  // an underscore may follow the prefix
  if (digits.empty()) return bad;
  const std::uint64_t limit = std::uint64_t{1} << 63;
  std::uint64_t value = 0;
  bool overflow = false;
  for (const char c : digits) {
    if (c == '_' && underscores && after_digit) {
      after_digit = false;
      continue;
    }
    const int digit = digit_value(c);
    if (digit >= base) return bad;
    after_digit = true;
    const auto add = static_cast<std::uint64_t>(digit);
    if (value > (limit - add) / static_cast<std::uint64_t>(base)) overflow = true;
    if (!overflow) value = value * static_cast<std::uint64_t>(base) + add;
  }
  if (!after_digit) return bad;
  if (overflow || (value == limit && !negative)) return {0, NumberError::kRange};
  return {static_cast<std::int64_t>(negative ? ~value + 1 : value), std::nullopt};
}

std::string number_error_text(std::string_view function, std::string_view text, NumberError error) {
  std::string out = "strconv.";
  out.append(function).append(": parsing ").append(quote(text)).append(": ");
  return out += error == NumberError::kRange ? "value out of range" : "invalid syntax";
}

std::string absolute_path(std::string_view path, std::string_view cwd) {
  std::string whole;
  if (!path.starts_with('/')) (whole += cwd) += '/';
  whole += path;
  std::vector<std::string_view> parts;
  std::string_view rest = whole;
  while (!rest.empty()) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part != "..")
      parts.push_back(part);
    else if (!parts.empty())
      parts.pop_back();
  }
  std::string out;
  for (const std::string_view part : parts) (out += '/') += part;
  return out.empty() ? "/" : out;
}

std::string errno_text(int error) {
  std::string text =
      ::strerrordesc_np(error) ? ::strerrordesc_np(error) : "errno " + std::to_string(error);
  // Go keeps the capitals of a few, such as "RFS specific error"; none of them comes from what is
  // called here.
  if (text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

oci::Error path_error(std::string_view call, std::string_view path, int error) {
  oci::Error out{oci::Code::kSystem, std::string(call), error, std::string(path), {}};
  (((out.text += ' ') += path) += ": ") += errno_text(error);
  return out;
}

}  // namespace ocirun
