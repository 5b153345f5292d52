// mounts add, mounts remove: what a process that enters a running container does there.
#include <fcntl.h>

#include <algorithm>

#include "lib/base/try.h"
#include "lib/plan/draft.h"
#include "lib/plan/entry.h"
#include "lib/plan/mounts.h"
#include "lib/plan/paths.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

Status check_types(const std::vector<spec::Mount>& mounts) {
  for (std::size_t i = 0; i < mounts.size(); ++i)
    if (mounts[i].type == "cgroup" || mounts[i].type == "cgroup2")
      return unsupported("cgroups cannot be mounted in a running container",
                         "/mounts/" + std::to_string(i) + "/type");
  return {};
}

Status check(const std::vector<MountEntry>& mounts) {
  for (const MountEntry& entry : mounts) {
    if (entry.kind == MountEntry::Kind::kRemount || entry.tree.copy_symlink)
      return unsupported(entry.subject + ": only mounts can be added to a running container",
                         entry.pointer + "/options");
    if (entry.options.id_map && entry.kind != MountEntry::Kind::kBind)
      return unsupported(
          entry.subject + ": only bind mounts can be id-mapped in a running container",
          entry.pointer);
    if (entry.options.copy_up)
      return unsupported(entry.subject + ": tmpcopyup has no effect in a running container",
                         entry.pointer + "/options");
  }
  return {};
}

// Only where a procfs is made does it matter which pid namespace does it; elsewhere the container's
// processes need not see who works here.
std::uint64_t namespaces_for(const LiveInput& input, const std::vector<spec::Mount>& mounts) {
  const bool procfs = std::any_of(mounts.begin(), mounts.end(),
                                  [](const spec::Mount& mount) { return mount.type == "proc"; });
  const std::uint64_t all = input.join & ~(words::kNewCgroup | words::kNewTime);
  return procfs ? all : all & ~words::kNewPid;
}

// From the caller's namespaces to the container's root.
void add_entry(Draft& draft, const LiveInput& input, std::uint64_t join) {
  const Slot init = draft.add_fd(FdSource::Kind::kInitPidfd);
  Step& step = draft.add(Op::kSetns, "unable to join the container's namespaces");
  step.src = init;
  step.n0 = join;
  draft.add(Op::kClone, "unable to create process");
  if (input.user_namespace) add_become_root(draft, input.linux_);
  draft.add(Op::kUmask, "unable to clear umask").n0 = 0;
  draft.root = draft.builder.new_slot();
  Step& root = draft.add(Op::kOpenPath, "unable to open the container's root");
  root.dst = draft.root;
  root.s0 = draft.builder.str("/");
  root.n0 = O_PATH | O_DIRECTORY;
}

}  // namespace

Result<Plan> compile_mounts(const std::vector<spec::Mount>& mounts, const LiveInput& input,
                            const HostFacts& host) {
  Draft draft(host);
  draft.running = true;
  draft.user_namespace = input.user_namespace;
  draft.user_namespace_file = input.user_namespace_file;
  spec::Spec spec;
  spec.mounts = mounts;
  spec.linux_ = input.linux_;
  CreateInput at;
  at.bundle = input.bundle;
  at.rootfs = input.rootfs;
  TRY(check_types(mounts));
  std::vector<MountEntry> entries = TRY(read_mounts(draft, spec, at));
  TRY(check(entries));
  open_sources(draft, entries, input.rootfs);
  add_entry(draft, input, namespaces_for(input, mounts));
  add_mounts(draft, entries);
  return draft.finish();
}

Result<Plan> compile_unmounts(const std::vector<spec::Mount>& mounts, const LiveInput& input,
                              const HostFacts& host) {
  Draft draft(host);
  add_entry(draft, input, namespaces_for(input, {}));
  for (std::size_t i = mounts.size(); i-- > 0;) {
    const std::string pointer = "/mounts/" + std::to_string(i) + "/destination";
    const std::string at = clean_path(mounts[i].destination);
    const std::string name(base_name(at));
    if (name.empty() || at.find('\0') != std::string::npos)
      return invalid("invalid mount destination " + quoted(mounts[i].destination), pointer);
    Step& step = draft.add(Op::kDetachMount, "error unmounting " + quoted(at), pointer);
    step.src = draft.root;
    step.s0 = draft.builder.str(name);
    step.s1 = draft.builder.str(
        at.size() == name.size() + 1 ? "/" : at.substr(0, at.size() - name.size() - 1));
  }
  return draft.finish();
}

}  // namespace oci::plan
