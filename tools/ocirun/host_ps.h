// The host's ps(1), and the lines of its output that belong to a container.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"

namespace ocirun {

// Output and error output of `ps ARGUMENTS`. Errors: `exec: "ps": executable file not found in
// $PATH`, `exit status 1: OUTPUT`.
oci::Result<std::string> run_ps(const std::vector<std::string>& arguments);

// The header and the lines whose PID column holds one of `pids`.
// Errors: `couldn't find PID field in ps output`, `unable to parse pid "x": ...`.
oci::Result<std::string> filter_ps(std::string_view output, const std::vector<pid_t>& pids);

}  // namespace ocirun
