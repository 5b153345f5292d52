// What a string of a document may hold.
#pragma once

#include <cstddef>
#include <string_view>

namespace oci::json {

enum class TextFault { kNone, kNul, kNotUtf8 };

// The first fault of `text`: a NUL byte, or bytes that are not UTF-8 (surrogates and overlong forms
// included).
TextFault find_fault(std::string_view text) noexcept;

// The length of the UTF-8 sequence at the start of `text`; 0 when it is not valid. Precondition:
// not empty.
std::size_t utf8_length(std::string_view text) noexcept;

}  // namespace oci::json
