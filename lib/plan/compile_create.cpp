// create: the steps from the caller's namespaces to the container's program, in the order of the
// calls below.
#include "lib/base/try.h"
#include "lib/plan/cgroup_mount.h"
#include "lib/plan/devices.h"
#include "lib/plan/draft.h"
#include "lib/plan/entry.h"
#include "lib/plan/limits.h"
#include "lib/plan/mounts.h"
#include "lib/plan/paths.h"
#include "lib/plan/process.h"
#include "lib/plan/rdt.h"
#include "lib/plan/rootfs.h"
#include "lib/plan/seccomp.h"
#include "lib/words/annotations.h"
#include "lib/words/mount_options.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

// All that is read and checked before the first step.
struct Create {
  const spec::Spec& spec;
  const spec::Process& process;
  const spec::Linux& linux_;
  const CreateInput& input;
  ProcessInput subject;
  std::vector<MountEntry> mounts;
  std::vector<DeviceEntry> devices;  // empty if the configuration binds its own /dev
  bool own_dev = false;              // /dev is set up
};

spec::Strings added_env(const CreateInput& input) {
  spec::Strings added;
  if (input.listen_fds > 0)
    added = {"LISTEN_FDS=" + std::to_string(input.listen_fds), "LISTEN_PID=1"};
  if (!input.notify_dir.empty()) added.push_back("NOTIFY_SOCKET=/run/notify/notify.sock");
  return added;
}

// What would change the host instead of the container, and what is not built yet.
Status check_namespaces(const Draft& draft, const spec::Spec& spec, const spec::Linux& linux_) {
  const Namespaces& ns = draft.namespaces;
  if (draft.host.euid != 0 && !ns.has(words::kNewUser))
    return invalid("rootless container requires user namespaces", "/linux/namespaces");
  if (!spec.hostname.empty() && !ns.has(words::kNewUts))
    return invalid("unable to set hostname without a private UTS namespace", "/hostname");
  if (!spec.domainname.empty() && !ns.has(words::kNewUts))
    return invalid("unable to set domainname without a private UTS namespace", "/domainname");
  if ((!linux_.masked_paths.empty() || !linux_.readonly_paths.empty()) && !ns.has(words::kNewMount))
    return invalid("unable to restrict sys entries without a private MNT namespace",
                   "/linux/maskedPaths");
  if (spec.root && spec.root->readonly && !ns.has(words::kNewMount))
    return unsupported("a read-only root needs a mount namespace", "/root/readonly");
  if (!linux_.net_devices.empty() && draft.host.euid != 0)
    return unsupported("network devices are not supported for rootless containers",
                       "/linux/netDevices");
  if (!linux_.net_devices.empty() && !ns.has(words::kNewNetwork))
    return invalid("unable to move network devices without a NET namespace", "/linux/netDevices");
  return {};
}

Status read_frame(Draft& draft, const spec::Spec& spec, const spec::Linux& linux_,
                  const CreateInput& input) {
  draft.namespaces = TRY(read_namespaces(linux_.namespaces, input.bundle));
  draft.user_namespace = draft.namespaces.has(words::kNewUser);
  for (const JoinedNamespace& ns : draft.namespaces.by_path)
    if (ns.flag == words::kNewUser) draft.user_namespace_file = ns.path;
  TRY(check_namespaces(draft, spec, linux_));
  if (draft.namespaces.is_new(words::kNewUser)) {
    draft.plan.maps = TRY(read_id_maps(linux_));
    draft.plan.maps->deny_setgroups = setgroups_denied(linux_, draft.host);
  } else if (draft.user_namespace &&
             !(linux_.uid_mappings.empty() && linux_.gid_mappings.empty())) {
    draft.plan.joined_maps = IdMaps{linux_.uid_mappings, linux_.gid_mappings, false};
  }
  draft.propagation = TRY(root_propagation(linux_.rootfs_propagation, input.no_pivot));
  const spec::Resources* resources = linux_.resources ? &*linux_.resources : nullptr;
  draft.plan.cgroup = input.no_cgroup
                          ? TRY(cgroup::plan_without_cgroup(resources, &draft.plan.warnings))
                          : TRY(cgroup::plan(linux_.cgroups_path, input.id, resources,
                                             draft.user_namespace || draft.host.user_namespace,
                                             draft.host.cgroups, &draft.plan.warnings));
  if (linux_.intel_rdt) draft.plan.rdt = TRY(plan_rdt(*linux_.intel_rdt, input.id, draft.host));
  if (linux_.seccomp) TRY(compile_seccomp_into(draft.plan, *linux_.seccomp, draft.host));
  return {};
}

Status add_stage1(Draft& draft, Create& create, const std::string& offsets) {
  if (create.process.oom_score_adj) add_oom_score(draft, *create.process.oom_score_adj);
  if (draft.user_namespace) {
    TRY(add_rlimits(draft, create.process.rlimits, true));
    // Without rights nothing can be cloned out here, and nothing but the caller's own is in reach.
    if (draft.host.euid == 0) {
      open_sources(draft, create.mounts, create.input.rootfs);
      open_sources(draft, create.devices);
    }
  }
  for (const JoinedNamespace& ns : draft.namespaces.by_path) {
    if (ns.flag != words::kNewCgroup) add_join(draft, ns);
    if (ns.flag == words::kNewNetwork)
      draft.plan.fds.back().if_own = host_network_refusal(create.linux_);
  }
  if (draft.namespaces.is_new(words::kNewTime)) {
    draft.add(Op::kTimeOffsets, "unable to set time offsets", "/linux/timeOffsets").s0 =
        draft.builder.str(offsets);
  }
  if (maps_by_caller(draft)) add_dumpable(draft, true);
  Step& step = draft.add(Op::kClone, "unable to create namespaces", "/linux/namespaces");
  step.n0 = draft.namespaces.fresh & ~(words::kNewCgroup | words::kNewTime | create.input.early);
  step.src = unified_dir(draft, draft.plan.cgroup.dirs);
  return {};
}

// The root's own files: mounts, devices.
void add_root_content(Draft& draft, Create& create) {
  add_mounts(draft, create.mounts);
  if (!create.own_dev) return;
  add_devices(draft, create.devices);
  add_dev_links(draft);
}

void add_console(Draft& draft, const spec::Process& process, bool bind) {
  draft.plan.terminal = true;
  const Slot slave = draft.builder.new_slot();
  add_terminal(draft, process, slave, bind);
}

// After the root has changed and before its parts become read-only.
void add_streams(Draft& draft, const Create& create) {
  if (create.process.terminal) return add_console(draft, create.process, true);
  if (!create.own_dev) return;
  draft.add(Op::kStdioNull, "error reopening /dev/null inside container").src = draft.root;
}

Status add_stage2(Draft& draft, Create& create) {
  add_entry(draft, create.input, create.linux_, create.process.terminal);
  add_root_open(draft, create.input);
  const Slot null_device = create.linux_.masked_paths.empty() ? kNoSlot : add_null_device(draft);
  add_root_content(draft, create);
  const spec::Hooks& hooks = create.spec.hooks;
  if (!hooks.prestart.empty() || !hooks.create_runtime.empty() || !hooks.create_container.empty()) {
    draft.plan.sync_hooks = true;
    draft.add(Op::kSync, "error running hooks", "/hooks").n0 =
        static_cast<std::uint64_t>(SyncPoint::kHooks);
  }
  add_root_change(draft, create.input);
  add_streams(draft, create);
  add_late_readonly(draft, create.mounts);
  const bool readonly = create.spec.root && create.spec.root->readonly;
  if (readonly || names_root(create.linux_.readonly_paths)) add_root_readonly(draft);
  add_names(draft, create.spec);
  TRY(add_sysctls(draft, create.linux_));
  add_path_restrictions(draft, create.linux_, null_device);
  add_root_propagation(draft);
  TRY(add_limits(draft, create.process, create.linux_));
  return {};
}

void add_last(Draft& draft, const Create& create) {
  const std::string cwd = clean_path(create.process.cwd);
  if (cwd != "/") {
    Step& step = draft.add(Op::kMakeDir, "mkdir " + cwd, "/process/cwd");
    step.src = draft.root;
    step.s1 = draft.builder.str(cwd);
    step.n0 = 0755;
  }
  if (!create.process.terminal)
    draft
        .add(Op::kStdioOwner, "unable to set the owner of the standard streams",
             "/process/user/uid")
        .n0 = create.process.user.uid;
  if (wants_label(create.process)) need_procfs(draft);
  add_labels(draft, create.process);
  Finish finish;
  finish.keep_fds = create.input.keep_fds;
  finish.gate = true;
  if (create.input.gate_on_disk) {
    finish.gate_from = draft.add_fd(FdSource::Kind::kGate);
    finish.gate_report = draft.add_fd(FdSource::Kind::kGateReport);
  }
  add_finish(draft, create.process, create.subject, finish);
}

}  // namespace

std::uint64_t early_namespaces(const spec::Spec& spec) {
  std::uint64_t early = 0;
  if (!spec.linux_) return early;
  for (const spec::Namespace& ns : spec.linux_->namespaces) {
    const words::NamespaceWord* word = base::find(words::kNamespaces, ns.type);
    if (!word) continue;
    if (word->flag == words::kNewUser) return 0;
    if (ns.path.empty()) early |= word->flag;
  }
  return early & (words::kNewNetwork | words::kNewIpc | words::kNewUts);
}

Result<Plan> compile_create(const spec::Spec& spec, const CreateInput& input,
                            const HostFacts& host) {
  if (!spec.process) return invalid("process property must not be empty", "/process");
  static const spec::Linux kNoLinux;
  const spec::Linux& linux_ = spec.linux_ ? *spec.linux_ : kNoLinux;
  Draft draft(host);
  TRY(read_frame(draft, spec, linux_, input));
  const std::string offsets = TRY(time_offset_lines(linux_, draft.namespaces));
  draft.keep_procfs = !linux_.sysctl.empty() || wants_label(*spec.process);
  draft.keep_devpts = spec.process->terminal;

  const bool keep_groups = spec.annotations.contains(std::string(words::kKeepOriginalGroups));
  Create create{spec, *spec.process, linux_, input, {}, {}, {}, false};
  create.subject = TRY(read_process(draft, *spec.process, linux_, added_env(input), keep_groups));
  create.mounts = TRY(read_mounts(draft, spec, input));
  if (writes_own_cgroup(draft, create.mounts)) draft.plan.cgroup_owner = spec.process->user.uid;
  create.own_dev = !binds_dev(create.mounts);
  if (create.own_dev) create.devices = TRY(read_devices(draft, linux_));

  TRY(add_stage1(draft, create, offsets));
  TRY(add_stage2(draft, create));
  add_last(draft, create);
  return draft.finish();
}

}  // namespace oci::plan
