// What create passes over in silence, in the document but for its mounts.
#include <cstdint>

#include "lib/validate/rules.h"

namespace oci::validate_rules {
namespace {

using spec::Spec;

// S068
void check_console_size(const Spec& spec, Report& report) {
  if (spec.process && spec.process->console_size && !spec.process->terminal)
    report.add("/process/consoleSize", "consoleSize without a terminal has no effect");
}

// S072
void check_command_line(const Spec& spec, Report& report) {
  if (spec.process && !spec.process->command_line.empty())
    report.add("/process/commandLine", "commandLine has no effect on Linux");
}

// S089
void check_username(const Spec& spec, Report& report) {
  if (spec.process && !spec.process->user.username.empty())
    report.add("/process/user/username", "username has no effect on Linux: uid counts");
}

// S081; sched(7), "SCHED_DEADLINE"
void check_deadline(const Spec& spec, Report& report) {
  if (!spec.process || !spec.process->scheduler) return;
  const spec::Scheduler& s = *spec.process->scheduler;
  if (s.policy == "SCHED_ISO")
    report.add("/process/scheduler/policy", "no Linux kernel knows SCHED_ISO");
  if (s.policy != "SCHED_DEADLINE") return;
  constexpr std::uint64_t kLeast = 1024;
  const std::uint64_t runtime = s.runtime.value_or(0), deadline = s.deadline.value_or(0);
  const std::uint64_t period = s.period.value_or(0) != 0 ? *s.period : deadline;
  if (runtime < kLeast || runtime > deadline || deadline > period)
    report.add("/process/scheduler",
               "SCHED_DEADLINE needs 1024 <= runtime <= deadline <= period, not " +
                   std::to_string(runtime) + ", " + std::to_string(deadline) + ", " +
                   std::to_string(period));
}

// S234
void check_prestart(const Spec& spec, Report& report) {
  if (!spec.hooks.prestart.empty())
    report.add("/hooks/prestart",
               "prestart hooks are deprecated: use createRuntime, createContainer or "
               "startContainer");
}

// S264: images are described by org.opencontainers.image.*
void check_reserved(const Spec& spec, Report& report) {
  for (const auto& [key, value] : spec.annotations)
    if (key.starts_with("org.opencontainers.") && !key.starts_with("org.opencontainers.image."))
      report.add("/annotations/" + token(key),
                 "annotation " + key + ": org.opencontainers is reserved for the specification");
}

// What other runtimes act on; a name that ends in a dot stands for all that begin with it.
struct Foreign {
  std::string_view name;
  std::string_view id;
};
constexpr Foreign kForeign[] = {
    {"org.systemd.property.", "S245"},     {"org.criu.config", "S246"},
    {"run.oci.systemd.subgroup", "S251"},  {"run.oci.systemd.force_cgroup_v1", "S252"},
    {"run.oci.delegate-cgroup", "S253"},   {"run.oci.mount_context_type", "S254"},
    {"run.oci.seccomp.receiver", "S255"},  {"run.oci.seccomp_fail_unknown_syscall", "S257"},
    {"run.oci.seccomp_bpf_data", "S258"},  {"run.oci.hooks.", "S260"},
    {"module.wasm.image/variant", "S262"}, {"krun.", "S263"},
};

template <std::size_t kIndex>
void check_foreign(const Spec& spec, Report& report) {
  constexpr std::string_view name = kForeign[kIndex].name;
  for (const auto& [key, value] : spec.annotations)
    if (key == name || (name.ends_with('.') && key.starts_with(name)))
      report.add("/annotations/" + token(key), "annotation " + key + " has no effect here");
}

template <std::size_t kIndex>
constexpr Rule<Spec> foreign() {
  return {kForeign[kIndex].id, Level::kWarning, "config.md#annotations", check_foreign<kIndex>};
}

constexpr Rule<Spec> kAdvice[] = {
    {"S068", Level::kWarning, "config.md#process", check_console_size},
    {"S072", Level::kWarning, "config.md#process", check_command_line},
    {"S081", Level::kError, "config.md#linux-process", check_deadline},
    {"S089", Level::kWarning, "config.md#user", check_username},
    {"S234", Level::kWarning, "config.md#prestart", check_prestart},
    {"S264", Level::kWarning, "config.md#annotations", check_reserved},
    foreign<0>(),
    foreign<1>(),
    foreign<2>(),
    foreign<3>(),
    foreign<4>(),
    foreign<5>(),
    foreign<6>(),
    foreign<7>(),
    foreign<8>(),
    foreign<9>(),
    foreign<10>(),
    foreign<11>(),
};

}  // namespace

std::span<const Rule<Spec>> config_advice() { return kAdvice; }

}  // namespace oci::validate_rules
