// What the operations share.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/cgroup.h"
#include "lib/runtime/host.h"
#include "lib/runtime/launch.h"
#include "lib/runtime/store.h"
#include "oci/runtime.h"

namespace oci::runtime {

struct Context {
  RuntimeOptions options;
  std::string root;  // absolute
  void log(LogLevel level, std::string_view text) const {
    if (options.log) options.log(level, text);
  }
};

inline constexpr std::chrono::milliseconds kKillDeadline{10000};
// Before the text of what keeps a container's process, the first or a further one, from running.
inline constexpr std::string_view kStart = "unable to start container process";

// create.cpp. A container whose init waits at its gate.
struct Created {
  Entry entry;
  Record record;
  plan::Plan plan;
  Launched launched;
  UniqueFd console_master;
};
struct Prepared;  // prepare.h
Result<Created> create_container(const Context& context, std::string_view id,
                                 const CreateOptions& options, Prepared prepared,
                                 bool gate_on_disk);

// remove.cpp. Undoes everything the record names; each part may be gone already.
Status undo(const Context& context, const Store& store, Entry& entry, const Record& record);

// state.cpp
Result<ContainerStatus> status_of(const Entry& entry, const Record& record);
spec::State state_document(const Record& record, std::string_view status, pid_t pid);
Result<cgroup::Cgroup> open_cgroup(const Record& record);
// The same for what cannot be done without one. Error kUnsupported: `container has no cgroup`.
Result<cgroup::Cgroup> need_cgroup(const Record& record);
// Only the directories that are the container's own: what is in others must not be killed or
// removed. In some hierarchies a cgroup may have been there, with somebody's processes.
Result<cgroup::Cgroup> open_own_cgroup(const Record& record);

// hooks.cpp. `seccomp`: the container's filter, for hooks in the place of its process.
enum class HookPlace { kRuntime, kContainer, kProcess };
Status run_hooks(const Context& context, const Record& record, const std::vector<spec::Hook>& hooks,
                 std::string_view name, HookPlace place, const spec::State& state, FdRef pidfd,
                 const std::vector<std::byte>& seccomp = {});

// fds.cpp
Result<std::vector<OpenedFd>> open_fds(const plan::Plan& plan, const cgroup::Cgroup* cgroup,
                                       const Entry* entry, const Stdio& stdio, FdRef init_pidfd);
// That the descriptors which the caller hands on are open: 3 .. 2+listen, then `preserve` more. To
// be asked before anything is opened, for a number that is free then becomes one of ours (V021).
Status check_handed_on(int listen, int preserve);
inline constexpr const char* kGateFifo = "exec.fifo";
inline constexpr const char* kReportFifo = "report.fifo";
Status make_gate(const Entry& entry);

}  // namespace oci::runtime
