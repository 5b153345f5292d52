#include <algorithm>

#include "lib/base/names.h"
#include "lib/validate/rules.h"
#include "lib/words/seccomp.h"

namespace oci::validate_rules {
namespace {

using spec::Seccomp;

constexpr std::string_view kNotify = "SCMP_ACT_NOTIFY";
constexpr unsigned kMaxErrno = 4094;      // below MAX_ERRNO in include/linux/err.h
constexpr unsigned kMaxMessage = 0xffff;  // SECCOMP_RET_DATA

// S212: runc takes a block with neither default action nor rules for no seccomp at all.
bool is_off(const Seccomp& seccomp) {
  return seccomp.default_action.empty() && seccomp.syscalls.empty();
}

bool is_action(const std::string& word) {
  return base::find(words::kSeccompActions, word) != nullptr;
}

bool takes_errno(const std::string& action) {
  return action == "SCMP_ACT_ERRNO" || action == "SCMP_ACT_TRACE";
}

std::string not_valid(const std::string& word, std::string_view kind) {
  return "string " + word + " is not a valid " + std::string(kind) + " for seccomp";
}

// S212
void check_default_action(const Seccomp& seccomp, Report& report) {
  if (is_off(seccomp)) return;
  if (!is_action(seccomp.default_action))
    report.add("/defaultAction", not_valid(seccomp.default_action, "action"));
  else if (seccomp.default_action == kNotify)
    report.add("/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action");
}

void judge_errno(const std::optional<std::uint32_t>& value, const std::string& action,
                 const std::string& pointer, Report& report) {
  if (!value || !is_action(action)) return;
  const unsigned most = action == "SCMP_ACT_ERRNO" ? kMaxErrno : kMaxMessage;
  if (!takes_errno(action))
    report.add(pointer, "errnoRet cannot be used with " + action);
  else if (*value > most)
    report.add(pointer, "errnoRet " + std::to_string(*value) + " is above " + std::to_string(most));
}

// S213, S220
void check_errno(const Seccomp& seccomp, Report& report) {
  judge_errno(seccomp.default_errno_ret, seccomp.default_action, "/defaultErrnoRet", report);
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i)
    judge_errno(seccomp.syscalls[i].errno_ret, seccomp.syscalls[i].action,
                at("/syscalls", i, "/errnoRet"), report);
}

// S214
void check_architectures(const Seccomp& seccomp, Report& report) {
  for (std::size_t i = 0; i < seccomp.architectures.size(); ++i)
    if (base::find(words::kSeccompArchs, seccomp.architectures[i]) == nullptr)
      report.add(at("/architectures", i), not_valid(seccomp.architectures[i], "arch"));
}

// S215
void check_flags(const Seccomp& seccomp, Report& report) {
  if (!seccomp.flags) return;
  const spec::Strings& flags = *seccomp.flags;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (base::find(words::kSeccompFlags, flags[i]) == nullptr)
      report.add(at("/flags", i), "seccomp flag " + flags[i] + " is not known to runc");
}

bool uses_notify(const Seccomp& seccomp) {
  return std::any_of(seccomp.syscalls.begin(), seccomp.syscalls.end(),
                     [](const spec::Syscall& rule) { return rule.action == kNotify; });
}

// S215: seccomp(2) takes WAIT_KILLABLE_RECV only with a listener.
void check_wait_killable(const Seccomp& seccomp, Report& report) {
  if (!seccomp.flags || uses_notify(seccomp)) return;
  for (std::size_t i = 0; i < seccomp.flags->size(); ++i)
    if ((*seccomp.flags)[i] == "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV")
      report.add(at("/flags", i), "error loading seccomp filter: invalid argument (" +
                                      (*seccomp.flags)[i] + " needs a rule with SCMP_ACT_NOTIFY)");
}

// S216
void check_listener(const Seccomp& seccomp, Report& report) {
  if (uses_notify(seccomp) && seccomp.listener_path.empty())
    report.add("/listenerPath", "seccomp listenerPath is not set");
}

// S217
void check_metadata(const Seccomp& seccomp, Report& report) {
  if (!seccomp.listener_metadata.empty() && seccomp.listener_path.empty())
    report.add("/listenerMetadata", "seccomp listenerMetadata is set without listenerPath");
}

// S219
void check_actions(const Seccomp& seccomp, Report& report) {
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i)
    if (!is_action(seccomp.syscalls[i].action))
      report.add(at("/syscalls", i, "/action"), not_valid(seccomp.syscalls[i].action, "action"));
}

// S218: accepted everywhere, and of no effect.
void check_names(const Seccomp& seccomp, Report& report) {
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i)
    if (seccomp.syscalls[i].names.empty())
      report.add(at("/syscalls", i, "/names"), "seccomp rule without names");
}

// S221
void check_args(const Seccomp& seccomp, Report& report) {
  constexpr std::uint32_t kLastArgument = 5;
  for (std::size_t i = 0; i < seccomp.syscalls.size(); ++i) {
    const std::vector<spec::SyscallArg>& args = seccomp.syscalls[i].args;
    const std::string list = at("/syscalls", i, "/args");
    for (std::size_t j = 0; j < args.size(); ++j) {
      if (args[j].index > kLastArgument)
        report.add(at(list, j, "/index"), "seccomp argument index must be between 0 and 5, not " +
                                              std::to_string(args[j].index));
      if (base::find(words::kSeccompOperators, args[j].op) == nullptr)
        report.add(at(list, j, "/op"), not_valid(args[j].op, "operator"));
    }
  }
}

constexpr Rule<Seccomp> kSeccompRules[] = {
    {"S212", Level::kError, "config-linux.md#seccomp", check_default_action},
    {"S213", Level::kError, "config-linux.md#seccomp", check_errno},
    {"S214", Level::kError, "config-linux.md#seccomp", check_architectures},
    {"S215", Level::kError, "config-linux.md#seccomp", check_flags},
    {"S215", Level::kError, "config-linux.md#seccomp", check_wait_killable},
    {"S216", Level::kError, "config-linux.md#seccomp", check_listener},
    {"S217", Level::kError, "config-linux.md#seccomp", check_metadata},
    {"S218", Level::kWarning, "config-linux.md#seccomp", check_names},
    {"S219", Level::kError, "config-linux.md#seccomp", check_actions},
    {"S221", Level::kError, "config-linux.md#seccomp", check_args},
};

}  // namespace

std::span<const Rule<Seccomp>> seccomp_rules() { return kSeccompRules; }

}  // namespace oci::validate_rules
