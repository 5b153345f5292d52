// The words of linux.seccomp with the kernel's numbers. Spec: config-linux.md#seccomp; seccomp(2)
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/base/names.h"

namespace oci::words {

// SECCOMP_RET_*: the action in the upper half, its data (errno, trace message) in the lower.
inline constexpr std::uint32_t kRetKillProcess = 0x80000000u, kRetKillThread = 0x00000000u,
                               kRetTrap = 0x00030000u, kRetErrno = 0x00050000u,
                               kRetNotify = 0x7fc00000u, kRetTrace = 0x7ff00000u,
                               kRetLog = 0x7ffc0000u, kRetAllow = 0x7fff0000u;

inline constexpr auto kSeccompActions = std::to_array<base::Named<std::uint32_t>>({
    {"SCMP_ACT_ALLOW", kRetAllow},
    {"SCMP_ACT_ERRNO", kRetErrno},
    {"SCMP_ACT_KILL", kRetKillThread},
    {"SCMP_ACT_KILL_PROCESS", kRetKillProcess},
    {"SCMP_ACT_KILL_THREAD", kRetKillThread},
    {"SCMP_ACT_LOG", kRetLog},
    {"SCMP_ACT_NOTIFY", kRetNotify},
    {"SCMP_ACT_TRACE", kRetTrace},
    {"SCMP_ACT_TRAP", kRetTrap},
});
static_assert(base::is_sorted_by_name(kSeccompActions));

enum class Comparison : std::uint8_t { kNe, kLt, kLe, kEq, kGe, kGt, kMaskedEq };

inline constexpr auto kSeccompOperators = std::to_array<base::Named<Comparison>>({
    {"SCMP_CMP_EQ", Comparison::kEq},
    {"SCMP_CMP_GE", Comparison::kGe},
    {"SCMP_CMP_GT", Comparison::kGt},
    {"SCMP_CMP_LE", Comparison::kLe},
    {"SCMP_CMP_LT", Comparison::kLt},
    {"SCMP_CMP_MASKED_EQ", Comparison::kMaskedEq},
    {"SCMP_CMP_NE", Comparison::kNe},
});
static_assert(base::is_sorted_by_name(kSeccompOperators));

// seccomp(2), SECCOMP_SET_MODE_FILTER
inline constexpr std::uint32_t kFilterFlagTsync = 1, kFilterFlagLog = 2, kFilterFlagSpecAllow = 4,
                               kFilterFlagNewListener = 8, kFilterFlagWaitKillableRecv = 32;

inline constexpr auto kSeccompFlags = std::to_array<base::Named<std::uint32_t>>({
    {"SECCOMP_FILTER_FLAG_LOG", kFilterFlagLog},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", kFilterFlagSpecAllow},
    {"SECCOMP_FILTER_FLAG_TSYNC", kFilterFlagTsync},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", kFilterFlagWaitKillableRecv},
});
static_assert(base::is_sorted_by_name(kSeccompFlags));

// AUDIT_ARCH_* words: machine number, bit 31 for 64 bits, bit 30 for little endian, bit 29 for MIPS
// n32.
inline constexpr std::uint32_t kAudit64 = 0x80000000u, kAuditLe = 0x40000000u,
                               kAuditN32 = 0x20000000u;
inline constexpr std::uint32_t kAuditX86 = 3 | kAuditLe, kAuditX86_64 = 62 | kAudit64 | kAuditLe,
                               kAuditAarch64 = 183 | kAudit64 | kAuditLe, kAuditArm = 40 | kAuditLe;
// x32 shares x86-64's AUDIT_ARCH_* word; its calls have this bit in their number.
inline constexpr std::uint32_t kX32Bit = 0x40000000u;

struct SeccompArch {
  std::string_view name;
  std::uint32_t audit;  // what the kernel reports in seccomp_data.arch
  std::uint32_t token;  // libseccomp's number; differs from audit for x32 only
};

inline constexpr auto kSeccompArchs = std::to_array<SeccompArch>({
    {"SCMP_ARCH_AARCH64", kAuditAarch64, kAuditAarch64},
    {"SCMP_ARCH_ARM", kAuditArm, kAuditArm},
    {"SCMP_ARCH_LOONGARCH64", 258 | kAudit64 | kAuditLe, 258 | kAudit64 | kAuditLe},
    {"SCMP_ARCH_M68K", 4, 4},
    {"SCMP_ARCH_MIPS", 8, 8},
    {"SCMP_ARCH_MIPS64", 8 | kAudit64, 8 | kAudit64},
    {"SCMP_ARCH_MIPS64N32", 8 | kAudit64 | kAuditN32, 8 | kAudit64 | kAuditN32},
    {"SCMP_ARCH_MIPSEL", 8 | kAuditLe, 8 | kAuditLe},
    {"SCMP_ARCH_MIPSEL64", 8 | kAudit64 | kAuditLe, 8 | kAudit64 | kAuditLe},
    {"SCMP_ARCH_MIPSEL64N32", 8 | kAudit64 | kAuditLe | kAuditN32,
     8 | kAudit64 | kAuditLe | kAuditN32},
    {"SCMP_ARCH_PARISC", 15, 15},
    {"SCMP_ARCH_PARISC64", 15 | kAudit64, 15 | kAudit64},
    {"SCMP_ARCH_PPC", 20, 20},
    {"SCMP_ARCH_PPC64", 21 | kAudit64, 21 | kAudit64},
    {"SCMP_ARCH_PPC64LE", 21 | kAudit64 | kAuditLe, 21 | kAudit64 | kAuditLe},
    {"SCMP_ARCH_RISCV64", 243 | kAudit64 | kAuditLe, 243 | kAudit64 | kAuditLe},
    {"SCMP_ARCH_S390", 22, 22},
    {"SCMP_ARCH_S390X", 22 | kAudit64, 22 | kAudit64},
    {"SCMP_ARCH_SH", 42 | kAuditLe, 42 | kAuditLe},
    {"SCMP_ARCH_SHEB", 42, 42},
    {"SCMP_ARCH_X32", kAuditX86_64, 62 | kAuditLe},
    {"SCMP_ARCH_X86", kAuditX86, kAuditX86},
    {"SCMP_ARCH_X86_64", kAuditX86_64, kAuditX86_64},
});
static_assert(kSeccompArchs.size() == 23 && base::is_sorted_by_name(kSeccompArchs));

}  // namespace oci::words
