// Runs a classic BPF program over struct seccomp_data the way the kernel would: for tests. Knows
// the instructions that seccomp(2) lets a filter have and that compilers of filters use, and throws
// at any other, at a jump out of the program and at a read of a word that was never written.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace oci::test {

class CbpfEvaluator {
 public:
  explicit CbpfEvaluator(std::vector<sock_filter> program) : code_(std::move(program)) { check(); }
  explicit CbpfEvaluator(std::span<const std::byte> program)
      : code_(program.size() / sizeof(sock_filter)) {
    if (program.size() % sizeof(sock_filter) != 0) throw std::runtime_error("size of program");
    std::memcpy(code_.data(), program.data(), program.size());
    check();
  }

  std::size_t size() const { return code_.size(); }

  // SECCOMP_RET_* with its data.
  std::uint32_t run(const seccomp_data& call) const {
    State state{{}, {}, {}, 0};
    std::memcpy(state.words.data(), &call, sizeof call);
    for (;;) {
      if (state.at >= code_.size()) throw std::runtime_error("ran out of the program");
      const sock_filter& in = code_[state.at++];
      if (in.code == (BPF_RET | BPF_K)) return in.k;
      if (in.code == (BPF_RET | BPF_A)) return state.a.value();
      step(state, in);
    }
  }

 private:
  struct State {
    std::array<std::uint32_t, sizeof(seccomp_data) / 4> words;
    std::optional<std::uint32_t> a;
    std::array<std::optional<std::uint32_t>, BPF_MEMWORDS> memory;
    std::size_t at;
  };

  // What seccomp_check_filter() and bpf_check_classic() of the kernel look at before a load.
  void check() const {
    if (code_.empty() || code_.size() > BPF_MAXINSNS) throw std::runtime_error("size of program");
    if (BPF_CLASS(code_.back().code) != BPF_RET) throw std::runtime_error("no return at the end");
    for (std::size_t i = 0; i < code_.size(); ++i) {
      const sock_filter& in = code_[i];
      if (BPF_CLASS(in.code) != BPF_JMP) continue;
      const std::uint64_t farthest = BPF_OP(in.code) == BPF_JA ? in.k
                                     : in.jt > in.jf           ? in.jt
                                                               : in.jf;
      if (i + 1 + farthest >= code_.size()) throw std::runtime_error("jump out of the program");
    }
  }

  static void step(State& state, const sock_filter& in) {
    switch (in.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        if (in.k % 4 != 0) throw std::runtime_error("unaligned load");
        state.a = state.words.at(in.k / 4);
        return;
      case BPF_LD | BPF_MEM: state.a = state.memory.at(in.k).value(); return;
      case BPF_ST: state.memory.at(in.k) = state.a.value(); return;
      case BPF_ALU | BPF_AND | BPF_K: state.a = state.a.value() & in.k; return;
      case BPF_JMP | BPF_JA: state.at += in.k; return;
      default: state.at += holds(in, state.a.value()) ? in.jt : in.jf;
    }
  }

  static bool holds(const sock_filter& in, std::uint32_t a) {
    switch (in.code) {
      case BPF_JMP | BPF_JEQ | BPF_K: return a == in.k;
      case BPF_JMP | BPF_JGT | BPF_K: return a > in.k;
      case BPF_JMP | BPF_JGE | BPF_K: return a >= in.k;
      case BPF_JMP | BPF_JSET | BPF_K: return (a & in.k) != 0;
      default: throw std::runtime_error("unknown instruction");
    }
  }

  std::vector<sock_filter> code_;
};

}  // namespace oci::test
