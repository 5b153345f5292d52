#include "lib/json/text.h"

#include <cstdint>
#include <cstring>

namespace oci::json {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

// True when none of eight bytes is NUL or beyond ASCII: the common case, at a word a step.
bool plain_word(const char* p) noexcept {
  std::uint64_t word;
  std::memcpy(&word, p, sizeof word);
  return ((word | (word - kOnes)) & kHighBits) == 0;
}

}  // namespace

std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if (!continues(text[i])) return 0;
  // RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
  const unsigned second = byte(1);
  if (first == 0xe0 && second < 0xa0) return 0;
  if (first == 0xed && second > 0x9f) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return length;
}

TextFault find_fault(std::string_view text) noexcept {
  while (!text.empty()) {
    if (text.size() >= 8 && plain_word(text.data())) {
      text.remove_prefix(8);
      continue;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte == 0) return TextFault::kNul;
    if (byte < 0x80) {
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = utf8_length(text);
    if (length == 0) return TextFault::kNotUtf8;
    text.remove_prefix(length);
  }
  return TextFault::kNone;
}

}  // namespace oci::json
