#include "lib/plan/limits.h"

#include <algorithm>
#include <bit>

#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/plan/process.h"
#include "lib/words/ioprio.h"
#include "lib/words/memory_policy.h"
#include "lib/words/personality.h"
#include "lib/words/rlimits.h"
#include "lib/words/scheduler.h"

namespace oci::plan {
namespace {

// struct sched_attr of sched_setattr(2), with its utilisation clamps (Linux 5.3).
struct SchedAttr {
  std::uint32_t size, policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime, deadline, period;
  std::uint32_t util_min, util_max;
};
static_assert(sizeof(SchedAttr) == 56);

bool is_real_time(std::uint32_t policy) {
  return policy == words::kSchedFifo || policy == words::kSchedRr;
}

Status check_scheduler(const spec::Scheduler& s, std::uint32_t policy) {
  const std::string at = "/process/scheduler";
  if (s.nice && (*s.nice < -20 || *s.nice > 19))
    return invalid("invalid scheduler.nice: " + std::to_string(*s.nice), at + "/nice");
  if (s.priority.value_or(0) != 0 && !is_real_time(policy))
    return invalid("scheduler.priority can only be specified for SchedFIFO or SchedRR policy",
                   at + "/priority");
  if ((s.runtime || s.deadline || s.period) && policy != words::kSchedDeadline)
    return invalid(
        "scheduler runtime/deadline/period can only be specified for SchedDeadline policy", at);
  return {};
}

Status add_policy(Draft& draft, const spec::Scheduler& scheduler) {
  const auto* policy = base::find(words::kSchedulerPolicies, scheduler.policy);
  if (!policy)
    return invalid("invalid scheduler policy: " + scheduler.policy, "/process/scheduler/policy");
  TRY(check_scheduler(scheduler, policy->value));
  SchedAttr attr{};
  attr.size = sizeof attr;
  attr.policy = policy->value;
  for (const std::string& name : scheduler.flags) {
    const auto* flag = base::find(words::kSchedulerFlags, name);
    if (!flag) return invalid("invalid scheduler flag: " + name, "/process/scheduler/flags");
    attr.flags |= flag->value;
  }
  attr.nice = scheduler.nice.value_or(0);
  attr.priority = static_cast<std::uint32_t>(scheduler.priority.value_or(0));
  attr.runtime = scheduler.runtime.value_or(0);
  attr.deadline = scheduler.deadline.value_or(0);
  attr.period = scheduler.period.value_or(0);
  draft.add(Op::kScheduler, "error setting scheduler", "/process/scheduler").s0 =
      draft.builder.bytes(&attr, sizeof attr);
  return {};
}

Status add_io_priority(Draft& draft, const spec::IoPriority& io) {
  const auto* io_class = base::find(words::kIoPriorityClasses, io.io_class);
  if (!io_class)
    return invalid("invalid ioPriority.Class: " + quoted(io.io_class), "/process/ioPriority/class");
  if (io.priority < 0 || io.priority > 7)
    return invalid("invalid ioPriority.Priority: " + std::to_string(io.priority),
                   "/process/ioPriority/priority");
  draft.add(Op::kIoPriority, "error setting I/O priority", "/process/ioPriority").n0 =
      words::io_priority(io_class->value, static_cast<std::uint32_t>(io.priority));
  return {};
}

std::size_t bits_in(const std::vector<std::uint64_t>& mask) {
  std::size_t n = 0;
  for (const std::uint64_t word : mask) n += static_cast<std::size_t>(std::popcount(word));
  return n;
}

// The nodes of the policy. set_mempolicy(2) takes none with MPOL_DEFAULT and MPOL_LOCAL.
Result<std::vector<std::uint64_t>> policy_nodes(const spec::MemoryPolicy& policy,
                                                std::uint32_t mode) {
  std::vector<std::uint64_t> mask;
  if (!policy.nodes.empty()) {
    auto list = number_list(policy.nodes);
    if (!list)
      return invalid("invalid memory policy node: " + quoted(policy.nodes),
                     "/linux/memoryPolicy/nodes");
    mask = std::move(*list);
  }
  const bool takes_none = mode == words::kMpolDefault || mode == words::kMpolLocal;
  if (takes_none && !mask.empty())
    return invalid(
        "invalid memory policy: mode requires 0 nodes but got " + std::to_string(bits_in(mask)),
        "/linux/memoryPolicy/nodes");
  if (!takes_none && mask.empty() && mode != words::kMpolPreferred)
    return invalid("invalid memory policy: mode requires at least 1 node but got 0",
                   "/linux/memoryPolicy/nodes");
  return mask;
}

}  // namespace

Status add_rlimits(Draft& draft, const std::vector<spec::Rlimit>& rlimits, bool only_raise) {
  for (std::size_t i = 0; i < rlimits.size(); ++i) {
    const std::string pointer = "/process/rlimits/" + std::to_string(i);
    const auto* word = base::find(words::kRlimits, rlimits[i].type);
    if (!word) return invalid("wrong rlimit value: " + rlimits[i].type, pointer + "/type");
    Step& step = draft.add(Op::kRlimit,
                           "error setting rlimits for ready process: error setting rlimit type " +
                               std::to_string(word->value),
                           pointer);
    step.flags = word->value;
    step.n0 = rlimits[i].soft;
    step.n1 = rlimits[i].hard;
    step.n2 = only_raise ? 1 : 0;
  }
  return {};
}

Status add_scheduler(Draft& draft, const spec::Process& process) {
  if (process.scheduler) TRY(add_policy(draft, *process.scheduler));
  return process.io_priority ? add_io_priority(draft, *process.io_priority) : Status{};
}

Status add_memory_policy(Draft& draft, const spec::Linux& linux_) {
  if (!linux_.memory_policy) return {};
  const spec::MemoryPolicy& policy = *linux_.memory_policy;
  const auto* mode = base::find(words::kMemoryPolicyModes, policy.mode);
  if (!mode)
    return invalid("invalid memory policy mode: " + quoted(policy.mode),
                   "/linux/memoryPolicy/mode");
  std::uint64_t flags = 0;
  for (const std::string& name : policy.flags) {
    const auto* flag = base::find(words::kMemoryPolicyFlags, name);
    if (!flag)
      return invalid("invalid memory policy flag: " + quoted(name), "/linux/memoryPolicy/flags");
    flags |= flag->value;
  }
  const std::vector<std::uint64_t> nodes = TRY(policy_nodes(policy, mode->value));
  Step& step = draft.add(Op::kMemoryPolicy, "error setting memory policy", "/linux/memoryPolicy");
  step.n0 = mode->value | flags;
  if (nodes.empty()) return {};
  step.s0 = draft.builder.bytes(nodes.data(), nodes.size() * sizeof(std::uint64_t));
  step.n1 = nodes.size() * 64 + 1;  // the kernel counts one bit more than it reads
  return {};
}

Status add_personality(Draft& draft, const spec::Linux& linux_) {
  if (!linux_.personality) return {};
  const auto* domain = base::find(words::kPersonalityDomains, linux_.personality->domain);
  if (!domain)
    return invalid("invalid personality domain " + linux_.personality->domain,
                   "/linux/personality/domain");
  draft.add(Op::kPersonality, "error setting personality", "/linux/personality").n0 = domain->value;
  return {};
}

}  // namespace oci::plan
