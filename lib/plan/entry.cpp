#include "lib/plan/entry.h"

#include <algorithm>

#include "lib/plan/paths.h"
#include "lib/plan/process.h"
#include "lib/words/namespaces.h"

namespace oci::plan {

void add_oom_score(Draft& draft, int value) {
  draft.add(Op::kOomScoreAdj, "failed to update /proc/self/oom_score_adj", "/process/oomScoreAdj")
      .s0 = draft.builder.str(std::to_string(value));
}

void add_join(Draft& draft, const JoinedNamespace& ns) {
  const words::NamespaceWord* word = words::namespace_of_flag(ns.flag);
  const Slot slot = draft.add_fd(FdSource::Kind::kNamespace, ns.path, ns.flag);
  Step& step =
      draft.add(Op::kSetns, "failed to setns into " + std::string(word->proc_name) + " namespace",
                ns.pointer);
  step.src = slot;
  step.n0 = ns.flag;
}

Slot unified_dir(Draft& draft, const std::vector<cgroup::Dir>& dirs) {
  for (std::size_t i = 0; i < dirs.size(); ++i)
    if (dirs[i].unified) return draft.add_fd(FdSource::Kind::kCgroupDir, {}, 0, i);
  return kNoSlot;
}

void add_cgroup_enter(Draft& draft, const std::vector<cgroup::Dir>& dirs, bool unified) {
  for (std::size_t i = 0; i < dirs.size(); ++i) {
    if (dirs[i].unified != unified) continue;
    const Slot slot = draft.add_fd(FdSource::Kind::kCgroupTasks, {}, 0, i);
    draft
        .add(Op::kCgroupEnter,
             "unable to apply cgroup configuration: " + dirs[i].mount_point + dirs[i].path,
             "/linux/cgroupsPath")
        .src = slot;
  }
}

void add_rdt_enter(Draft& draft, const spec::Strings& tasks) {
  for (const std::string& path : tasks) {
    const Slot slot = draft.add_fd(FdSource::Kind::kRdtTasks, path);
    draft
        .add(Op::kCgroupEnter, "unable to apply Intel RDT configuration: " + path,
             "/linux/intelRdt")
        .src = slot;
  }
}

bool maps_by_caller(const Draft& draft) {
  return draft.namespaces.is_new(words::kNewUser) && draft.host.euid != 0;
}

void add_dumpable(Draft& draft, bool dumpable) {
  draft.add(Op::kDumpable, "unable to let the id maps be written", "/linux/uidMappings").n0 =
      dumpable ? 1 : 0;
}

void add_become_root(Draft& draft, const spec::Linux& linux_) {
  Step& step = draft.add(Op::kBecomeRoot, "unable to become root of the user namespace",
                         "/linux/uidMappings");
  if (setgroups_denied(linux_, draft.host)) step.flags = kNoSetgroups;
}

void add_keyring(Draft& draft, const std::string& id) {
  draft.add(Op::kKeyring, "unable to join session keyring").s0 = draft.builder.str("_ses." + id);
}

void add_terminal(Draft& draft, const spec::Process& process, Slot slave, bool bind) {
  constexpr std::uint64_t kMost = 0xffff;  // struct winsize has 16 bits for each
  Step& step = draft.add(Op::kConsole, "unable to set up console", "/process/terminal");
  step.dst = slave;
  step.src = draft.root;
  step.aux = draft.devpts;
  step.n2 = process.user.uid;
  if (process.console_size)
    step.n0 = std::min(process.console_size->height, kMost) |
              std::min(process.console_size->width, kMost) << 16;
  if (bind) step.flags = kBindConsole;
  draft.add(Op::kControllingTty, "unable to set the controlling terminal", "/process/terminal")
      .src = slave;
}

void add_entry(Draft& draft, const CreateInput& input, const spec::Linux& linux_, bool terminal) {
  const Namespaces& ns = draft.namespaces;
  if (ns.is_new(words::kNewUser))
    draft.add(Op::kSync, "unable to write id maps", "/linux/uidMappings").n0 =
        static_cast<std::uint64_t>(SyncPoint::kMaps);
  if (maps_by_caller(draft)) add_dumpable(draft, false);
  if (draft.user_namespace) add_become_root(draft, linux_);
  if (input.explicit_stdio && !terminal) add_stdio(draft);
  add_cgroup_enter(draft, draft.plan.cgroup.dirs, false);
  if (draft.plan.rdt) {
    add_rdt_enter(draft, {draft.plan.rdt->group + "/tasks"});
    if (!draft.plan.rdt->monitoring.empty())
      add_rdt_enter(draft, {draft.plan.rdt->monitoring + "/tasks"});
  }
  // The caller's mask is not the container's: what its cgroup allows is.
  add_affinity(draft, {}, {}, kIgnoreErrors);
  // Only now is the container's cgroup the one that becomes the root of the namespace.
  for (const JoinedNamespace& joined : ns.by_path)
    if (joined.flag == words::kNewCgroup) add_join(draft, joined);
  if (ns.is_new(words::kNewCgroup))
    draft.add(Op::kUnshare, "unable to create cgroup namespace", "/linux/namespaces").n0 =
        words::kNewCgroup;
  draft.add(Op::kSetsid, "unable to create session");
  if (!input.no_new_keyring) add_keyring(draft, input.id);
  if (ns.is_new(words::kNewNetwork))
    draft.add(Op::kLoopbackUp, "unable to bring up the loopback interface", "/linux/namespaces");
  // Before mounts, hooks and sysctls, all of which may want to see them.
  if (!linux_.net_devices.empty()) {
    draft.plan.net_devices = linux_.net_devices;
    draft.add(Op::kSync, "unable to move network devices", "/linux/netDevices").n0 =
        static_cast<std::uint64_t>(SyncPoint::kNetwork);
  }
  draft.add(Op::kUmask, "unable to clear umask").n0 = 0;
}

}  // namespace oci::plan
