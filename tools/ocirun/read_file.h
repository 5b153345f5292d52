// Reading a file that the command line names.
#pragma once

#include <cstddef>
#include <string>

#include "oci/result.h"

namespace ocirun {

// At most `limit` bytes. Errors: `open PATH: ...`, `read PATH: ...`.
oci::Result<std::string> read_file(const std::string& path, std::size_t limit);

// The same of what standard input still holds.
oci::Result<std::string> read_stdin(std::size_t limit);

}  // namespace ocirun
