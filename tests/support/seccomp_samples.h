// Calls that can tell apart two programs of the same seccomp rules: for tests.
#pragma once

#include <linux/audit.h>
#include <linux/seccomp.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <vector>

#include "lib/plan/seccomp_rules.h"

namespace oci::test {

inline std::size_t below(std::mt19937_64& random, std::size_t end) { return random() % end; }

template <class T>
const T& pick(std::mt19937_64& random, const std::vector<T>& from) {
  return from[below(random, from.size())];
}

class SeccompSamples {
 public:
  SeccompSamples(const plan::SeccompRules& rules, std::mt19937_64& random) : random_(random) {
    constexpr std::uint64_t kHigh = 0xffffffff00000000;
    constexpr std::uint32_t kX32 = 0x40000000;
    std::set<std::uint64_t> values = {0,          1,    1ull << 31, 1ull << 32, 0xffffffffull,
                                      1ull << 63, ~0ull};
    for (std::uint64_t selector = 0; selector < 26; ++selector) values.insert(selector);
    std::set<std::uint32_t> all = {0, kX32 - 1, kX32, 0x7fffffff, 0x80000000, 0xffffffff};
    std::set<std::uint32_t> conditional = {102, 117};  // i386: socketcall, ipc
    for (const plan::SeccompRule& r : rules.rules) {
      for (const int number : r.numbers)
        if (number >= 0)
          (r.conditions.empty() ? all : conditional).insert(static_cast<std::uint32_t>(number));
      for (const plan::SeccompCondition& c : r.conditions)
        for (const std::uint64_t v : {c.value, c.value_two, c.value & c.value_two})
          for (const std::uint64_t near :
               {v, v - 1, v + 1, ~v, v | kHigh, v & ~kHigh, v ^ kHigh, v & 0xffffffff00000001u})
            values.insert(near);
    }
    for (std::uint32_t number = 330; number < 405; ++number) all.insert(number);
    for (const std::uint32_t number : std::set<std::uint32_t>(all))
      all.insert({number - 1, number + 1});
    for (const auto* arch : rules.archs) archs_.push_back(arch->audit);
    archs_.insert(archs_.end(), {AUDIT_ARCH_X86_64, AUDIT_ARCH_I386, AUDIT_ARCH_AARCH64, 0});
    all_.assign(all.begin(), all.end());
    conditional_.assign(conditional.begin(), conditional.end());
    values_.assign(values.begin(), values.end());
  }

  seccomp_data next() {
    std::uint32_t number = pick(random_, below(random_, 3) == 0 ? all_ : conditional_);
    if (below(random_, 50) == 0) number = static_cast<std::uint32_t>(random_());
    seccomp_data call{};
    call.nr = static_cast<int>(number);
    for (auto& a : call.args) a = below(random_, 8) == 0 ? random_() : pick(random_, values_);
    call.arch = pick(random_, archs_);
    return call;
  }

 private:
  std::mt19937_64& random_;
  std::vector<std::uint32_t> archs_, all_, conditional_;
  std::vector<std::uint64_t> values_;
};

}  // namespace oci::test
