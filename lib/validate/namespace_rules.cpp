#include <set>

#include "lib/base/names.h"
#include "lib/validate/rules.h"
#include "lib/words/namespaces.h"

namespace oci::validate_rules {
namespace {

// As Go prints the struct: {"pid" ""}
std::string shown(const spec::Namespace& ns) {
  return "{" + quote(ns.type) + " " + quote(ns.path) + "}";
}

// How many names are left of a path once "." and ".." are resolved.
std::size_t depth(std::string_view path) {
  std::size_t names = 0;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name == "..")
      names -= names > 0 ? 1 : 0;
    else if (!name.empty() && name != ".")
      ++names;
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return names;
}

// S306: the root cgroup is never a container's.
void check_cgroups_path(const LinuxPart& part, Report& report) {
  const std::string& path = part.block.cgroups_path;
  if (!path.empty() && depth(path) == 0)
    report.add("/cgroupsPath",
               "cgroupsPath " + quote(path) + " names no cgroup of the container's own");
}

// S115
void check_types(const LinuxPart& part, Report& report) {
  const std::vector<spec::Namespace>& list = part.block.namespaces;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (base::find(words::kNamespaces, list[i].type) == nullptr)
      report.add(at("/namespaces", i, "/type"), "namespace " + shown(list[i]) + " does not exist");
}

// S104
void check_once(const LinuxPart& part, Report& report) {
  std::set<std::string_view> seen;
  const std::vector<spec::Namespace>& list = part.block.namespaces;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!seen.insert(list[i].type).second)
      report.add(at("/namespaces", i), "malformed spec file: duplicated ns " + shown(list[i]));
}

// S113: runc takes a relative path as below the bundle.
void check_paths(const LinuxPart& part, Report& report) {
  const std::vector<spec::Namespace>& list = part.block.namespaces;
  for (std::size_t i = 0; i < list.size(); ++i)
    if (!list[i].path.empty() && list[i].path[0] != '/')
      report.add(at("/namespaces", i, "/path"),
                 "namespace path " + quote(list[i].path) + " is not absolute");
}

constexpr Rule<LinuxPart> kNamespaceRules[] = {
    {"S306", Level::kError, "config-linux.md#cgroups-path", check_cgroups_path},
    {"S115", Level::kError, "config-linux.md#namespaces", check_types},
    {"S104", Level::kError, "config-linux.md#namespaces", check_once},
    {"S113", Level::kWarning, "config-linux.md#namespaces", check_paths},
};

}  // namespace

std::span<const Rule<LinuxPart>> namespace_rules() { return kNamespaceRules; }

}  // namespace oci::validate_rules
