// Writing to descriptors, whole.
#pragma once

#include <string_view>

#include "oci/result.h"

namespace ocirun {

// Repeats short and interrupted writes. Returns 0 or errno.
int write_all(int fd, std::string_view text) noexcept;
// To standard output. Error: `write /dev/stdout: ...`.
oci::Status print(std::string_view text);

}  // namespace ocirun
