// The spellings of Go's strconv and logrus, which engines and people compare with.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "oci/result.h"

namespace ocirun {

// One code point of UTF-8 text.
struct Rune {
  char32_t value = 0;
  std::size_t length = 1;  // bytes taken
  bool valid = false;      // false: `value` is the one byte that fits no sequence
};
// Precondition: !text.empty().
Rune decode_rune(std::string_view text) noexcept;

// Number of code points.
std::size_t rune_count(std::string_view text) noexcept;

// strconv.Quote: what %q prints.
std::string quote(std::string_view text);

// 1 t T TRUE true True, and the same for false.
std::optional<bool> parse_bool(std::string_view text) noexcept;

enum class NumberError { kSyntax, kRange };
// strconv.ParseInt(text, base, 64): base 10, or 0 for prefixes 0x 0o 0b 0 and for underscores
// between digits.
struct ParsedInt {
  std::int64_t value = 0;
  std::optional<NumberError> error;
};
ParsedInt parse_int(std::string_view text, int base);

// strconv.ParseUint(text, 10, 64)
struct ParsedUint {
  std::uint64_t value = 0;
  std::optional<NumberError> error;
};
ParsedUint parse_uint(std::string_view text);

// time.ParseDuration: "1h30m", "1.5s", "-300ms", "0".
std::optional<std::chrono::nanoseconds> parse_duration(std::string_view text);

// A size as Docker writes it, in powers of 1024: "512", "10k", "1.5 GiB". Error text as go-units
// words it.
oci::Result<std::int64_t> parse_size(std::string_view text);

// `strconv.Atoi: parsing "x": invalid syntax`
std::string number_error_text(std::string_view function, std::string_view text, NumberError error);

// path.Clean and filepath.Abs: `path` without "." and ".." (by spelling) and doubled slashes, below
// `cwd`.
std::string absolute_path(std::string_view path, std::string_view cwd);

// errno in words as Go prints it: lower case.
std::string errno_text(int error);
// `open /x: no such file or directory`
oci::Error path_error(std::string_view call, std::string_view path, int error);

}  // namespace ocirun
