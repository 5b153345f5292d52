// The wire format of Protocol Buffers, as far as CRIU's messages need it: varints and
// length-delimited values. Spec: protobuf.dev/programming-guides/encoding
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace oci::criu {

// One message, field by field.
class Encoder {
 public:
  void number(unsigned field, std::int64_t value);  // int32, uint32 and enum, too
  void flag(unsigned field, bool value) { number(field, value ? 1 : 0); }
  void text(unsigned field, std::string_view value);
  void message(unsigned field, const Encoder& value) { text(field, value.bytes_); }
  std::string take() && { return std::move(bytes_); }

 private:
  void varint(std::uint64_t value);
  std::string bytes_;
};

struct Field {
  unsigned number = 0;
  std::uint64_t value = 0;  // of a varint
  std::string_view bytes;   // of a length-delimited value; borrows the message
  std::int32_t int32() const noexcept { return static_cast<std::int32_t>(value); }
  bool on() const noexcept { return value != 0; }
};

// Takes a message apart. Fields of fixed width are passed over.
class Decoder {
 public:
  explicit Decoder(std::string_view message) noexcept : rest_(message) {}
  // Empty at the end, and where the message is broken: then broken() tells.
  std::optional<Field> next() noexcept;
  bool broken() const noexcept { return broken_; }

 private:
  bool varint(std::uint64_t& value) noexcept;
  bool skip(std::uint64_t count) noexcept;
  std::string_view rest_;
  bool broken_ = false;
};

}  // namespace oci::criu
