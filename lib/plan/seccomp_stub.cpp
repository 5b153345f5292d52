#include <linux/seccomp.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>

#include "lib/plan/seccomp.h"
#include "lib/plan/seccomp_code.h"
#include "lib/words/seccomp.h"

namespace oci::plan {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;

// x32 shares the word of x86-64; its calls have a bit of their own.
struct Newest {
  std::optional<std::uint32_t> plain, x32;
};

}  // namespace

std::vector<std::byte> with_enosys_stub(const std::vector<NewestCall>& newest,
                                        const std::vector<std::byte>& filter) {
  std::map<std::uint32_t, Newest> by_arch;
  for (const NewestCall& call : newest) {
    const bool x32 = call.audit_arch == words::kAuditX86_64 && (call.number & kX32Bit) != 0;
    Newest& of_arch = by_arch[call.audit_arch];
    (x32 ? of_arch.x32 : of_arch.plain) = call.number;
  }
  SeccompCode code(filter.size() / sizeof(sock_filter));
  std::memcpy(code.data(), filter.data(), filter.size());
  SeccompAssembler out;
  const auto begin = out.append(code);
  const auto enosys = out.ret(words::kRetErrno | ENOSYS);
  const auto limited = [&](std::optional<std::uint32_t> limit) {
    return limit ? out.branch(BPF_JGT, *limit, enosys, begin) : begin;
  };
  auto at = begin;
  for (const auto& [arch, limits] : by_arch) {
    auto block = limited(limits.plain);
    if (arch == words::kAuditX86_64)
      block = out.branch(BPF_JSET, kX32Bit, limited(limits.x32), block);
    block = out.load(offsetof(seccomp_data, nr), block);
    at = out.branch(BPF_JEQ, arch, block, at);
  }
  code = std::move(out).finish(out.load(offsetof(seccomp_data, arch), at));
  std::vector<std::byte> bytes(code.size() * sizeof(sock_filter));
  std::memcpy(bytes.data(), code.data(), bytes.size());
  return bytes;
}

}  // namespace oci::plan
