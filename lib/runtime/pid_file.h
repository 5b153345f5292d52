// The pid file that engines wait for.
#pragma once

#include <sys/types.h>

#include <string>

#include "oci/result.h"

namespace oci::runtime {

// The pid in decimal, without a newline; mode 0666 less the umask. Replaces an older file in one
// step, never writes through it. Errors: kSystem, `open PATH: ...`.
Status write_pid_file(const std::string& path, pid_t pid);

}  // namespace oci::runtime
