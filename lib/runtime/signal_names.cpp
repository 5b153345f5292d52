#include "lib/words/signals.h"
#include "oci/signals.h"

namespace oci {

std::optional<int> parse_signal(std::string_view text) { return words::parse_signal(text); }

}  // namespace oci
