#include <linux/filter.h>
#include <linux/seccomp.h>

#include <cerrno>
#include <cstring>

#include "lib/plan/seccomp.h"
#include "lib/words/seccomp.h"

namespace oci::plan {
namespace {

constexpr std::uint32_t kX32Bit = 0x40000000;

sock_filter load(std::uint32_t offset) { return {BPF_LD | BPF_W | BPF_ABS, 0, 0, offset}; }
sock_filter jump(std::uint16_t test, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), yes, no, value};
}

}  // namespace

std::vector<std::byte> with_enosys_stub(const std::vector<NewestCall>& newest, const std::vector<std::byte>& filter) {
  std::vector<sock_filter> code;
  code.push_back(load(offsetof(seccomp_data, arch)));
  for (const NewestCall& arch : newest) {
    // 0: another architecture skips the block of six. x32 shares x86-64's word and has its bit above all numbers.
    code.push_back(jump(BPF_JEQ, arch.audit_arch, 0, 5));
    code.push_back(load(offsetof(seccomp_data, nr)));
    code.push_back(jump(BPF_JGE, kX32Bit, 2, 0));
    code.push_back(jump(BPF_JGT, arch.number, 0, 1));
    code.push_back({BPF_RET | BPF_K, 0, 0, words::kRetErrno | ENOSYS});
    code.push_back(load(offsetof(seccomp_data, arch)));
  }
  std::vector<std::byte> whole(code.size() * sizeof(sock_filter) + filter.size());
  std::memcpy(whole.data(), code.data(), code.size() * sizeof(sock_filter));
  std::memcpy(whole.data() + code.size() * sizeof(sock_filter), filter.data(), filter.size());
  return whole;
}

}  // namespace oci::plan
