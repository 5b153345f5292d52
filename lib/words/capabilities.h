// Capabilities: the spec's names and the kernel's numbers. Spec: config.md#linux-process;
// capabilities(7)
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "lib/base/names.h"

namespace oci::words {

// In the order of their numbers.
// clang-format off
inline constexpr std::array<std::string_view, 41> kCapabilities{
    "CAP_CHOWN",           "CAP_DAC_OVERRIDE",   "CAP_DAC_READ_SEARCH", "CAP_FOWNER",
    "CAP_FSETID",          "CAP_KILL",           "CAP_SETGID",          "CAP_SETUID",
    "CAP_SETPCAP",         "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST",
    "CAP_NET_ADMIN",       "CAP_NET_RAW",        "CAP_IPC_LOCK",        "CAP_IPC_OWNER",
    "CAP_SYS_MODULE",      "CAP_SYS_RAWIO",      "CAP_SYS_CHROOT",      "CAP_SYS_PTRACE",
    "CAP_SYS_PACCT",       "CAP_SYS_ADMIN",      "CAP_SYS_BOOT",        "CAP_SYS_NICE",
    "CAP_SYS_RESOURCE",    "CAP_SYS_TIME",       "CAP_SYS_TTY_CONFIG",  "CAP_MKNOD",
    "CAP_LEASE",           "CAP_AUDIT_WRITE",    "CAP_AUDIT_CONTROL",   "CAP_SETFCAP",
    "CAP_MAC_OVERRIDE",    "CAP_MAC_ADMIN",      "CAP_SYSLOG",          "CAP_WAKE_ALARM",
    "CAP_BLOCK_SUSPEND",   "CAP_AUDIT_READ",     "CAP_PERFMON",         "CAP_BPF",
    "CAP_CHECKPOINT_RESTORE"};
// clang-format on

// Name to number, for find().
inline constexpr auto kCapabilitiesByName = [] {
  std::array<base::Named<unsigned>, kCapabilities.size()> table{};
  for (std::size_t i = 0; i < table.size(); ++i)
    table[i] = {kCapabilities[i], static_cast<unsigned>(i)};
  return base::sorted_by_name(table);
}();

static_assert(base::is_sorted_by_name(kCapabilitiesByName));
static_assert(kCapabilities[21] == "CAP_SYS_ADMIN" && kCapabilities[39] == "CAP_BPF");
static_assert(base::find(kCapabilitiesByName, "CAP_CHECKPOINT_RESTORE")->value == 40);

}  // namespace oci::words
