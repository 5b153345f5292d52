#include "lib/base/text.h"

namespace oci::base {

std::string clean_path(std::string_view path) {
  std::string out;
  out.reserve(path.size() + 1);
  while (!path.empty()) {
    const std::string_view name = take_until(path, '/');
    if (name == "..")
      out.resize(out.empty() ? 0 : out.find_last_of('/'));
    else if (!name.empty() && name != ".")
      out.append(1, '/').append(name);
  }
  return out.empty() ? "/" : out;
}

}  // namespace oci::base
