#include "lib/sys/path.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string_view>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/sys/call.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::sys {
Result<UniqueFd> open_in_root(FdRef root, const std::string& path, int flags) {
  const Res opened =
      call::openat2(root.get(), path.c_str(), static_cast<std::uint64_t>(flags), kInRoot);
  if (!opened.ok()) return call_error("openat2", path, opened.err());
  return UniqueFd(opened.fd());
}

Status make_in_root(FdRef root, const std::string& path, bool directory) {
  std::string done;
  for (std::string_view rest = path; !rest.empty();) {
    const std::string name(base::take_until(rest, '/'));
    if (name.empty()) continue;
    const bool last = rest.find_first_not_of('/') == std::string_view::npos;
    const std::string next = done + "/" + name;
    auto found = open_in_root(root, next, O_PATH);
    if (!found) {
      if (found.error().sys_errno != ENOENT) return std::move(found).error();
      const UniqueFd parent =
          TRY(open_in_root(root, done.empty() ? "/" : done, O_PATH | O_DIRECTORY));
      if (!last || directory) {
        if (::mkdirat(parent.get(), name.c_str(), 0755) < 0 && errno != EEXIST)
          return last_error("mkdir", next);
      } else {
        auto file = open_at(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0644);
        if (!file && file.error().sys_errno != EEXIST) return std::move(file).error();
      }
    }
    done = next;
  }
  return {};
}

}  // namespace oci::sys
