// Container paths as text. Nothing here looks at a file system.
#pragma once

#include <string>
#include <string_view>

#include "lib/base/text.h"

namespace oci::plan {

using base::clean_path;
// `path` itself if it is absolute, else below `base`. Both cleaned.
std::string resolve_path(std::string_view base, std::string_view path);
// Whether cleaned `path` lies below cleaned `directory`.
bool lies_below(std::string_view path, std::string_view directory);
std::string_view base_name(std::string_view path);
// One reference token of a JSON pointer. RFC 6901, section 3
std::string pointer_token(std::string_view key);
// As %q of Go prints it: quotes around, control characters escaped.
std::string quoted(std::string_view text);

// What may be mounted over below /proc: files that lxcfs and its like replace, all of them read by
// people rather than by the kernel or a runtime. Precondition: cleaned.
bool may_be_mounted_in_proc(std::string_view destination);

}  // namespace oci::plan
