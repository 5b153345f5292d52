#include "lib/cgroup/device_bpf.h"

#include <linux/bpf.h>

#include <cstdint>
#include <cstring>

namespace oci::cgroup {
namespace {

static_assert(kAccessMknod == BPF_DEVCG_ACC_MKNOD && kAccessRead == BPF_DEVCG_ACC_READ &&
              kAccessWrite == BPF_DEVCG_ACC_WRITE);

constexpr std::uint8_t kResult = BPF_REG_0, kContext = BPF_REG_1, kType = BPF_REG_2,
                       kLetters = BPF_REG_3, kMajor = BPF_REG_4, kMinor = BPF_REG_5;

class Assembler {
 public:
  void add(int code, std::uint8_t target, std::uint8_t source, std::int16_t offset,
           std::uint32_t value) {
    bpf_insn instruction{};
    instruction.code = static_cast<std::uint8_t>(code);
    instruction.dst_reg = target & 0xf;
    instruction.src_reg = source & 0xf;
    instruction.off = offset;
    instruction.imm = static_cast<std::int32_t>(value);
    code_.push_back(instruction);
  }
  void load(std::uint8_t target, std::size_t offset) {
    add(BPF_LDX | BPF_MEM | BPF_W, target, kContext, static_cast<std::int16_t>(offset), 0);
  }
  void leave(bool allowed) {
    add(BPF_ALU | BPF_MOV | BPF_K, kResult, 0, 0, allowed ? 1 : 0);
    add(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
  }
  // 32-bit comparisons: a 64-bit one would extend the sign of numbers above 2^31.
  void skip_unless_equal(std::uint8_t reg, std::uint32_t value, int count) {
    add(BPF_JMP32 | BPF_JNE | BPF_K, reg, 0, static_cast<std::int16_t>(count), value);
  }

  std::vector<std::byte> bytes() const {
    std::vector<std::byte> out(code_.size() * sizeof(bpf_insn));
    std::memcpy(out.data(), code_.data(), out.size());
    return out;
  }

 private:
  std::vector<bpf_insn> code_;
};

// The register holds the letters that no rule has decided yet.
void add_decision(Assembler& code, const DeviceRule& rule) {
  if (rule.allow) {
    code.add(BPF_ALU | BPF_AND | BPF_K, kLetters, 0, 0, ~rule.access & kAccessAll);
    code.add(BPF_JMP32 | BPF_JNE | BPF_K, kLetters, 0, 2, 0);
    code.leave(true);
    return;
  }
  code.add(BPF_JMP32 | BPF_JSET | BPF_K, kLetters, 0, 1, rule.access);
  code.add(BPF_JMP | BPF_JA, 0, 0, 2, 0);
  code.leave(false);
}

void add_rule(Assembler& code, const DeviceRule& rule) {
  constexpr int kDecision = 4;
  int left = 1 + (rule.major ? 1 : 0) + (rule.minor ? 1 : 0);
  const auto test = [&](std::uint8_t reg, std::uint32_t value) {
    --left;
    code.skip_unless_equal(reg, value, left + kDecision);
  };
  test(kType, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
  if (rule.major) test(kMajor, *rule.major);
  if (rule.minor) test(kMinor, *rule.minor);
  add_decision(code, rule);
}

}  // namespace

std::vector<std::byte> compile_device_program(const std::vector<DeviceRule>& rules) {
  Assembler code;
  code.load(kType, offsetof(bpf_cgroup_dev_ctx, access_type));
  code.add(BPF_ALU | BPF_MOV | BPF_X, kLetters, kType, 0, 0);
  code.add(BPF_ALU | BPF_AND | BPF_K, kType, 0, 0, 0xffff);
  code.add(BPF_ALU | BPF_RSH | BPF_K, kLetters, 0, 0, 16);
  code.load(kMajor, offsetof(bpf_cgroup_dev_ctx, major));
  code.load(kMinor, offsetof(bpf_cgroup_dev_ctx, minor));
  // Last rule first: what it does not decide is left to the ones before.
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) {
    if (rule->type == 'a') {
      code.leave(rule->allow);
      return code.bytes();
    }
    add_rule(code, *rule);
  }
  code.leave(false);
  return code.bytes();
}

}  // namespace oci::cgroup
