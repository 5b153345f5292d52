// The Plan: everything that will be done for one container or one process, decided before it is
// begun.
//
// compile_create() and compile_exec() are pure: the same Spec, options and HostFacts give the same
// Plan.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/cgroup/plan.h"
#include "lib/plan/host_facts.h"
#include "lib/plan/init_plan_builder.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

// A descriptor that the outside opens at launch and hands to init in a slot.
struct FdSource {
  enum class Kind {
    kNamespace,      // path of a namespace file; ns_type must match (NS_GET_NSTYPE)
    kCgroupDir,      // cgroup.dirs[index], O_RDONLY|O_DIRECTORY
    kCgroupTasks,    // `tasks` (unified: `cgroup.procs`) of cgroup.dirs[index], O_WRONLY
    kGate,           // FIFO the start word comes through
    kGateReport,     // FIFO for errors after the gate
    kInitPidfd,      // exec: pidfd of the container's init
    kStdio,          // options' stdio[index]
    kUserNamespace,  // one that has mount_maps[index], made for this alone
    kRdtTasks,       // path of a group's `tasks`, O_WRONLY
  };
  Kind kind;
  Slot slot;
  std::string path;
  std::uint64_t ns_type = 0;
  std::size_t index = 0;
  std::string if_own = {};  // kNamespace: the error if it is the caller's own; empty: it may be
};

struct IdMaps {
  std::vector<spec::IdMapping> uids, gids;
  bool deny_setgroups = false;  // user_namespaces(7)
};

// What the ids of mounts go through.
struct MountMap {
  IdMaps maps;
  std::string pointer;  // to the first mount that has it
};

// A group of resctrl, and what is written there before the container's process is in it.
struct Rdt {
  std::string root, group;  // absolute; they may be the same
  std::string monitoring;   // absolute; empty: none
  bool named = false;       // by closID: it is not the container's own and stays
  spec::Strings lines;      // for `schemata`
};

// Where NOTIFY_SOCKET is in a container.
inline constexpr const char* kNotifyMountPoint = "/run/notify";

// Input that does not come from config.json.
struct CreateInput {
  std::string id;
  std::string bundle;  // absolute
  std::string rootfs;  // absolute, no symlink
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool no_cgroup = false;       // the container stays in the caller's cgroup
  bool gate_on_disk = true;     // create: wait at FIFOs; run: wait on the channel
  bool explicit_stdio = false;  // Stdio given by descriptors: kStdio sources and kDup steps
  int keep_fds = 0;  // descriptors 3 .. 2+N reach the program (listen and preserved ones)
  int listen_fds = 0;
  std::uint64_t early = 0;  // early_namespaces() that stage 1 makes on its own
  std::string notify_dir;   // host directory to bind at kNotifyMountPoint; empty: none
};

// What exec takes over from the container (all of it from the record).
struct ExecInput {
  std::string id;
  spec::Linux linux_;      // namespaces, seccomp, personality, memory policy of the container
  std::uint64_t join = 0;  // CLONE_NEW* mask of the init's namespaces to join
  bool user_namespace = false;
  std::vector<std::byte> seccomp;  // compiled program; empty: none
  std::uint32_t seccomp_flags = 0;
  bool explicit_stdio = false;
  int keep_fds = 0;
  bool as_hook =
      false;  // a hook in the container: program path is literal, own process group, stdio given
  std::string program;  // as_hook: the path; args[0] may differ from it. Empty: args[0]
  bool no_new_keyring = false;
  std::vector<cgroup::Dir>
      dirs;                 // the container's, or a sub cgroup's; FdSource::index counts in it
  spec::Strings rdt_tasks;  // files of the groups to enter
  // File of the cgroup namespace. Empty: it is joined through the init's pidfd, which takes the
  // right to trace the init.
  std::string cgroup_namespace;
};

struct Plan {
  std::vector<std::byte> init;       // for lib/init
  std::vector<Builder::Note> notes;  // one for each step
  std::vector<FdSource> fds;
  std::optional<IdMaps> maps;  // written at SyncPoint::kMaps
  std::vector<MountMap> mount_maps;
  std::optional<IdMaps> joined_maps;          // that a user namespace joined by path must have
  std::optional<std::uint32_t> cgroup_owner;  // the user of the container that gets its cgroup
  bool sync_hooks = false;                    // there is a SyncPoint::kHooks
  std::map<std::string, spec::NetDevice> net_devices;  // moved at SyncPoint::kNetwork
  bool terminal = false;                               // a console master will arrive
  int keep_fds = 0;
  cgroup::Plan cgroup;             // create only
  std::optional<Rdt> rdt;          // create only
  std::vector<std::byte> seccomp;  // compiled program, for the record (exec)
  std::uint32_t seccomp_flags = 0;
  std::vector<std::string> warnings;  // downgrades that were decided here
};

// New namespaces that need nothing of the plan (CLONE_NEW*): a network namespace takes the kernel
// as long as all the rest of the clone. None if there is a user namespace, which has to own them.
std::uint64_t early_namespaces(const spec::Spec& spec);

Result<Plan> compile_create(const spec::Spec& spec, const CreateInput& input,
                            const HostFacts& host);

// Mounts for a container that runs, or their end.
struct LiveInput {
  std::string bundle, rootfs;  // as of create
  spec::Linux linux_;
  std::uint64_t join = 0;  // CLONE_NEW* mask of the init's own namespaces
  bool user_namespace = false;
  std::string user_namespace_file;  // of it; empty: there is none
};
// Sources are opened with the caller's rights in the caller's mount namespace; no link in the
// container is followed. Errors: kUnsupported, kInvalidConfig.
Result<Plan> compile_mounts(const std::vector<spec::Mount>& mounts, const LiveInput& input,
                            const HostFacts& host);
// The mounts on top at these destinations, the last one first.
Result<Plan> compile_unmounts(const std::vector<spec::Mount>& mounts, const LiveInput& input,
                              const HostFacts& host);

Result<Plan> compile_exec(const spec::Process& process, const ExecInput& input,
                          const HostFacts& host);

}  // namespace oci::plan
