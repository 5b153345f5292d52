#include "lib/plan/seccomp_tree.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "lib/base/try.h"
#include "lib/plan/seccomp_library.h"

namespace oci::plan {
namespace {

using Label = SeccompAssembler::Label;
using words::Comparison;

constexpr std::uint32_t kNoCall = 0xffffffff;  // what a tracer writes to have a call skipped

// How i386 multiplexes calls; `direct` is the number of its own that a call got later.
// socketcall(2), ipc(2)
struct Multiplexed {
  std::string_view name;
  std::uint32_t number, selector, direct;
};
constexpr std::uint32_t kSocketcall = 102, kIpc = 117;
constexpr auto kMultiplexed = std::to_array<Multiplexed>({
    {"accept", kSocketcall, 5, 0},
    {"accept4", kSocketcall, 18, 364},
    {"bind", kSocketcall, 2, 361},
    {"connect", kSocketcall, 3, 362},
    {"getpeername", kSocketcall, 7, 368},
    {"getsockname", kSocketcall, 6, 367},
    {"getsockopt", kSocketcall, 15, 365},
    {"listen", kSocketcall, 4, 363},
    {"msgctl", kIpc, 14, 402},
    {"msgget", kIpc, 13, 399},
    {"msgrcv", kIpc, 12, 401},
    {"msgsnd", kIpc, 11, 400},
    {"recv", kSocketcall, 10, 0},
    {"recvfrom", kSocketcall, 12, 371},
    {"recvmmsg", kSocketcall, 19, 337},
    {"recvmsg", kSocketcall, 17, 372},
    {"semctl", kIpc, 3, 394},
    {"semget", kIpc, 2, 393},
    {"semop", kIpc, 1, 0},
    {"semtimedop", kIpc, 4, 0},
    {"send", kSocketcall, 9, 0},
    {"sendmmsg", kSocketcall, 20, 345},
    {"sendmsg", kSocketcall, 16, 370},
    {"sendto", kSocketcall, 11, 369},
    {"setsockopt", kSocketcall, 14, 366},
    {"shmat", kIpc, 21, 397},
    {"shmctl", kIpc, 24, 396},
    {"shmdt", kIpc, 22, 398},
    {"shmget", kIpc, 23, 395},
    {"shutdown", kSocketcall, 13, 373},
    {"socket", kSocketcall, 1, 359},
    {"socketpair", kSocketcall, 8, 360},
});
static_assert(base::is_sorted_by_name(kMultiplexed));

bool is_x32(const words::SeccompArch& arch) { return arch.token != arch.audit; }

// x32 shares the word of x86-64 and has 32-bit arguments as far as libseccomp is concerned.
bool is_wide(const words::SeccompArch& arch) { return (arch.token & words::kAudit64) != 0; }

// All uses of one architecture, ordered by number; those of one number in the profile's order.
std::vector<SeccompUse> uses_of(const SeccompRules& rules, std::size_t arch) {
  std::vector<SeccompUse> uses;
  uses.reserve(rules.rules.size());
  const bool multiplexes = rules.archs[arch]->audit == words::kAuditX86;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    const SeccompRule& rule = rules.rules[i];
    if (const auto* call = multiplexes ? base::find(kMultiplexed, rule.name) : nullptr) {
      uses.push_back({call->number, i, call->selector, call->number});
      if (call->direct != 0) uses.push_back({call->direct, i, 0, call->number});
    } else if (rule.numbers[arch] >= 0) {
      uses.push_back({static_cast<std::uint32_t>(rule.numbers[arch]), i});
    }
  }
  std::stable_sort(uses.begin(), uses.end(),
                   [](const SeccompUse& a, const SeccompUse& b) { return a.number < b.number; });
  return uses;
}

// From `first` on, to where the next range begins.
struct Range {
  std::uint32_t first;
  std::optional<SeccompDecision> decision;  // nothing: libseccomp's program decides
};

bool is_plain(const std::optional<SeccompDecision>& decision) {
  return decision && decision->branches.empty();
}

class Compiler {
 public:
  explicit Compiler(const SeccompRules& rules)
      : rules_(rules), delegated_(rules.archs.size(), std::vector<bool>(rules.rules.size())) {}

  Result<SeccompCode> compile() {
    std::vector<std::vector<Range>> ranges;
    for (std::size_t i = 0; i < rules_.archs.size(); ++i) ranges.push_back(ranges_of(i));
    if (delegates_) library_ = out_.append(TRY(compile_seccomp_library(rules_, &delegated_)));

    Label other = out_.ret(SECCOMP_RET_KILL_THREAD);
    for (std::size_t i = rules_.archs.size(); i-- > 0;) {
      const words::SeccompArch& arch = *rules_.archs[i];
      if (is_x32(arch)) continue;
      Label calls = tree(ranges[i], is_wide(arch));
      if (arch.audit == words::kAuditX86_64) calls = with_x32(calls, ranges);
      calls = out_.load(offsetof(seccomp_data, nr), calls);
      other = out_.branch(BPF_JEQ, arch.audit, calls, other);
    }
    return std::move(out_).finish(out_.load(offsetof(seccomp_data, arch), other));
  }

 private:
  std::vector<Range> ranges_of(std::size_t arch);
  void delegate(std::size_t arch, std::span<const SeccompUse> uses, std::uint32_t number);
  void add(std::vector<Range>& ranges, std::uint32_t first,
           std::optional<SeccompDecision> decision);

  Label with_x32(Label calls, const std::vector<std::vector<Range>>& ranges);
  Label tree(std::span<const Range> ranges, bool wide);
  Label decision(const SeccompDecision& decision, bool wide);
  Label condition(const SeccompCondition& c, bool wide, Label yes, Label no);
  Label masked(std::size_t offset, std::uint32_t mask, std::uint32_t value, Label yes, Label no);

  const SeccompRules& rules_;
  SeccompSelection delegated_;  // to libseccomp
  bool delegates_ = false;
  SeccompAssembler out_;
  Label library_ = 0;
};

void Compiler::add(std::vector<Range>& ranges, std::uint32_t first,
                   std::optional<SeccompDecision> decision) {
  if (!ranges.empty()) {
    Range& last = ranges.back();
    if (last.first == first) {
      last.decision = std::move(decision);
      return;
    }
    if (is_plain(last.decision) && is_plain(decision) &&
        last.decision->otherwise == decision->otherwise)
      return;
  }
  ranges.push_back({first, std::move(decision)});
}

// The verdict on a call depends on no rule for another number, so the rules of one number are
// enough. A part of socketcall or ipc takes the whole family along, since its rules are for that
// number too and can contradict each other there.
void Compiler::delegate(std::size_t arch, std::span<const SeccompUse> uses, std::uint32_t number) {
  delegates_ = true;
  std::optional<std::uint32_t> family;
  for (const SeccompUse& use : uses) {
    if (use.number != number) continue;
    delegated_[arch][use.rule] = true;
    if (use.family != 0) family = use.family;
  }
  if (!family || *family == number) return;
  for (const SeccompUse& use : uses)
    if (use.number == *family) delegated_[arch][use.rule] = true;
}

std::vector<Range> Compiler::ranges_of(std::size_t arch) {
  const std::vector<SeccompUse> uses = uses_of(rules_, arch);
  const SeccompDecision nothing{{}, rules_.default_action};
  std::uint32_t next = is_x32(*rules_.archs[arch]) ? words::kX32Bit : 0;
  std::vector<Range> ranges;
  add(ranges, next, nothing);
  for (auto from = uses.begin(); from != uses.end();) {
    const auto to = std::find_if(from, uses.end(),
                                 [&](const SeccompUse& u) { return u.number != from->number; });
    if (from->number > next) add(ranges, next, nothing);
    auto decided = decide_seccomp_call(rules_, {from, to}, is_wide(*rules_.archs[arch]));
    if (!decided) delegate(arch, uses, from->number);
    add(ranges, from->number, std::move(decided));
    next = from->number + 1;
    from = to;
  }
  add(ranges, next, nothing);
  return ranges;
}

// As libseccomp does it: without x32 in the profile its calls are killed, except for -1.
Label Compiler::with_x32(Label calls, const std::vector<std::vector<Range>>& ranges) {
  for (std::size_t i = 0; i < rules_.archs.size(); ++i)
    if (is_x32(*rules_.archs[i]))
      return out_.branch(BPF_JGE, words::kX32Bit, tree(ranges[i], false), calls);
  const Label foreign = out_.branch(BPF_JEQ, kNoCall, out_.ret(rules_.default_action),
                                    out_.ret(SECCOMP_RET_KILL_THREAD));
  return out_.branch(BPF_JGE, words::kX32Bit, foreign, calls);
}

Label Compiler::tree(std::span<const Range> ranges, bool wide) {
  if (ranges.size() == 1)
    return ranges.front().decision ? decision(*ranges.front().decision, wide) : library_;
  const std::size_t middle = ranges.size() / 2;
  const Label upper = tree(ranges.subspan(middle), wide);
  const Label lower = tree(ranges.first(middle), wide);
  return out_.branch(BPF_JGE, ranges[middle].first, upper, lower);
}

Label Compiler::decision(const SeccompDecision& decision, bool wide) {
  Label at = out_.ret(decision.otherwise);
  for (auto branch = decision.branches.rbegin(); branch != decision.branches.rend(); ++branch) {
    const Label no = at;
    at = out_.ret(branch->action);
    for (auto c = branch->conditions.rbegin(); c != branch->conditions.rend(); ++c)
      at = condition(*c, wide, at, no);
  }
  return at;
}

Label Compiler::masked(std::size_t offset, std::uint32_t mask, std::uint32_t value, Label yes,
                       Label no) {
  if (mask == 0) return yes;
  Label at = out_.branch(BPF_JEQ, value & mask, yes, no);
  if (mask != 0xffffffff) at = out_.mask(mask, at);
  return out_.load(offset, at);
}

Label Compiler::condition(const SeccompCondition& c, bool wide, Label yes, Label no) {
  // Little-endian machines alone have trees.
  const std::size_t low_at = offsetof(seccomp_data, args) + c.index * sizeof(std::uint64_t);
  const std::size_t high_at = low_at + sizeof(std::uint32_t);
  const auto low = static_cast<std::uint32_t>(c.value),
             high = static_cast<std::uint32_t>(c.value >> 32);
  switch (c.op) {
    case Comparison::kMaskedEq: {
      const auto low_two = static_cast<std::uint32_t>(c.value_two);
      const Label at = masked(low_at, low, low_two, yes, no);
      const auto high_two = static_cast<std::uint32_t>(c.value_two >> 32);
      return wide ? masked(high_at, high, high_two, at, no) : at;
    }
    case Comparison::kEq: {
      const Label at = masked(low_at, ~0u, low, yes, no);
      return wide ? masked(high_at, ~0u, high, at, no) : at;
    }
    case Comparison::kNe: {
      const Label at = masked(low_at, ~0u, low, no, yes);
      return wide ? masked(high_at, ~0u, high, at, yes) : at;
    }
    case Comparison::kLt: return condition({c.index, Comparison::kGe, c.value, 0}, wide, no, yes);
    case Comparison::kLe: return condition({c.index, Comparison::kGt, c.value, 0}, wide, no, yes);
    case Comparison::kGe:
    case Comparison::kGt: break;
  }
  const std::uint16_t test = c.op == Comparison::kGt ? BPF_JGT : BPF_JGE;
  Label at = out_.load(low_at, out_.branch(test, low, yes, no));
  if (!wide) return at;
  at = out_.branch(BPF_JEQ, high, at, no);
  return out_.load(high_at, out_.branch(BPF_JGT, high, yes, at));
}

}  // namespace

bool has_seccomp_tree(const SeccompRules& rules) {
  constexpr std::array kKnown = {words::kAuditX86_64, words::kAuditX86, words::kAuditAarch64,
                                 words::kAuditArm, 243 | words::kAudit64 | words::kAuditLe};
  bool x86_64 = false, x32 = false;
  for (const words::SeccompArch* arch : rules.archs) {
    if (std::find(kKnown.begin(), kKnown.end(), arch->audit) == kKnown.end()) return false;
    (is_x32(*arch) ? x32 : x86_64) |= arch->audit == words::kAuditX86_64;
  }
  // x32 is told from x86-64 within the latter's word.
  return x86_64 || !x32;
}

Result<SeccompCode> compile_seccomp_tree(const SeccompRules& rules) {
  return Compiler(rules).compile();
}

}  // namespace oci::plan
