#include <algorithm>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

using spec::Spec;

constexpr std::string_view kUserMapsMissing =
    "id-mapped mounts must have both uid and gid mappings specified";

bool has_option(const spec::Mount& mount, std::string_view a, std::string_view b) {
  return std::any_of(mount.options.begin(), mount.options.end(),
                     [&](const std::string& option) { return option == a || option == b; });
}

// S004: runc accepts any text and none; engines write 1.0.2-dev to 1.3.0.
void check_version(const Spec& spec, Report& report) {
  if (!spec.oci_version.empty() && !spec.oci_version.starts_with("1."))
    report.add("/ociVersion",
               "unsupported ociVersion " + quote(spec.oci_version) + ": only 1.x is known");
}

void check_version_given(const Spec& spec, Report& report) {
  if (spec.oci_version.empty()) report.add("/ociVersion", "ociVersion is missing");
}

// S066
void check_process(const Spec& spec, Report& report) {
  if (!spec.process) report.add("/process", "process property must not be empty");
}

// S077
void check_capabilities_given(const Spec& spec, Report& report) {
  if (spec.process && !spec.process->capabilities)
    report.add("/process/capabilities",
               "process.capabilities is absent: the process gets no capabilities at all");
}

// S014
void check_root(const Spec& spec, Report& report) {
  if (!spec.root) report.add("/root", "root must be specified");
}

// S096
void check_hostname(const Spec& spec, Report& report) {
  if (!spec.hostname.empty() && !has_namespace(spec, "uts"))
    report.add("/hostname", "unable to set hostname without a private UTS namespace");
}

// S097
void check_domainname(const Spec& spec, Report& report) {
  if (!spec.domainname.empty() && !has_namespace(spec, "uts"))
    report.add("/domainname", "unable to set domainname without a private UTS namespace");
}

// S018
void check_destination(const Spec& spec, Report& report) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i)
    if (spec.mounts[i].destination.empty())
      report.add(at("/mounts", i, "/destination"), "mount destination must not be empty");
}

void check_destination_absolute(const Spec& spec, Report& report) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const std::string& destination = spec.mounts[i].destination;
    if (!destination.empty() && destination[0] != '/')
      report.add(at("/mounts", i, "/destination"),
                 "mount destination " + quote(destination) +
                     " is not absolute: support for this is deprecated, taken as below /");
  }
}

// Extension: maps in the option itself, which the plan reads.
bool has_maps_in_option(const spec::Mount& mount) {
  return std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
    return option.starts_with("idmap=") || option.starts_with("ridmap=");
  });
}

// S022, S047
void check_id_mapped(const Spec& spec, Report& report) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const spec::Mount& mount = spec.mounts[i];
    const bool uids = !mount.uid_mappings.empty(), gids = !mount.gid_mappings.empty();
    const bool asked = has_option(mount, "idmap", "ridmap"), in_option = has_maps_in_option(mount);
    if (!uids && !gids && !asked && !in_option) continue;
    if (has_option(mount, "remount", "remount"))
      report.add(at("/mounts", i), "the ids of a mount cannot be mapped by a remount");
    // Without mappings of its own the mount takes those of the container's user namespace.
    else if (uids != gids || (!uids && !in_option && !has_namespace(spec, "user")))
      report.add(at("/mounts", i), std::string(kUserMapsMissing));
    check_map_lines(mount.uid_mappings, at("/mounts", i, "/uidMappings"), report);
    check_map_lines(mount.gid_mappings, at("/mounts", i, "/gidMappings"), report);
  }
}

using HookList = std::vector<spec::Hook> spec::Hooks::*;
struct HookKind {
  std::string_view name;
  HookList list;
};
constexpr HookKind kHookKinds[] = {
    {"prestart", &spec::Hooks::prestart},
    {"createRuntime", &spec::Hooks::create_runtime},
    {"createContainer", &spec::Hooks::create_container},
    {"startContainer", &spec::Hooks::start_container},
    {"poststart", &spec::Hooks::poststart},
    {"poststop", &spec::Hooks::poststop},
};

template <class F>
void for_each_hook(const Spec& spec, F look) {
  for (const HookKind& kind : kHookKinds) {
    const std::vector<spec::Hook>& list = spec.hooks.*kind.list;
    const std::string pointer = "/hooks/" + std::string(kind.name);
    for (std::size_t i = 0; i < list.size(); ++i)
      look(list[i], at(pointer, i), std::string(kind.name) + " hook #" + std::to_string(i));
  }
}

// S229
void check_hook_path(const Spec& spec, Report& report) {
  for_each_hook(spec,
                [&](const spec::Hook& hook, const std::string& pointer, const std::string& name) {
                  if (hook.path.empty())
                    report.add(pointer + "/path", "error running " + name + ": exec: no command");
                });
}

// The spec wants absolute paths; runc takes others as below the bundle.
void check_hook_path_absolute(const Spec& spec, Report& report) {
  for_each_hook(
      spec, [&](const spec::Hook& hook, const std::string& pointer, const std::string& name) {
        if (!hook.path.empty() && hook.path[0] != '/')
          report.add(pointer + "/path", name + ": path " + quote(hook.path) + " is not absolute");
      });
}

// S232
void check_hook_timeout(const Spec& spec, Report& report) {
  for_each_hook(
      spec, [&](const spec::Hook& hook, const std::string& pointer, const std::string& name) {
        if (hook.timeout && *hook.timeout <= 0)
          report.add(pointer + "/timeout", name + ": timeout must be greater than zero, not " +
                                               std::to_string(*hook.timeout));
      });
}

// S010
void check_annotation_keys(const Spec& spec, Report& report) {
  if (spec.annotations.count("") != 0)
    report.add("/annotations/", "annotation keys must not be empty");
}

void refuse_annotation(const Spec& spec, Report& report, const std::string& key,
                       std::string_view why) {
  const auto found = spec.annotations.find(key);
  if (found == spec.annotations.end()) return;
  report.add("/annotations/" + token(key),
             "annotation " + key + "=" + quote(found->second) + ": " + std::string(why));
}

// S256: would load code of the container's author into the runtime.
void check_plugins(const Spec& spec, Report& report) {
  refuse_annotation(spec, report, "run.oci.seccomp.plugins", "seccomp plugins are refused");
}

// S261
void check_handler(const Spec& spec, Report& report) {
  refuse_annotation(spec, report, "run.oci.handler", "there is no such handler");
}

constexpr Rule<Spec> kHeadRules[] = {
    {"S004", Level::kError, "config.md#specification-version", check_version},
    {"S004", Level::kWarning, "config.md#specification-version", check_version_given},
    {"S066", Level::kError, "config.md#process", check_process},
    {"S077", Level::kWarning, "config.md#linux-process", check_capabilities_given},
};

constexpr Rule<Spec> kConfigRules[] = {
    {"S014", Level::kError, "config.md#root", check_root},
    {"S096", Level::kError, "config.md#hostname", check_hostname},
    {"S097", Level::kError, "config.md#domainname", check_domainname},
    {"S018", Level::kError, "config.md#mounts", check_destination},
    {"S018", Level::kWarning, "config.md#mounts", check_destination_absolute},
    {"S022", Level::kError, "config.md#posix-platform-mounts", check_id_mapped},
    {"S229", Level::kError, "config.md#posix-platform-hooks", check_hook_path},
    {"S229", Level::kWarning, "config.md#posix-platform-hooks", check_hook_path_absolute},
    {"S232", Level::kError, "config.md#posix-platform-hooks", check_hook_timeout},
    {"S010", Level::kError, "config.md#annotations", check_annotation_keys},
    {"S256", Level::kError, "config.md#annotations", check_plugins},
    {"S261", Level::kError, "config.md#annotations", check_handler},
};

}  // namespace

std::span<const Rule<Spec>> head_rules() { return kHeadRules; }
std::span<const Rule<Spec>> config_rules() { return kConfigRules; }

}  // namespace oci::validate_rules
