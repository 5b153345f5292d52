// The record of a container: what is on disk of it, and all that any later call needs.
//
// Written as `state.json`: first the keys that tools know from runc, then our own object "ocirun",
// which alone is read back. The status word (running, stopped, ...) is not in it: it follows from
// `phase` and the living init.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/cgroup/plan.h"
#include "lib/sys/process.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::runtime {

// As far as the runtime has come with the container.
enum class Phase {
  kCreating,  // something of it may exist
  kCreated,   // its init waits at the gate
  kRunning,   // the gate was opened
  kStarting,  // it was opened ahead: running as soon as init executes the program
};
std::string_view phase_name(Phase phase) noexcept;

// Who made a container. The records of other runtimes are read (foreign.h) and never written.
enum class Maker { kOcirun, kRunc, kCrun };

struct CgroupRecord {
  cgroup::Mode mode = cgroup::Mode::kNone;
  std::vector<cgroup::Dir> dirs;
  // Parallel to `dirs`; false where shorter: the directory was made by us, so it is ours to remove.
  std::vector<bool> made;
  bool made_by_us(std::size_t index) const { return index < made.size() && made[index]; }
};

struct Record {
  std::string id;
  std::string bundle;   // absolute
  std::string rootfs;   // absolute
  std::string created;  // RFC 3339 with nanoseconds, UTC
  std::string oci_version;
  std::string hostname;
  uid_t owner = 0;
  Phase phase = Phase::kCreating;
  sys::ProcessIdentity init;  // pid 0: not started yet
  spec::StringMap annotations;
  CgroupRecord cgroup;

  std::uint64_t namespaces = 0;  // CLONE_NEW* mask of what exec joins from the init
  bool user_namespace = false;   // the init is in a user namespace of its own or a joined one
  spec::Hooks hooks;
  spec::Process process;  // as in config.json
  spec::Linux linux_;     // what later calls need; without seccomp rules and devices
  spec::Strings binds;    // mount points that show files of the host, as in config.json
  std::uint32_t seccomp_flags = 0;
  bool has_seccomp = false;     // the compiled filter is in Entry::load_seccomp()
  bool terminal = false;        // the init has a console
  std::string notify_socket;    // host path given at create; empty: none
  bool no_new_keyring = false;  // exec then leaves the session keyring alone too
  std::string rdt_group;        // absolute path below resctrl; empty: none
  std::string rdt_monitoring;   // the monitoring group in it; ours, if there is one
  bool rdt_made = false;        // the group is ours to remove

  // Not stored; the rest is for containers of other runtimes only.
  Maker maker = Maker::kOcirun;
  std::optional<spec::Seccomp> seccomp;  // to be compiled when exec needs it
  std::vector<cgroup::Dir> around;       // cgroups that go, when empty, after its own
  std::string resctrl;                   // a group that stays: it may be others' too
  std::string no_exec;                   // why exec would not be what the maker's is; empty: it is
};

// The config's linux object without what is only needed at create (seccomp rules, devices,
// sysctls).
spec::Linux reduce_linux(const spec::Linux& whole);
// That, and the namespaces that it names.
void take_linux(Record& record, const spec::Linux& whole);

// Now, as `created` wants it: 2026-11-25T05:00:00.123456789Z
std::string timestamp_now();

std::string render_record(const Record& record);
// Unknown members are ignored, types are checked. Error kCorruptState; `name` says which file in
// the text.
Result<Record> parse_record(std::string_view json, std::string_view name);

}  // namespace oci::runtime
