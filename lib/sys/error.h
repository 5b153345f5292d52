// From a failed kernel call to an Error: the one place where errno becomes words.
#pragma once

#include <string>
#include <string_view>

#include "oci/result.h"

namespace oci::sys {

// The message of errno as Go spells it, for engines match it: "no such file or directory".
std::string_view errno_text(int err) noexcept;

// Error{code from errno, "call subject: text", err}. Empty subject: "call: text".
Error call_error(std::string_view call, std::string_view subject, int err);
// The same with the current errno.
Error last_error(std::string_view call, std::string_view subject);

}  // namespace oci::sys
