#include "lib/cgroup/device_bpf.h"

#include <linux/bpf.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <tuple>

namespace oci::cgroup {
namespace {

static_assert(kAccessMknod == BPF_DEVCG_ACC_MKNOD && kAccessRead == BPF_DEVCG_ACC_READ &&
              kAccessWrite == BPF_DEVCG_ACC_WRITE);

constexpr std::uint8_t kResult = BPF_REG_0, kContext = BPF_REG_1, kType = BPF_REG_2,
                       kLetters = BPF_REG_3, kMajor = BPF_REG_4, kMinor = BPF_REG_5;

using Jumps = std::vector<std::size_t>;  // instructions whose target is not known yet

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
  std::size_t jump_if(int comparison, std::uint8_t reg, std::uint32_t value) {
    add(BPF_JMP32 | comparison | BPF_K, reg, 0, 0, value);
    return code_.size() - 1;
  }
  std::size_t jump() {
    add(BPF_JMP | BPF_JA, 0, 0, 0, 0);
    return code_.size() - 1;
  }
  void land(const Jumps& jumps) {
    for (const std::size_t at : jumps)
      code_[at].off = static_cast<std::int16_t>(code_.size() - at - 1);
  }

  std::vector<std::byte> bytes() const {
    std::vector<std::byte> out(code_.size() * sizeof(bpf_insn));
    std::memcpy(out.data(), code_.data(), out.size());
    return out;
  }

 private:
  std::vector<bpf_insn> code_;
};

using Rule = std::vector<DeviceRule>::const_reverse_iterator;

// Rules of one type, the later ones first, share the test of the type and the ends: what the
// kernel's verifier has to walk through, and with it the time a load takes, is the conditional
// jumps.
class Group {
 public:
  explicit Group(Assembler& code) : code_(code) {}

  // Where a group ends that begins at `first`. A jump reaches 32,767 instructions far.
  static Rule end_of(Rule first, Rule last) {
    constexpr std::ptrdiff_t kMost = 4096;
    const Rule limit = std::distance(first, last) > kMost ? first + kMost : last;
    return std::find_if(first, limit, [&](const DeviceRule& r) { return r.type != first->type; });
  }

  void add(Rule at, Rule last) {
    const std::uint32_t type = at->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
    Jumps others{code_.jump_if(BPF_JNE, kType, type)};
    bool open = true;
    while (at != last && open) {
      const Rule run = std::find_if_not(at, last, allows_all_letters);
      if (run == at) {
        add_rule(*at++);
      } else {
        open = add_allowed({at, run});
        at = run;
      }
    }
    if (open) others.push_back(code_.jump());
    add_end(allow_, true);
    add_end(deny_, false);
    code_.land(others);
  }

 private:
  static bool allows_all_letters(const DeviceRule& rule) {
    return rule.allow && rule.access == kAccessAll;
  }

  // The register holds the letters that no rule has decided yet.
  void add_rule(const DeviceRule& rule) {
    Jumps next;
    if (rule.major) next.push_back(code_.jump_if(BPF_JNE, kMajor, *rule.major));
    if (rule.minor) next.push_back(code_.jump_if(BPF_JNE, kMinor, *rule.minor));
    if (rule.allow) {
      code_.add(BPF_ALU | BPF_AND | BPF_K, kLetters, 0, 0, ~rule.access & kAccessAll);
      allow_.push_back(code_.jump_if(BPF_JEQ, kLetters, 0));
    } else {
      deny_.push_back(code_.jump_if(BPF_JSET, kLetters, rule.access));
    }
    code_.land(next);
  }

  // The order among these means nothing: sorted, those of one major number share its test; "any"
  // comes first. False: nothing of the type is left.
  bool add_allowed(std::vector<DeviceRule> rules) {
    const auto key = [](const DeviceRule& r) { return std::tie(r.major, r.minor); };
    std::sort(rules.begin(), rules.end(),
              [&](const DeviceRule& a, const DeviceRule& b) { return key(a) < key(b); });
    if (!rules[0].major && !rules[0].minor) {
      code_.leave(true);
      return false;
    }
    for (auto at = rules.begin(); at != rules.end();) {
      const auto end =
          std::find_if(at, rules.end(), [&](const DeviceRule& r) { return r.major != at->major; });
      if (at->major && !at->minor) {
        allow_.push_back(code_.jump_if(BPF_JEQ, kMajor, *at->major));
      } else {
        Jumps next;
        if (at->major) next.push_back(code_.jump_if(BPF_JNE, kMajor, *at->major));
        for (auto rule = at; rule != end; ++rule)
          allow_.push_back(code_.jump_if(BPF_JEQ, kMinor, *rule->minor));
        code_.land(next);
      }
      at = end;
    }
    return true;
  }

  // Only what is jumped to: the verifier refuses unreachable instructions.
  void add_end(const Jumps& jumps, bool allowed) {
    if (jumps.empty()) return;
    code_.land(jumps);
    code_.leave(allowed);
  }

  Assembler& code_;
  Jumps allow_, deny_;
};

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
  for (auto rule = rules.rbegin(); rule != rules.rend();) {
    if (rule->type == 'a') {
      code.leave(rule->allow);
      return code.bytes();
    }
    const Rule end = Group::end_of(rule, rules.rend());
    Group(code).add(rule, end);
    rule = end;
  }
  code.leave(false);
  return code.bytes();
}

}  // namespace oci::cgroup
