// Classic BPF over struct seccomp_data, written from its end to its beginning: jumps go forward
// only, so every target is there before the jump to it. seccomp(2), BPF in the kernel's
// Documentation/networking/filter.rst
#pragma once

#include <linux/filter.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

namespace oci::plan {

using SeccompCode = std::vector<sock_filter>;

class SeccompAssembler {
 public:
  using Label = std::size_t;  // instructions from the end

  // Puts a whole program at the end; the label of its beginning. Only before anything else.
  Label append(const SeccompCode& tail);
  // Returns with `value`; an equal instruction within reach is used again.
  Label ret(std::uint32_t value);
  // Loads the word at `offset` of seccomp_data, then goes on at `next`.
  Label load(std::size_t offset, Label next);
  // Ands the loaded word with `mask`.
  Label mask(std::uint32_t mask, Label next);
  // Compares the loaded word: BPF_JEQ, BPF_JGT, BPF_JGE or BPF_JSET.
  Label branch(std::uint16_t test, std::uint32_t value, Label yes, Label no);

  // The program, which begins at `start`.
  SeccompCode finish(Label start) &&;

 private:
  Label put(sock_filter instruction);
  Label follow(sock_filter instruction, Label next);
  Label jump(Label target);
  // The jump offset from the next instruction to be put.
  std::size_t distance(Label target) const { return reversed_.size() - 1 - target; }

  SeccompCode reversed_;
  std::map<std::uint32_t, Label> returns_;
};

}  // namespace oci::plan
