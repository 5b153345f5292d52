// The lines of `events`. Keys, their order and what is left out are runc's.
#pragma once

#include <string>
#include <string_view>

#include "oci/stats.h"

namespace ocirun {

// With the newline.
std::string stats_line(std::string_view id, const oci::Stats& stats);
std::string oom_line(std::string_view id);

}  // namespace ocirun
