#include <algorithm>
#include <array>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

// Part of the IPC namespace. ipc_namespaces(7)
constexpr std::array<std::string_view, 8> kIpcKeys{
    "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni",          "kernel.sem",
    "kernel.shmall", "kernel.shmmax", "kernel.shm_rmid_forced", "kernel.shmmni"};

// sysctl.d(5): if the first separator is a slash, slashes separate and dots belong to names. The
// result has dots as separators and slashes in names.
std::string dotted(std::string key) {
  const std::size_t first = key.find_first_of("./");
  if (first == std::string::npos || key[first] == '.') return key;
  for (char& c : key) {
    if (c == '/')
      c = '.';
    else if (c == '.')
      c = '/';
  }
  return key;
}

// Empty names and, once a dot of a name, ".." would lead elsewhere below /proc/sys.
bool has_plain_names(std::string_view key) {
  for (;;) {
    const std::size_t end = key.find('.');
    const std::string_view name = key.substr(0, end);
    const bool only_dots = name.find_first_not_of('/') == std::string_view::npos;
    if (name.empty() || only_dots) return false;
    if (end == std::string_view::npos) return true;
    key.remove_prefix(end + 1);
  }
}

// S202: the finding for one key; empty when it may be set.
std::string judge(const LinuxPart& part, const std::string& given) {
  const std::string key = dotted(given);
  const auto has = [&](std::string_view type) {
    return find_namespace(part.block, type) != nullptr;
  };
  const std::string start = "sysctl " + quote(given);
  if (!has_plain_names(key)) return start + " is not in a separate kernel namespace";
  const bool ipc = std::find(kIpcKeys.begin(), kIpcKeys.end(), key) != kIpcKeys.end();
  if (ipc || key.starts_with("fs.mqueue."))
    return has("ipc") ? "" : start + " is not allowed in the hosts ipc namespace";
  if (key.starts_with("net."))
    return has("network") ? "" : start + " not allowed in host network namespace";
  if (key.starts_with("user."))
    return has("user") ? "" : "setting ucounts without a user namespace not allowed: " + given;
  if (key == "kernel.hostname")
    return start + " is not allowed as it conflicts with the OCI \"hostname\" field";
  if (key == "kernel.domainname" && has("uts"))
    return part.spec.domainname.empty()
               ? ""
               : start + " is not allowed as it conflicts with the OCI \"domainname\" field";
  return start + " is not in a separate kernel namespace";
}

void check_sysctls(const LinuxPart& part, Report& report) {
  for (const auto& [key, value] : part.block.sysctl)
    if (std::string text = judge(part, key); !text.empty())
      report.add("/sysctl/" + token(key), std::move(text));
}

constexpr Rule<LinuxPart> kSysctlRules[] = {
    {"S202", Level::kError, "config-linux.md#sysctl", check_sysctls},
};

}  // namespace

std::span<const Rule<LinuxPart>> sysctl_rules() { return kSysctlRules; }

}  // namespace oci::validate_rules
