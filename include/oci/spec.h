// The OCI runtime-spec 1.3 as plain structs: one field for each property of config.json on Linux.
//
// Names are the spec's, in snake_case. A property that is absent or null is an empty optional (or
// an empty vector/map where the spec gives both the same meaning). Words such as namespace types or
// seccomp actions stay strings here: parsing checks JSON types only, oci::validate and the plan
// know the words. The blocks of other platforms (windows, solaris, vm, freebsd, zos) are ignored.
// Spec: config.md, config-linux.md
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace [[gnu::visibility("default")]] oci {
namespace spec {

using Strings = std::vector<std::string>;
using StringMap = std::map<std::string, std::string>;

// ---- process (Spec: config.md#process) ----

struct ConsoleSize {
  std::uint64_t height = 0;  // character cells
  std::uint64_t width = 0;
};

struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;
  std::vector<std::uint32_t> additional_gids;
  std::string username;  // Windows only, ignored
};

struct Capabilities {
  Strings bounding, effective, inheritable, permitted, ambient;
};

struct Rlimit {
  std::string type;  // RLIMIT_*
  std::uint64_t hard = 0;
  std::uint64_t soft = 0;
};

struct Scheduler {
  std::string policy;  // SCHED_*
  std::optional<std::int32_t> nice;
  std::optional<std::int32_t> priority;
  Strings flags;                                           // SCHED_FLAG_*
  std::optional<std::uint64_t> runtime, deadline, period;  // nanoseconds
};

struct IoPriority {
  std::string io_class;  // "class": IOPRIO_CLASS_*
  std::int32_t priority = 0;
};

struct ExecCpuAffinity {
  std::string initial;  // "initial": CPU list such as 0-3,7
  std::string final_;   // "final"
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  User user;
  Strings args;
  std::string command_line;  // Windows only, ignored
  std::optional<Strings> env;
  std::string cwd;
  std::optional<Capabilities> capabilities;
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;
  std::optional<int> oom_score_adj;
  std::optional<Scheduler> scheduler;
  std::string selinux_label;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;
};

// ---- root, mounts, hooks ----

struct Root {
  std::string path;
  bool readonly = false;
};

struct IdMapping {
  std::uint32_t container_id = 0;  // "containerID"
  std::uint32_t host_id = 0;       // "hostID"
  std::uint32_t size = 0;
  bool operator==(const IdMapping&) const = default;
};

struct Mount {
  std::string destination;
  std::string type;
  std::string source;
  Strings options;
  std::vector<IdMapping> uid_mappings, gid_mappings;
};

struct Hook {
  std::string path;
  Strings args;
  std::optional<Strings> env;  // absent and empty differ
  std::optional<int> timeout;  // seconds
};

// Spec: config.md#posix-platform-hooks
struct Hooks {
  std::vector<Hook> prestart, create_runtime, create_container, start_container, poststart,
      poststop;
};

// ---- linux (Spec: config-linux.md) ----

struct Namespace {
  std::string type;
  std::string path;  // empty: a new namespace
};

struct Device {
  std::string type;  // c, b, u or p
  std::string path;
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint32_t> file_mode;
  std::optional<std::uint32_t> uid, gid;
};

struct NetDevice {
  std::string name;
};

struct DeviceCgroup {
  bool allow = false;
  std::string type;                          // a, c, b; empty means a
  std::optional<std::int64_t> major, minor;  // absent: any
  std::string access;                        // letters of rwm
};

struct Memory {
  std::optional<std::int64_t> limit, reservation, swap, kernel, kernel_tcp;  // bytes; -1 unlimited
  std::optional<std::uint64_t> swappiness;
  std::optional<bool> disable_oom_killer, use_hierarchy, check_before_update;
};

struct Cpu {
  std::optional<std::uint64_t> shares;
  std::optional<std::int64_t> quota;             // microseconds
  std::optional<std::uint64_t> burst;            // microseconds
  std::optional<std::uint64_t> period;           // microseconds
  std::optional<std::int64_t> realtime_runtime;  // microseconds
  std::optional<std::uint64_t> realtime_period;  // microseconds
  std::string cpus, mems;
  std::optional<std::int64_t> idle;
};

struct Pids {
  std::optional<std::int64_t> limit;
};

struct WeightDevice {
  std::int64_t major = 0, minor = 0;
  std::optional<std::uint16_t> weight, leaf_weight;
};

struct ThrottleDevice {
  std::int64_t major = 0, minor = 0;
  std::uint64_t rate = 0;
};

struct BlockIo {
  std::optional<std::uint16_t> weight, leaf_weight;
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps_device, throttle_write_bps_device,
      throttle_read_iops_device, throttle_write_iops_device;
};

struct HugepageLimit {
  std::string page_size;  // "2MB"
  std::uint64_t limit = 0;
};

struct InterfacePriority {
  std::string name;
  std::uint32_t priority = 0;
};

struct Network {
  std::optional<std::uint32_t> class_id;  // "classID"
  std::vector<InterfacePriority> priorities;
};

struct Rdma {
  std::optional<std::uint32_t> hca_handles, hca_objects;
};

// Spec: config-linux.md#control-groups. Also the document of `update --resources`.
struct Resources {
  std::vector<DeviceCgroup> devices;
  std::optional<Memory> memory;
  std::optional<Cpu> cpu;
  std::optional<Pids> pids;
  std::optional<BlockIo> block_io;
  std::vector<HugepageLimit> hugepage_limits;
  std::optional<Network> network;
  std::map<std::string, Rdma> rdma;
  StringMap unified;
};

struct SyscallArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  std::string op;  // SCMP_CMP_*
};

struct Syscall {
  Strings names;
  std::string action;  // SCMP_ACT_*
  std::optional<std::uint32_t> errno_ret;
  std::vector<SyscallArg> args;
};

struct Seccomp {
  std::string default_action;
  std::optional<std::uint32_t> default_errno_ret;
  Strings architectures;         // SCMP_ARCH_*
  std::optional<Strings> flags;  // SECCOMP_FILTER_FLAG_*; absent and empty differ
  std::string listener_path, listener_metadata;
  std::vector<Syscall> syscalls;
};

struct IntelRdt {
  std::string clos_id;  // "closID"
  Strings schemata;
  std::string l3_cache_schema, mem_bw_schema;
  bool enable_monitoring = false;
};

struct MemoryPolicy {
  std::string mode;  // MPOL_*
  std::string nodes;
  Strings flags;  // MPOL_F_*
};

struct Personality {
  std::string domain;  // LINUX or LINUX32
  Strings flags;
};

struct TimeOffset {
  std::int64_t secs = 0;
  std::uint32_t nanosecs = 0;
};

struct Linux {
  std::vector<IdMapping> uid_mappings, gid_mappings;
  StringMap sysctl;
  std::optional<Resources> resources;
  std::string cgroups_path;
  std::vector<Namespace> namespaces;
  std::vector<Device> devices;
  std::map<std::string, NetDevice> net_devices;
  std::optional<Seccomp> seccomp;
  std::string rootfs_propagation;
  Strings masked_paths, readonly_paths;
  std::string mount_label;
  std::optional<IntelRdt> intel_rdt;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<Personality> personality;
  std::map<std::string, TimeOffset> time_offsets;  // keys monotonic, boottime
};

// The whole of config.json. Spec: config.md
struct Spec {
  std::string oci_version;
  std::optional<Process> process;
  std::optional<Root> root;
  std::string hostname, domainname;
  std::vector<Mount> mounts;
  Hooks hooks;
  StringMap annotations;
  std::optional<Linux> linux_;  // "linux"; the name without underscore is a predefined macro
};

// Spec: runtime.md#state
struct State {
  std::string oci_version;
  std::string id;
  std::string status;  // creating, created, running, stopped; also paused
  int pid = 0;         // 0: none
  std::string bundle;
  StringMap annotations;
};

}  // namespace spec
}  // namespace oci
