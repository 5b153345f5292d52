// Whether the caller may do what `process` asks for.
#include <sys/stat.h>

#include "lib/base/names.h"
#include "lib/check/host_rules.h"
#include "lib/words/capabilities.h"
#include "lib/words/scheduler.h"

namespace oci::check_rules {
namespace {

using Kind = RootView::Found::Kind;

constexpr unsigned kCapSysNice = 23, kCapSysResource = 24;

std::string path_of(const spec::Process& process) {
  constexpr std::string_view kKey = "PATH=";
  std::string path;
  if (process.env)
    for (const std::string& entry : *process.env)
      if (entry.starts_with(kKey)) path = entry.substr(kKey.size());
  return path;
}

// S071
void check_program(const Ground& ground, Report& report) {
  if (!ground.spec.process || ground.spec.process->args.empty()) return;
  const spec::Process& process = *ground.spec.process;
  const std::string& name = process.args[0];
  const RootView::Found found = ground.root.find_program(name, process.cwd, path_of(process));
  if (found.kind == Kind::kUnknown) return;
  const std::string start = "exec: " + quote(name) + ": ";
  if (found.kind == Kind::kMissing)
    report.add("/process/args/0", start + (name.find('/') != std::string::npos
                                               ? "stat " + name + ": no such file or directory"
                                               : "executable file not found in $PATH"));
  else if (S_ISDIR(found.mode))
    report.add("/process/args/0", start + "is a directory");
  else if ((found.mode & 0111) == 0)
    report.add("/process/args/0", start + "permission denied");
}

// S069: a missing one is made.
void check_cwd(const Ground& ground, Report& report) {
  if (!ground.spec.process || ground.spec.process->cwd.empty()) return;
  const RootView::Found found = ground.root.find(ground.spec.process->cwd);
  if (found.kind == Kind::kThere && !S_ISDIR(found.mode))
    report.add("/process/cwd", "mkdir " + ground.spec.process->cwd + ": not a directory");
}

// S073; setrlimit(2): fs.nr_open binds even the privileged.
void check_rlimits(const Ground& ground, Report& report) {
  if (!ground.spec.process) return;
  const bool may_raise =
      ground.host.has_capability(kCapSysResource) && !ground.host.facts.user_namespace;
  const std::vector<spec::Rlimit>& limits = ground.spec.process->rlimits;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const auto own = ground.host.hard_limits.find(limits[i].type);
    if (own == ground.host.hard_limits.end()) continue;
    const std::string start = limits[i].type + ": the hard limit " + std::to_string(limits[i].hard);
    const std::uint64_t most = ground.host.max_open_files;
    if (limits[i].type == "RLIMIT_NOFILE" && most != 0 && limits[i].hard > most)
      report.add(at("/process/rlimits", i, "/hard"),
                 start + " is above " + std::to_string(most) + ", the value of fs.nr_open");
    else if (limits[i].hard > own->second && !may_raise)
      report.add(at("/process/rlimits", i, "/hard"),
                 start + " is above the caller's, " + std::to_string(own->second) +
                     ", and the caller has no CAP_SYS_RESOURCE");
  }
}

// S076: in a user namespace the container can have them all, and without root it needs one.
void check_capabilities(const Ground& ground, Report& report) {
  if (!ground.spec.process || !ground.spec.process->capabilities || ground.has_user_namespace() ||
      ground.host.facts.euid != 0)
    return;
  const spec::Capabilities& sets = *ground.spec.process->capabilities;
  const auto look = [&](const spec::Strings& list, const char* pointer) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      const auto* word = base::find(words::kCapabilitiesByName, list[i]);
      if (word != nullptr && word->value <= ground.host.facts.cap_last_cap &&
          !ground.host.has_capability(word->value))
        report.add(at(pointer, i), "the caller does not have " + list[i] + " itself");
    }
  };
  look(sets.effective, "/process/capabilities/effective");
  look(sets.permitted, "/process/capabilities/permitted");
  look(sets.inheritable, "/process/capabilities/inheritable");
}

// S079; proc(5): without the right a process can go back to the least that it was given with it,
// which does not show.
void check_oom_score(const Ground& ground, Report& report) {
  if (!ground.spec.process || !ground.spec.process->oom_score_adj) return;
  const int score = *ground.spec.process->oom_score_adj;
  if (score < ground.host.oom_score_adj &&
      (!ground.host.has_capability(kCapSysResource) || ground.host.facts.user_namespace))
    report.add("/process/oomScoreAdj",
               "oomScoreAdj " + std::to_string(score) + " is below the caller's, " +
                   std::to_string(ground.host.oom_score_adj) +
                   ": this may take CAP_SYS_RESOURCE, which the caller does not have");
}

// S080
void check_scheduler(const Ground& ground, Report& report) {
  if (!ground.spec.process || !ground.spec.process->scheduler) return;
  const spec::Scheduler& scheduler = *ground.spec.process->scheduler;
  const auto* policy = base::find(words::kSchedulerPolicies, scheduler.policy);
  if (policy == nullptr || ground.host.has_capability(kCapSysNice)) return;
  const bool real_time = policy->value == words::kSchedFifo || policy->value == words::kSchedRr ||
                         policy->value == words::kSchedDeadline;
  if (real_time)
    report.add("/process/scheduler/policy",
               scheduler.policy + " takes CAP_SYS_NICE, which the caller does not have");
  if (scheduler.nice.value_or(0) < 0)
    report.add("/process/scheduler/nice",
               "a nice value below 0 takes CAP_SYS_NICE, which the caller does not have");
}

// S082; ioprio_set(2)
void check_io_priority(const Ground& ground, Report& report) {
  if (!ground.spec.process || !ground.spec.process->io_priority) return;
  constexpr unsigned kCapSysAdmin = 21;
  if (ground.spec.process->io_priority->io_class == "IOPRIO_CLASS_RT" &&
      !ground.host.has_capability(kCapSysNice) && !ground.host.has_capability(kCapSysAdmin))
    report.add("/process/ioPriority/class",
               "IOPRIO_CLASS_RT takes CAP_SYS_NICE, which the caller does not have");
}

// S074; profile names with a namespace or stacked ones are left to the kernel.
void check_apparmor(const Ground& ground, Report& report) {
  if (!ground.spec.process) return;
  const std::string& profile = ground.spec.process->apparmor_profile;
  if (profile.empty() || profile == "unconfined") return;
  const bool plain = profile.find("//") == std::string::npos && profile[0] != ':';
  if (!ground.host.facts.apparmor)
    report.add("/process/apparmorProfile",
               "profile " + quote(profile) + " is asked for, but this host has no AppArmor");
  else if (plain && !ground.host.profiles.empty() && !ground.host.profiles.contains(profile))
    report.add("/process/apparmorProfile", "profile " + quote(profile) + " is not loaded");
}

// S075
void check_selinux(const Ground& ground, Report& report) {
  if (ground.spec.process && !ground.spec.process->selinux_label.empty() &&
      !ground.host.facts.selinux)
    report.add("/process/selinuxLabel", "a label is given, but this host has no SELinux");
}

constexpr HostRule kRules[] = {
    {"S069", Level::kError, "config.md#process", check_cwd},
    {"S071", Level::kError, "config.md#posix-process", check_program},
    {"S073", Level::kError, "config.md#posix-process", check_rlimits},
    {"S074", Level::kError, "config.md#linux-process", check_apparmor},
    {"S075", Level::kError, "config.md#linux-process", check_selinux},
    {"S076", Level::kError, "config.md#linux-process", check_capabilities},
    {"S079", Level::kWarning, "config.md#linux-process", check_oom_score},
    {"S080", Level::kError, "config.md#linux-process", check_scheduler},
    {"S082", Level::kError, "config.md#linux-process", check_io_priority},
};

}  // namespace

std::span<const HostRule> process_host_rules() { return kRules; }

}  // namespace oci::check_rules
