// What a record says before anything of the container exists.
#include <unistd.h>

#include "lib/runtime/prepare.h"
#include "lib/runtime/rdt.h"
#include "lib/runtime/restore_mounts.h"
#include "oci/version.h"

namespace oci::runtime {

Record first_record(std::string_view id, const CreateOptions& options, const spec::Spec& spec,
                    const plan::CreateInput& input, const plan::Plan& plan) {
  Record record;
  record.id = std::string(id);
  record.bundle = input.bundle;
  record.rootfs = input.rootfs;
  record.created = timestamp_now();
  record.oci_version = kSpecVersion;
  record.hostname = spec.hostname;
  record.owner = ::geteuid();
  record.annotations = spec.annotations;
  record.cgroup.mode = plan.cgroup.mode;
  record.cgroup.dirs = plan.cgroup.dirs;
  record.cgroup.made = cgroup::Cgroup::missing(plan.cgroup);
  if (spec.linux_) take_linux(record, *spec.linux_);
  record.binds = bound_destinations(spec);
  record.hooks = spec.hooks;
  record.process = *spec.process;
  record.seccomp_flags = plan.seccomp_flags;
  record.has_seccomp = !plan.seccomp.empty();
  record.terminal = plan.terminal;
  record.notify_socket = options.notify_socket;
  record.no_new_keyring = options.no_new_keyring;
  if (plan.rdt) name_rdt(record, *plan.rdt);
  return record;
}

// An empty cgroup that was there becomes the container's own, as with runc: until then nothing may
// touch it.
Result<cgroup::Cgroup> make_cgroup(Record& record, const plan::Plan& plan) {
  auto group = cgroup::Cgroup::make(plan.cgroup);
  // It has undone itself if it failed. A directory that was missing a moment ago may be another
  // container's by now.
  record.cgroup.made.assign(record.cgroup.dirs.size(), group.ok());
  return group;
}

}  // namespace oci::runtime
