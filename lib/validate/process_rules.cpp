#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <set>

#include "lib/base/names.h"
#include "lib/validate/rules.h"
#include "lib/words/capabilities.h"
#include "lib/words/ioprio.h"
#include "lib/words/rlimits.h"
#include "lib/words/scheduler.h"

namespace oci::validate_rules {
namespace {

using spec::Process;
using spec::Strings;

bool contains(const Strings& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool is_capability(const std::string& name) {
  return base::find(words::kCapabilitiesByName, name) != nullptr;
}

// setresuid(2), setgroups(2): (u32)-1 is no id but means "leave as it is", which is root here.
void check_ids(const Process& process, Report& report) {
  constexpr std::uint32_t kNone = 0xffffffff;
  const std::string text = "uids and gids must be in range 0-4294967294";
  if (process.user.uid == kNone) report.add("/user/uid", text);
  if (process.user.gid == kNone) report.add("/user/gid", text);
  for (std::size_t i = 0; i < process.user.additional_gids.size(); ++i)
    if (process.user.additional_gids[i] == kNone) report.add(at("/user/additionalGids", i), text);
}

// S071
void check_args(const Process& process, Report& report) {
  if (process.args.empty()) report.add("/args", "args must not be empty");
}

// S070
void check_env(const Process& process, Report& report) {
  if (!process.env) return;
  for (std::size_t i = 0; i < process.env->size(); ++i) {
    const std::size_t equals = (*process.env)[i].find('=');
    if (equals == std::string::npos)
      report.add(at("/env", i), "invalid environment variable: missing '='");
    else if (equals == 0)
      report.add(at("/env", i), "invalid environment variable: name cannot be empty");
  }
}

// S069
void check_cwd(const Process& process, Report& report) {
  if (process.cwd.empty())
    report.add("/cwd", "Cwd property must not be empty");
  else if (process.cwd[0] != '/')
    report.add("/cwd", "Cwd must be an absolute path");
}

// S076: unknown names are left out, with one warning for all sets.
void check_capability_names(const Process& process, Report& report) {
  if (!process.capabilities) return;
  const spec::Capabilities& caps = *process.capabilities;
  std::set<std::string_view> unknown;
  for (const Strings* list :
       {&caps.bounding, &caps.effective, &caps.inheritable, &caps.permitted, &caps.ambient})
    for (const std::string& name : *list)
      if (!is_capability(name)) unknown.insert(name);
  if (unknown.empty()) return;
  std::string names;
  for (const std::string_view name : unknown) names.append(names.empty() ? "" : " ").append(name);
  report.add("/capabilities", "ignoring unknown or unavailable capabilities: [" + names + "]");
}

// S076: capset(2) refuses an effective capability that is not permitted.
void check_effective(const Process& process, Report& report) {
  if (!process.capabilities) return;
  const spec::Capabilities& caps = *process.capabilities;
  for (std::size_t i = 0; i < caps.effective.size(); ++i)
    if (is_capability(caps.effective[i]) && !contains(caps.permitted, caps.effective[i]))
      report.add(at("/capabilities/effective", i),
                 "unable to apply caps: can't apply capabilities: operation not permitted (" +
                     caps.effective[i] + " is effective but not permitted)");
}

// S076: ambient is bounded by permitted and inheritable. capabilities(7)
void check_ambient(const Process& process, Report& report) {
  if (!process.capabilities) return;
  const spec::Capabilities& caps = *process.capabilities;
  for (std::size_t i = 0; i < caps.ambient.size(); ++i) {
    const std::string& name = caps.ambient[i];
    if (!is_capability(name)) continue;
    if (contains(caps.permitted, name) && contains(caps.inheritable, name)) continue;
    report.add(at("/capabilities/ambient", i),
               "can't raise ambient capability " + name + ": operation not permitted");
  }
}

// S073
void check_rlimits(const Process& process, Report& report) {
  for (std::size_t i = 0; i < process.rlimits.size(); ++i) {
    const spec::Rlimit& limit = process.rlimits[i];
    if (base::find(words::kRlimits, limit.type) == nullptr)
      report.add(at("/rlimits", i, "/type"), "wrong rlimit value: " + limit.type);
    else if (limit.soft > limit.hard)
      report.add(at("/rlimits", i, "/soft"),
                 "rlimit " + limit.type + ": the soft limit " + std::to_string(limit.soft) +
                     " is above the hard limit " + std::to_string(limit.hard));
  }
}

// S073: none of the engines writes one twice; runc lets the last one count.
void check_rlimits_once(const Process& process, Report& report) {
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < process.rlimits.size(); ++i)
    if (!seen.insert(process.rlimits[i].type).second)
      report.add(at("/rlimits", i, "/type"),
                 "rlimit " + process.rlimits[i].type + " is listed more than once");
}

// S079; proc(5), /proc/PID/oom_score_adj
void check_oom_score(const Process& process, Report& report) {
  const int score = process.oom_score_adj.value_or(0);
  if (score < -1000 || score > 1000)
    report.add("/oomScoreAdj",
               "oomScoreAdj must be between -1000 and 1000, not " + std::to_string(score));
}

// S080
void check_scheduler(const Process& process, Report& report) {
  if (!process.scheduler) return;
  const spec::Scheduler& s = *process.scheduler;
  const auto* policy = base::find(words::kSchedulerPolicies, s.policy);
  if (policy == nullptr)
    return report.add("/scheduler/policy", "invalid scheduler policy: " + s.policy);
  if (s.nice && (*s.nice < -20 || *s.nice > 19))
    report.add("/scheduler/nice", "invalid scheduler.nice: " + std::to_string(*s.nice));
  const bool real_time = policy->value == words::kSchedFifo || policy->value == words::kSchedRr;
  if (s.priority.value_or(0) != 0 && !real_time)
    report.add("/scheduler/priority",
               "scheduler.priority can only be specified for SchedFIFO or SchedRR policy");
  if ((s.runtime || s.deadline || s.period) && policy->value != words::kSchedDeadline)
    report.add("/scheduler",
               "scheduler runtime/deadline/period can only be specified for SchedDeadline policy");
}

// S081
void check_scheduler_flags(const Process& process, Report& report) {
  if (!process.scheduler) return;
  const Strings& flags = process.scheduler->flags;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (base::find(words::kSchedulerFlags, flags[i]) == nullptr)
      report.add(at("/scheduler/flags", i), "invalid scheduler flag: " + flags[i]);
}

// S082
void check_io_priority(const Process& process, Report& report) {
  if (!process.io_priority) return;
  const spec::IoPriority& io = *process.io_priority;
  if (base::find(words::kIoPriorityClasses, io.io_class) == nullptr)
    report.add("/ioPriority/class", "invalid ioPriority.Class: " + quote(io.io_class));
  if (io.priority < 0 || io.priority > 7)
    report.add("/ioPriority/priority",
               "invalid ioPriority.Priority: " + std::to_string(io.priority));
}

// S083, S084
void check_affinity(const Process& process, Report& report) {
  if (!process.exec_cpu_affinity) return;
  const spec::ExecCpuAffinity& affinity = *process.exec_cpu_affinity;
  if (!affinity.initial.empty() && !is_number_list(affinity.initial))
    report.add("/execCPUAffinity/initial", "invalid CPU list " + quote(affinity.initial));
  if (!affinity.final_.empty() && !is_number_list(affinity.final_))
    report.add("/execCPUAffinity/final", "invalid CPU list " + quote(affinity.final_));
}

constexpr Rule<Process> kProcessRules[] = {
    {"S069", Level::kError, "config.md#process", check_cwd},
    {"S071", Level::kError, "config.md#posix-process", check_args},
    {"S070", Level::kError, "config.md#process", check_env},
    {"S086", Level::kError, "config.md#posix-platform-user", check_ids},
    {"S076", Level::kWarning, "config.md#linux-process", check_capability_names},
    {"S076", Level::kError, "config.md#linux-process", check_effective},
    {"S076", Level::kWarning, "config.md#linux-process", check_ambient},
    {"S073", Level::kError, "config.md#posix-process", check_rlimits},
    {"S073", Level::kError, "config.md#posix-process", check_rlimits_once},
    {"S079", Level::kError, "config.md#linux-process", check_oom_score},
    {"S080", Level::kError, "config.md#linux-process", check_scheduler},
    {"S081", Level::kError, "config.md#linux-process", check_scheduler_flags},
    {"S082", Level::kError, "config.md#linux-process", check_io_priority},
    {"S083", Level::kError, "config.md#linux-process", check_affinity},
};

}  // namespace

std::span<const Rule<Process>> process_rules() { return kProcessRules; }

}  // namespace oci::validate_rules
