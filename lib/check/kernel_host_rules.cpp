// Seccomp, sysctl, labels of mounts, memory policy, Intel RDT.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/base/names.h"
#include "lib/check/host_rules.h"
#include "lib/plan/seccomp_rules.h"
#include "lib/sys/error.h"
#include "lib/words/seccomp.h"

namespace oci::check_rules {
namespace {

const spec::Seccomp* seccomp_of(const Ground& ground) {
  const spec::Linux* block = ground.linux_block();
  return block != nullptr && block->seccomp ? &*block->seccomp : nullptr;
}

struct ActionWord {
  std::string_view name, kernel;
};
// As /proc/sys/kernel/seccomp/actions_avail has them. seccomp(2)
constexpr auto kActionWords = base::sorted_by_name(std::to_array<ActionWord>({
    {"SCMP_ACT_ALLOW", "allow"},
    {"SCMP_ACT_ERRNO", "errno"},
    {"SCMP_ACT_KILL", "kill_thread"},
    {"SCMP_ACT_KILL_PROCESS", "kill_process"},
    {"SCMP_ACT_KILL_THREAD", "kill_thread"},
    {"SCMP_ACT_LOG", "log"},
    {"SCMP_ACT_NOTIFY", "user_notif"},
    {"SCMP_ACT_TRACE", "trace"},
    {"SCMP_ACT_TRAP", "trap"},
}));

void judge_action(const Ground& ground, const std::string& action, const std::string& pointer,
                  Report& report) {
  const ActionWord* word = base::find(kActionWords, action);
  if (word != nullptr && !ground.host.seccomp_actions.empty() &&
      !ground.host.seccomp_actions.contains(std::string(word->kernel)))
    report.add(pointer, "this kernel does not know " + action);
}

// S212, S219
void check_default_action(const Ground& ground, Report& report) {
  if (const spec::Seccomp* seccomp = seccomp_of(ground))
    judge_action(ground, seccomp->default_action, "/linux/seccomp/defaultAction", report);
}
void check_actions(const Ground& ground, Report& report) {
  const spec::Seccomp* seccomp = seccomp_of(ground);
  for (std::size_t i = 0; seccomp != nullptr && i < seccomp->syscalls.size(); ++i)
    judge_action(ground, seccomp->syscalls[i].action, at("/linux/seccomp/syscalls", i, "/action"),
                 report);
}

struct FlagSince {
  std::string_view name;
  unsigned major, minor;
};
constexpr FlagSince kFlags[] = {
    {"SECCOMP_FILTER_FLAG_LOG", 4, 14},
    {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4, 17},
    {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", 5, 19},
};

// S215; seccomp(2)
void check_flags(const Ground& ground, Report& report) {
  const spec::Seccomp* seccomp = seccomp_of(ground);
  if (seccomp == nullptr || !seccomp->flags) return;
  for (std::size_t i = 0; i < seccomp->flags->size(); ++i)
    for (const FlagSince& flag : kFlags)
      if ((*seccomp->flags)[i] == flag.name && !ground.host.kernel(flag.major, flag.minor))
        report.add(at("/linux/seccomp/flags", i), std::string(flag.name) + " takes Linux " +
                                                      std::to_string(flag.major) + "." +
                                                      std::to_string(flag.minor));
}

// S216
void check_listener(const Ground& ground, Report& report) {
  const spec::Seccomp* seccomp = seccomp_of(ground);
  if (seccomp == nullptr || seccomp->listener_path.empty()) return;
  const bool notifies =
      std::any_of(seccomp->syscalls.begin(), seccomp->syscalls.end(),
                  [](const spec::Syscall& s) { return s.action == "SCMP_ACT_NOTIFY"; });
  struct stat st;
  const bool there = ::stat(seccomp->listener_path.c_str(), &st) == 0;
  if (notifies && (!there || !S_ISSOCK(st.st_mode)))
    report.add("/linux/seccomp/listenerPath",
               "failed to connect with seccomp agent specified in the seccomp profile: dial unix " +
                   seccomp->listener_path +
                   ": connect: " + std::string(sys::errno_text(there ? ECONNREFUSED : errno)));
}

// S218: one finding for all of them; engines name calls of every kernel.
void check_names(const Ground& ground, Report& report) {
  const spec::Seccomp* seccomp = seccomp_of(ground);
  if (seccomp == nullptr || seccomp->default_action.empty()) return;
  std::vector<std::string> warnings;
  if (!plan::read_seccomp_rules(*seccomp, &warnings)) return;  // told by other rules
  constexpr std::string_view kStart = "unknown seccomp syscall ", kEnd = " ignored";
  std::set<std::string> names;
  for (const std::string& text : warnings)
    if (text.starts_with(kStart) && text.ends_with(kEnd))
      names.insert(text.substr(kStart.size(), text.size() - kStart.size() - kEnd.size()));
  if (names.empty()) return;
  std::string list;
  for (const std::string& name : names) list.append(list.empty() ? "" : " ").append(name);
  report.add("/linux/seccomp/syscalls", "system calls that are not known, and ignored: " + list);
}

// S223
void check_seccomp(const Ground& ground, Report& report) {
  if (seccomp_of(ground) != nullptr && ground.host.seccomp_actions.empty())
    report.add("/linux/seccomp", "this kernel has no seccomp filters");
}

// S202: those of a network interface come with the interface.
void check_sysctls(const Ground& ground, Report& report) {
  if (!ground.linux_block()) return;
  for (const auto& [key, value] : ground.linux_block()->sysctl) {
    // sysctl.d(5): where the first separator is a slash, slashes separate and dots belong to names.
    std::string path = key;
    const std::size_t first = key.find_first_of("./");
    if (first != std::string::npos && key[first] == '.')
      for (char& c : path) c = c == '.' ? '/' : c == '/' ? '.' : c;
    if (path.find("..") == std::string::npos && ::access(("/proc/sys/" + path).c_str(), F_OK) != 0)
      report.add("/linux/sysctl/" + token(key),
                 "sysctl " + quote(key) + " is not there on this host");
  }
}

// S206
void check_mount_label(const Ground& ground, Report& report) {
  if (ground.linux_block() && !ground.linux_block()->mount_label.empty() &&
      !ground.host.facts.selinux)
    report.add("/linux/mountLabel", "a label is given, but this host has no SELinux");
}

// S198
void check_resctrl(const Ground& ground, Report& report) {
  if (ground.linux_block() && ground.linux_block()->intel_rdt && !ground.host.resctrl)
    report.add("/linux/intelRdt", "no resctrl is mounted on /sys/fs/resctrl");
}

struct PolicySince {
  std::string_view mode;
  unsigned major, minor;
};
constexpr PolicySince kPolicies[] = {{"MPOL_PREFERRED_MANY", 5, 15},
                                     {"MPOL_WEIGHTED_INTERLEAVE", 6, 9}};

// S199; set_mempolicy(2)
void check_memory_policy(const Ground& ground, Report& report) {
  if (!ground.linux_block() || !ground.linux_block()->memory_policy) return;
  const std::string& mode = ground.linux_block()->memory_policy->mode;
  if (ground.host.memory_nodes.empty())
    report.add("/linux/memoryPolicy", "this kernel has no memory policies (CONFIG_NUMA)");
  for (const PolicySince& policy : kPolicies)
    if (mode == policy.mode && !ground.host.kernel(policy.major, policy.minor))
      report.add("/linux/memoryPolicy/mode", mode + " takes Linux " + std::to_string(policy.major) +
                                                 "." + std::to_string(policy.minor));
}

// S200: one node that is there is enough for the kernel.
void check_memory_nodes(const Ground& ground, Report& report) {
  if (!ground.linux_block() || !ground.linux_block()->memory_policy) return;
  const std::set<unsigned> wanted = parse_list(ground.linux_block()->memory_policy->nodes);
  const std::set<unsigned>& there = ground.host.memory_nodes;
  if (!wanted.empty() && !there.empty() &&
      std::none_of(wanted.begin(), wanted.end(), [&](unsigned n) { return there.contains(n); }))
    report.add("/linux/memoryPolicy/nodes", "none of these memory nodes is online on this host");
}

constexpr HostRule kRules[] = {
    {"S198", Level::kError, "config-linux.md#intelrdt", check_resctrl},
    {"S199", Level::kError, "config-linux.md#memory-policy", check_memory_policy},
    {"S200", Level::kError, "config-linux.md#memory-policy", check_memory_nodes},
    {"S202", Level::kWarning, "config-linux.md#sysctl", check_sysctls},
    {"S206", Level::kError, "config-linux.md#mount-label", check_mount_label},
    {"S212", Level::kError, "config-linux.md#seccomp", check_default_action},
    {"S215", Level::kError, "config-linux.md#seccomp", check_flags},
    {"S216", Level::kError, "config-linux.md#seccomp", check_listener},
    {"S218", Level::kWarning, "config-linux.md#seccomp", check_names},
    {"S219", Level::kError, "config-linux.md#seccomp", check_actions},
    {"S223", Level::kError, "config-linux.md#seccomp", check_seccomp},
};

}  // namespace

std::span<const HostRule> kernel_host_rules() { return kRules; }

}  // namespace oci::check_rules
