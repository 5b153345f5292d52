#include "lib/base/text.h"

namespace oci::base {

std::string unescape_octal(std::string_view text) {
  const auto octal = [](char c) { return c >= '0' && c <= '7'; };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && octal(text[i + 1]) && octal(text[i + 2]) &&
        octal(text[i + 3])) {
      out.push_back(static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                      (text[i + 3] - '0')));
      i += 3;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

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
