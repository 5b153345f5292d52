#include "lib/criu/wire.h"

namespace oci::criu {
namespace {

enum WireType : unsigned { kVarint = 0, kFixed64 = 1, kDelimited = 2, kFixed32 = 5 };
constexpr unsigned kMaxVarint = 10;  // bytes: 64 bits in groups of seven

}  // namespace

void Encoder::varint(std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>((value & 0x7f) | 0x80));
  bytes_.push_back(static_cast<char>(value));
}

void Encoder::number(unsigned field, std::int64_t value) {
  varint(std::uint64_t{field} << 3 | kVarint);
  varint(static_cast<std::uint64_t>(value));
}

void Encoder::text(unsigned field, std::string_view value) {
  varint(std::uint64_t{field} << 3 | kDelimited);
  varint(value.size());
  bytes_.append(value);
}

bool Decoder::varint(std::uint64_t& value) noexcept {
  value = 0;
  for (unsigned i = 0; i < kMaxVarint && i < rest_.size(); ++i) {
    const auto byte = static_cast<unsigned char>(rest_[i]);
    // Of the tenth byte only one bit is left.
    if (i == kMaxVarint - 1 && byte > 1) break;
    value |= std::uint64_t{byte & 0x7fu} << (7 * i);
    if (byte >= 0x80) continue;
    rest_.remove_prefix(i + 1);
    return true;
  }
  return false;
}

bool Decoder::skip(std::uint64_t count) noexcept {
  if (count > rest_.size()) return false;
  rest_.remove_prefix(static_cast<std::size_t>(count));
  return true;
}

std::optional<Field> Decoder::next() noexcept {
  while (!broken_ && !rest_.empty()) {
    std::uint64_t key = 0, size = 0;
    Field field;
    broken_ = !varint(key) || (key >> 3) == 0 || (key >> 3) > 0x1fffffff;
    if (broken_) break;
    field.number = static_cast<unsigned>(key >> 3);
    switch (key & 7) {
      case kVarint:
        broken_ = !varint(field.value);
        if (!broken_) return field;
        break;
      case kDelimited:
        broken_ = !varint(size) || size > rest_.size();
        if (broken_) break;
        field.bytes = rest_.substr(0, static_cast<std::size_t>(size));
        static_cast<void>(skip(size));
        return field;
      case kFixed64: broken_ = !skip(8); break;
      case kFixed32: broken_ = !skip(4); break;
      default: broken_ = true;
    }
  }
  return std::nullopt;
}

}  // namespace oci::criu
