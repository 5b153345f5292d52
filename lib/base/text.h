// Taking text apart.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace oci::base {

// What stands before the first `at`, or all of it; `rest` goes on behind.
constexpr std::string_view take_until(std::string_view& rest, char at) {
  const std::size_t end = std::min(rest.find(at), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

// With "\040" and the like as the bytes they stand for: white space and backslashes in the kernel's
// tables of mounts. proc_pid_mountinfo(5)
std::string unescape_octal(std::string_view text);

// "/a/b" of "a//./x/../b": rooted, without ".", ".." and empty components; ".." at the root stays
// there.
std::string clean_path(std::string_view path);

}  // namespace oci::base
