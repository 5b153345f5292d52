// Runs an eBPF device program the way the kernel would: for tests. Knows the instructions that such
// programs use, and throws at any other, at a jump out of the program and at a read of a register
// that was never written.
#pragma once

#include <linux/bpf.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <vector>

namespace oci::test {

class EbpfEvaluator {
 public:
  explicit EbpfEvaluator(std::span<const std::byte> program)
      : code_(program.size() / sizeof(bpf_insn)) {
    if (program.empty() || program.size() % sizeof(bpf_insn) != 0)
      throw std::runtime_error("size of program");
    std::memcpy(code_.data(), program.data(), program.size());
  }

  std::uint64_t run(const bpf_cgroup_dev_ctx& context) const {
    State state{context, {}, 0};
    for (;;) {
      if (state.at >= code_.size()) throw std::runtime_error("ran out of the program");
      const bpf_insn& in = code_[state.at++];
      if (in.code == (BPF_JMP | BPF_EXIT)) return state.get(BPF_REG_0);
      step(state, in);
    }
  }

 private:
  struct State {
    const bpf_cgroup_dev_ctx& context;
    std::array<std::optional<std::uint64_t>, 11> registers;
    std::size_t at;
    std::uint64_t get(unsigned reg) const { return registers.at(reg).value(); }
  };

  static std::uint64_t source(const State& state, const bpf_insn& in) {
    return BPF_SRC(in.code) == BPF_X ? state.get(in.src_reg)
                                     : static_cast<std::uint64_t>(std::int64_t{in.imm});
  }

  static void step(State& state, const bpf_insn& in) {
    switch (BPF_CLASS(in.code)) {
      case BPF_LDX: return load(state, in);
      case BPF_ALU: return compute(state, in);
      case BPF_JMP:
        if (BPF_OP(in.code) != BPF_JA) throw std::runtime_error("64-bit jump");
        return jump(state, in);
      case BPF_JMP32: {
        const auto a = static_cast<std::uint32_t>(state.get(in.dst_reg));
        const auto b = static_cast<std::uint32_t>(source(state, in));
        switch (BPF_OP(in.code)) {
          case BPF_JNE: return a != b ? jump(state, in) : void();
          case BPF_JEQ: return a == b ? jump(state, in) : void();
          case BPF_JSET: return (a & b) != 0 ? jump(state, in) : void();
          default: throw std::runtime_error("unknown jump");
        }
      }
      default: throw std::runtime_error("unknown class of instruction");
    }
  }

  static void jump(State& state, const bpf_insn& in) {
    if (in.off < 0) throw std::runtime_error("backward jump");
    state.at += static_cast<std::size_t>(in.off);
  }

  static void load(State& state, const bpf_insn& in) {
    if (BPF_MODE(in.code) != BPF_MEM || BPF_SIZE(in.code) != BPF_W || in.src_reg != BPF_REG_1 ||
        in.off < 0 || static_cast<std::size_t>(in.off) + 4 > sizeof state.context)
      throw std::runtime_error("unknown load");
    std::uint32_t value;
    std::memcpy(&value, reinterpret_cast<const char*>(&state.context) + in.off, sizeof value);
    state.registers.at(in.dst_reg) = value;
  }

  static void compute(State& state, const bpf_insn& in) {
    const auto b = static_cast<std::uint32_t>(source(state, in));
    if (BPF_OP(in.code) == BPF_MOV) {
      state.registers.at(in.dst_reg) = b;
      return;
    }
    const auto a = static_cast<std::uint32_t>(state.get(in.dst_reg));
    switch (BPF_OP(in.code)) {
      case BPF_AND: state.registers.at(in.dst_reg) = a & b; break;
      case BPF_RSH: state.registers.at(in.dst_reg) = a >> (b & 31); break;
      default: throw std::runtime_error("unknown arithmetic");
    }
  }

  std::vector<bpf_insn> code_;
};

}  // namespace oci::test
