#include "lib/plan/seccomp_rules.h"

#include <seccomp.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "lib/base/try.h"
#include "lib/plan/draft.h"
#include "lib/plan/paths.h"

namespace oci::plan {
namespace {

// runc stores the number in 16 bits; libseccomp refuses what its MAX_ERRNO does not exceed.
constexpr std::uint32_t kErrnoBits = 0xffff, kErrnoEnd = 4095;

Result<std::uint32_t> read_action(const std::string& name, std::optional<std::uint32_t> number,
                                  const std::string& block, const char* action_key,
                                  const char* errno_key) {
  const auto* word = base::find(words::kSeccompActions, name);
  if (word == nullptr)
    return invalid("string " + name + " is not a valid action for seccomp", block + action_key);
  // S213, S220: of no effect with the other actions.
  if (word->value != words::kRetErrno && word->value != words::kRetTrace) return word->value;
  const std::uint32_t data = number.value_or(EPERM) & kErrnoBits;
  if (word->value == words::kRetErrno && data >= kErrnoEnd)
    return invalid(
        "seccomp errno " + std::to_string(*number) + " is not below " + std::to_string(kErrnoEnd),
        block + errno_key);
  return word->value | data;
}

Result<std::vector<SeccompCondition>> read_conditions(const spec::Syscall& call,
                                                      const std::string& pointer) {
  constexpr std::uint32_t kLastArgument = 5;
  std::vector<SeccompCondition> out;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    const spec::SyscallArg& arg = call.args[i];
    const std::string at = pointer + "/args/" + std::to_string(i);
    const auto* op = base::find(words::kSeccompOperators, arg.op);
    if (op == nullptr)
      return invalid("string " + arg.op + " is not a valid operator for seccomp", at + "/op");
    if (arg.index > kLastArgument)
      return invalid(
          "seccomp argument index must be between 0 and 5, not " + std::to_string(arg.index),
          at + "/index");
    out.push_back({arg.index, op->value, arg.value, arg.value_two});
  }
  return out;
}

bool repeats_an_argument(const std::vector<SeccompCondition>& conditions) {
  unsigned seen = 0;
  for (const SeccompCondition& c : conditions) {
    if ((seen & 1u << c.index) != 0) return true;
    seen |= 1u << c.index;
  }
  return false;
}

// The native architecture is always there (S214).
Result<std::vector<const words::SeccompArch*>> read_archs(const spec::Seccomp& profile) {
  std::vector<const words::SeccompArch*> archs;
  const std::uint32_t native = ::seccomp_arch_native();
  for (const words::SeccompArch& arch : words::kSeccompArchs)
    if (arch.token == native) archs.push_back(&arch);
  for (std::size_t i = 0; i < profile.architectures.size(); ++i) {
    const std::string& name = profile.architectures[i];
    const auto* arch = base::find(words::kSeccompArchs, name);
    if (arch == nullptr)
      return invalid("string " + name + " is not a valid arch for seccomp",
                     "/linux/seccomp/architectures/" + std::to_string(i));
    if (std::find(archs.begin(), archs.end(), arch) == archs.end()) archs.push_back(arch);
  }
  return archs;
}

class Reader {
 public:
  Reader(SeccompRules& out, std::vector<std::string>* warnings) : out_(out), warnings_(warnings) {
    out_.newest.assign(out_.archs.size(), -1);
  }

  Status read(const spec::Syscall& call, const std::string& pointer) {
    const std::uint32_t action =
        TRY(read_action(call.action, call.errno_ret, pointer, "/action", "/errnoRet"));
    const auto conditions = TRY(read_conditions(call, pointer));
    const bool split = repeats_an_argument(conditions);
    for (const std::string& name : call.names) {
      if (name.empty()) return invalid("empty string is not a valid syscall", pointer + "/names");
      std::vector<int> numbers = numbers_of(name);
      if (action == out_.default_action || numbers.empty()) continue;
      if (!split) {
        out_.rules.push_back({name, action, conditions, std::move(numbers)});
        continue;
      }
      // S221: conditions on one argument are alternatives.
      for (const SeccompCondition& one : conditions)
        out_.rules.push_back({name, action, {one}, numbers});
    }
    return {};
  }

 private:
  // Empty where no architecture at all has such a call (S218).
  std::vector<int> numbers_of(const std::string& name) {
    std::vector<int> numbers(out_.archs.size());
    bool known = false;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      numbers[i] = ::seccomp_syscall_resolve_name_arch(out_.archs[i]->token, name.c_str());
      known = known || numbers[i] != __NR_SCMP_ERROR;
      out_.newest[i] = std::max(out_.newest[i], numbers[i]);
    }
    if (known) return numbers;
    if (warnings_ != nullptr)
      warnings_->push_back("unknown seccomp syscall " + quoted(name) + " ignored");
    return {};
  }

  SeccompRules& out_;
  std::vector<std::string>* warnings_;
};

}  // namespace

Result<SeccompRules> read_seccomp_rules(const spec::Seccomp& profile,
                                        std::vector<std::string>* warnings) {
  SeccompRules out;
  out.default_action = TRY(read_action(profile.default_action, profile.default_errno_ret,
                                       "/linux/seccomp", "/defaultAction", "/defaultErrnoRet"));
  if (out.default_action == words::kRetNotify)
    return invalid("SCMP_ACT_NOTIFY cannot be used as default action",
                   "/linux/seccomp/defaultAction");
  out.archs = TRY(read_archs(profile));
  Reader reader(out, warnings);
  for (std::size_t i = 0; i < profile.syscalls.size(); ++i)
    TRY(reader.read(profile.syscalls[i], "/linux/seccomp/syscalls/" + std::to_string(i)));
  return out;
}

}  // namespace oci::plan
