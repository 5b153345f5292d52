// A container's state as `state` and `list` print it.
#pragma once

#include <string>
#include <string_view>

#include "oci/runtime.h"

namespace ocirun {

// Key order and escaping are runc's. `indent` 0: compact. No newline at the end.
std::string info_json(const oci::ContainerInfo& info, std::string_view owner, int indent);

// The user's name by /etc/passwd text, or `#uid`.
std::string owner_name(std::string_view passwd, uid_t uid);

}  // namespace ocirun
