#include "lib/plan/seccomp_code.h"

#include <algorithm>

namespace oci::plan {
namespace {

constexpr std::size_t kFarthest = 255;  // jt and jf of sock_filter have eight bits

}  // namespace

SeccompAssembler::Label SeccompAssembler::append(const SeccompCode& tail) {
  reversed_.assign(tail.rbegin(), tail.rend());
  return reversed_.size() - 1;
}

SeccompAssembler::Label SeccompAssembler::put(sock_filter instruction) {
  reversed_.push_back(instruction);
  return reversed_.size() - 1;
}

SeccompAssembler::Label SeccompAssembler::jump(Label target) {
  return put({BPF_JMP | BPF_JA, 0, 0, static_cast<std::uint32_t>(distance(target))});
}

SeccompAssembler::Label SeccompAssembler::follow(sock_filter instruction, Label next) {
  if (distance(next) != 0) jump(next);
  return put(instruction);
}

SeccompAssembler::Label SeccompAssembler::ret(std::uint32_t value) {
  // Well within reach, for the jumps to it are still to come.
  constexpr std::size_t kNear = kFarthest / 2;
  const auto found = returns_.find(value);
  if (found != returns_.end() && distance(found->second) <= kNear) return found->second;
  return returns_[value] = put({BPF_RET | BPF_K, 0, 0, value});
}

SeccompAssembler::Label SeccompAssembler::load(std::size_t offset, Label next) {
  return follow({BPF_LD | BPF_W | BPF_ABS, 0, 0, static_cast<std::uint32_t>(offset)}, next);
}

SeccompAssembler::Label SeccompAssembler::mask(std::uint32_t mask, Label next) {
  return follow({BPF_ALU | BPF_AND | BPF_K, 0, 0, mask}, next);
}

SeccompAssembler::Label SeccompAssembler::branch(std::uint16_t test, std::uint32_t value, Label yes,
                                                 Label no) {
  if (yes == no) return yes;
  // The second jump would move the first target out of reach, hence one less.
  if (distance(yes) > kFarthest - 1) yes = jump(yes);
  if (distance(no) > kFarthest) no = jump(no);
  return put({static_cast<std::uint16_t>(BPF_JMP | test | BPF_K),
              static_cast<std::uint8_t>(distance(yes)), static_cast<std::uint8_t>(distance(no)),
              value});
}

SeccompCode SeccompAssembler::finish(Label start) && {
  if (distance(start) != 0) jump(start);
  std::reverse(reversed_.begin(), reversed_.end());
  return std::move(reversed_);
}

}  // namespace oci::plan
