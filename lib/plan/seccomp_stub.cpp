#include "lib/plan/seccomp_stub.h"

#include <linux/seccomp.h>

#include <cerrno>
#include <map>
#include <optional>

#include "lib/words/seccomp.h"

namespace oci::plan {
namespace {

struct Newest {
  std::optional<std::uint32_t> plain, x32;
};

}  // namespace

SeccompCode with_enosys_stub(const std::vector<NewestCall>& newest, const SeccompCode& filter) {
  std::map<std::uint32_t, Newest> by_arch;
  for (const NewestCall& call : newest) {
    const bool x32 = call.audit_arch == words::kAuditX86_64 && (call.number & words::kX32Bit) != 0;
    Newest& of_arch = by_arch[call.audit_arch];
    (x32 ? of_arch.x32 : of_arch.plain) = call.number;
  }
  SeccompAssembler out;
  const auto begin = out.append(filter);
  const auto enosys = out.ret(words::kRetErrno | ENOSYS);
  const auto limited = [&](std::optional<std::uint32_t> limit) {
    return limit ? out.branch(BPF_JGT, *limit, enosys, begin) : begin;
  };
  auto at = begin;
  for (const auto& [arch, limits] : by_arch) {
    auto block = limited(limits.plain);
    if (arch == words::kAuditX86_64)
      block = out.branch(BPF_JSET, words::kX32Bit, limited(limits.x32), block);
    block = out.load(offsetof(seccomp_data, nr), block);
    at = out.branch(BPF_JEQ, arch, block, at);
  }
  at = out.load(offsetof(seccomp_data, arch), at);
  return std::move(out).finish(at);
}

}  // namespace oci::plan
