// Paths of a container, looked up from outside: no symlink leads out of its root, no magic link is
// followed. Spec: openat2(2)
#pragma once

#include <string>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// Errors: `openat2 PATH: ...`.
Result<UniqueFd> open_in_root(FdRef root, const std::string& path, int flags);
// Makes `path`, a directory or an empty file, and its missing parents. What exists is left alone.
Status make_in_root(FdRef root, const std::string& path, bool directory);

}  // namespace oci::sys
