// Directory trees through descriptors: list, make, remove.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// Names in `dir` without "." and "..", in the kernel's order. `directories_only` leaves everything
// else out.
Result<std::vector<std::string>> list_directory(FdRef dir, bool directories_only = false);
// `path` and its missing parents; missing ones get `parent_mode`, the last one `mode`. An existing
// directory is fine.
Status make_directories(const std::string& path, mode_t mode, mode_t parent_mode = 0755);
// Removes everything in `dir`. Follows no link and enters no other file system. What vanishes
// meanwhile is fine.
Status remove_children(FdRef dir);

}  // namespace oci::sys
