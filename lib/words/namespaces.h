// Namespace types: the spec's word, the kernel's flag, the name below /proc/PID/ns.
// Spec: config-linux.md#namespaces; namespaces(7)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/base/names.h"

namespace oci::words {

inline constexpr std::uint64_t kNewTime = 0x00000080, kNewMount = 0x00020000,
                               kNewCgroup = 0x02000000, kNewUts = 0x04000000, kNewIpc = 0x08000000,
                               kNewUser = 0x10000000, kNewPid = 0x20000000,
                               kNewNetwork = 0x40000000;

struct NamespaceWord {
  std::string_view name;       // in config.json
  std::uint64_t flag;          // CLONE_NEW*
  std::string_view proc_name;  // in /proc/PID/ns
};

inline constexpr auto kNamespaces = std::to_array<NamespaceWord>({
    {"cgroup", kNewCgroup, "cgroup"},
    {"ipc", kNewIpc, "ipc"},
    {"mount", kNewMount, "mnt"},
    {"network", kNewNetwork, "net"},
    {"pid", kNewPid, "pid"},
    {"time", kNewTime, "time"},
    {"user", kNewUser, "user"},
    {"uts", kNewUts, "uts"},
});
static_assert(base::is_sorted_by_name(kNamespaces));

// The entry of that CLONE_NEW* flag, or null.
constexpr const NamespaceWord* namespace_of_flag(std::uint64_t flag) {
  for (const NamespaceWord& word : kNamespaces)
    if (word.flag == flag) return &word;
  return nullptr;
}

}  // namespace oci::words
