#include "lib/cgroup/sub_cgroup.h"

#include <algorithm>
#include <string_view>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/placement.h"

namespace oci::cgroup {
namespace {

Error invalid(std::string text) {
  return Error{Code::kInvalidArgument, std::move(text), 0, "--cgroup", {}};
}

// "/a" of "a", "/a/" and "./a"; empty for the container's cgroup itself.
Result<std::string> below(std::string_view given) {
  const std::string text = "bad sub cgroup path: " + std::string(given);
  std::string_view rest = given;
  while (!rest.empty())
    if (base::take_until(rest, '/') == "..") return invalid(text);
  std::string path = clean_path(given);
  if (path == "/") return std::string();
  if (!is_safe_path(path)) return invalid(text);
  return path;
}

bool has(const Dir& dir, std::string_view controller) {
  if (dir.unified) return controller.empty();
  return std::any_of(dir.controllers.begin(), dir.controllers.end(), [&](const std::string& own) {
    return own == controller || (own.starts_with("name=") && own.substr(5) == controller);
  });
}

}  // namespace

Result<std::vector<Dir>> sub_cgroup(std::vector<Dir> dirs,
                                    const std::vector<std::string>& arguments) {
  if (dirs.empty()) return invalid("container has no cgroup");
  const std::vector<Dir> whole = dirs;
  const bool unified_only = dirs.size() == 1 && dirs[0].unified;
  for (const std::string& argument : arguments) {
    const std::size_t colon = argument.find(':');
    const std::string path =
        TRY(below(std::string_view(argument).substr(colon == std::string::npos ? 0 : colon + 1)));
    if (colon == std::string::npos || unified_only) {
      for (std::size_t i = 0; i < dirs.size(); ++i) dirs[i].path = whole[i].path + path;
      continue;
    }
    std::string_view list = std::string_view(argument).substr(0, colon);
    do {
      const std::string_view controller = base::take_until(list, ',');
      bool found = false;
      for (std::size_t i = 0; i < dirs.size(); ++i) {
        if (!has(dirs[i], controller)) continue;
        dirs[i].path = whole[i].path + path;
        found = true;
      }
      if (!found)
        return invalid("unknown controller " + std::string(controller) + " in SubCgroupPaths");
    } while (!list.empty());
  }
  return dirs;
}

std::optional<std::vector<Dir>> cgroup_of_init(std::vector<Dir> dirs,
                                               const std::vector<Membership>& init) {
  const auto unified =
      std::find_if(dirs.begin(), dirs.end(), [](const Dir& d) { return d.unified; });
  const auto member = std::find_if(init.begin(), init.end(),
                                   [](const Membership& m) { return m.controllers.empty(); });
  if (unified == dirs.end() || member == init.end()) return std::nullopt;
  if (!is_safe_path(member->path) || !member->path.starts_with(unified->path + "/"))
    return std::nullopt;
  unified->path = member->path;
  return dirs;
}

}  // namespace oci::cgroup
