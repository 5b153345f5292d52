// libcontainer numbers what the spec names; the numbers are its own, not libseccomp's.
#include <array>
#include <cstddef>
#include <string_view>

#include "lib/base/names.h"
#include "lib/base/try.h"
#include "lib/runtime/runc_state.h"

namespace oci::runtime::runc {
namespace {

// In the order of runc's numbers, from 1 on.
constexpr std::array<std::string_view, 9> kActions = {
    "SCMP_ACT_KILL",   "SCMP_ACT_ERRNO",       "SCMP_ACT_TRAP",
    "SCMP_ACT_ALLOW",  "SCMP_ACT_TRACE",       "SCMP_ACT_LOG",
    "SCMP_ACT_NOTIFY", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS"};
constexpr std::array<std::string_view, 7> kOperators = {
    "SCMP_CMP_EQ", "SCMP_CMP_NE", "SCMP_CMP_GT",       "SCMP_CMP_GE",
    "SCMP_CMP_LT", "SCMP_CMP_LE", "SCMP_CMP_MASKED_EQ"};

constexpr auto kArchitectures = std::to_array<base::Named<std::string_view>>({
    {"amd64", "SCMP_ARCH_X86_64"},
    {"arm", "SCMP_ARCH_ARM"},
    {"arm64", "SCMP_ARCH_AARCH64"},
    {"loong64", "SCMP_ARCH_LOONGARCH64"},
    {"mips", "SCMP_ARCH_MIPS"},
    {"mips64", "SCMP_ARCH_MIPS64"},
    {"mips64n32", "SCMP_ARCH_MIPS64N32"},
    {"mipsel", "SCMP_ARCH_MIPSEL"},
    {"mipsel64", "SCMP_ARCH_MIPSEL64"},
    {"mipsel64n32", "SCMP_ARCH_MIPSEL64N32"},
    {"ppc", "SCMP_ARCH_PPC"},
    {"ppc64", "SCMP_ARCH_PPC64"},
    {"ppc64le", "SCMP_ARCH_PPC64LE"},
    {"riscv64", "SCMP_ARCH_RISCV64"},
    {"s390", "SCMP_ARCH_S390"},
    {"s390x", "SCMP_ARCH_S390X"},
    {"x32", "SCMP_ARCH_X32"},
    {"x86", "SCMP_ARCH_X86"},
});
static_assert(base::is_sorted_by_name(kArchitectures));

Error unknown(std::string_view what, std::string_view value) {
  return Error{Code::kCorruptState,
               "/config/seccomp: unknown " + std::string(what) + " " + std::string(value),
               0,
               "/config/seccomp",
               {}};
}

template <std::size_t N>
Result<std::string> word(const std::array<std::string_view, N>& words, std::uint32_t number,
                         std::string_view what) {
  if (number < 1 || number > N) return unknown(what, std::to_string(number));
  return std::string(words[number - 1]);
}

Result<spec::Syscall> syscall_of(const Syscall& call) {
  spec::Syscall out;
  out.names = {call.name};
  out.action = TRY(word(kActions, call.action, "action"));
  out.errno_ret = call.errno_ret;
  for (const SeccompArg& arg : call.args)
    out.args.push_back(
        {arg.index, arg.value, arg.value_two, TRY(word(kOperators, arg.op, "operator"))});
  return out;
}

}  // namespace

Result<spec::Seccomp> seccomp_of(const Seccomp& seccomp) {
  spec::Seccomp out;
  out.default_action = TRY(word(kActions, seccomp.default_action, "action"));
  out.default_errno_ret = seccomp.default_errno_ret;
  // runc has put the defaults in, so none means none.
  out.flags = seccomp.flags;
  out.listener_path = seccomp.listener_path;
  out.listener_metadata = seccomp.listener_metadata;
  for (const std::string& name : seccomp.architectures) {
    const auto* entry = base::find(kArchitectures, name);
    if (entry == nullptr) return unknown("architecture", name);
    out.architectures.emplace_back(entry->value);
  }
  for (const Syscall& call : seccomp.syscalls) out.syscalls.push_back(TRY(syscall_of(call)));
  return out;
}

}  // namespace oci::runtime::runc
