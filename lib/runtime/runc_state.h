// runc's state.json as it stands in the file: libcontainer's words and numbers. Members that nobody
// here needs are left out; newer versions leave out what is empty.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/json/fields.h"
#include "lib/spec/config_table.h"
#include "oci/result.h"
#include "oci/spec.h"

namespace oci::runtime::runc {

// What is needed to find, kill and remove it.
struct Core {
  std::int32_t pid = 0;
  std::uint64_t start = 0;  // clock ticks since boot
  std::string created;
  spec::StringMap cgroup_paths;  // by controller; "": the unified hierarchy
  std::string intel_rdt_path;
};

struct IdMap {
  std::uint32_t container_id = 0, host_id = 0, size = 0;
};

struct Namespace {
  std::string type;  // NEWPID, ...
};

struct Capabilities {
  spec::Strings bounding, effective, inheritable, permitted, ambient;
};

struct SeccompArg {
  std::uint32_t index = 0;
  std::uint64_t value = 0, value_two = 0;
  std::uint32_t op = 0;
};

struct Syscall {
  std::string name;
  std::uint32_t action = 0;
  std::optional<std::uint32_t> errno_ret;
  std::vector<SeccompArg> args;
};

struct Seccomp {
  std::uint32_t default_action = 0;
  std::optional<std::uint32_t> default_errno_ret;
  spec::Strings architectures, flags;
  std::string listener_path, listener_metadata;
  std::vector<Syscall> syscalls;
};

struct Hook {
  std::string path;
  spec::Strings args;
  std::optional<spec::Strings> env;
  std::optional<std::int64_t> timeout;  // nanoseconds
};

struct Hooks {
  std::vector<Hook> poststop;
};

struct Cgroup {
  std::uint64_t cpu_shares = 0;
  std::optional<std::int64_t> cpu_idle;
};

struct Personality {
  std::uint32_t domain = 0;
};

struct MemoryPolicy {
  std::uint32_t mode = 0, flags = 0;
  std::vector<std::uint64_t> nodes;  // a mask in words of 64 bits
};

struct Config {
  std::string rootfs, hostname, process_label, mount_label, version;
  std::vector<Namespace> namespaces;
  std::optional<Capabilities> capabilities;
  Cgroup cgroups;
  std::vector<IdMap> uid_mappings, gid_mappings;
  std::optional<int> oom_score_adj;
  std::optional<std::uint32_t> umask;
  std::optional<Seccomp> seccomp;
  Hooks hooks;
  spec::Strings labels;
  std::optional<Personality> personality;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<spec::Scheduler> scheduler;
  std::optional<spec::IoPriority> io_priority;
  bool no_new_privileges = false, no_new_keyring = false;
};

// runc_seccomp.cpp. The profile in the spec's words. Errors: kCorruptState for a number that no
// known version has.
Result<spec::Seccomp> seccomp_of(const Seccomp& seccomp);

}  // namespace oci::runtime::runc

namespace oci::json {

template <>
struct Table<runtime::runc::Core> {
  using S = runtime::runc::Core;
  static constexpr Row rows[] = {
      field<&S::pid>("init_process_pid"),
      field<&S::start>("init_process_start"),
      field<&S::created>("created"),
      field<&S::cgroup_paths>("cgroup_paths"),
      field<&S::intel_rdt_path>("intel_rdt_path"),
  };
};

template <>
struct Table<runtime::runc::IdMap> {
  using S = runtime::runc::IdMap;
  static constexpr Row rows[] = {
      field<&S::container_id>("container_id"),
      field<&S::host_id>("host_id"),
      field<&S::size>("size"),
  };
};

template <>
struct Table<runtime::runc::Namespace> {
  using S = runtime::runc::Namespace;
  static constexpr Row rows[] = {field<&S::type>("type")};
};

template <>
struct Table<runtime::runc::Capabilities> {
  using S = runtime::runc::Capabilities;
  static constexpr Row rows[] = {
      field<&S::bounding>("Bounding"),       field<&S::effective>("Effective"),
      field<&S::inheritable>("Inheritable"), field<&S::permitted>("Permitted"),
      field<&S::ambient>("Ambient"),
  };
};

template <>
struct Table<runtime::runc::SeccompArg> {
  using S = runtime::runc::SeccompArg;
  static constexpr Row rows[] = {
      field<&S::index>("index"),
      field<&S::value>("value"),
      field<&S::value_two>("value_two"),
      field<&S::op>("op"),
  };
};

template <>
struct Table<runtime::runc::Syscall> {
  using S = runtime::runc::Syscall;
  static constexpr Row rows[] = {
      field<&S::name>("name"),
      field<&S::action>("action"),
      field<&S::errno_ret>("errnoRet"),
      field<&S::args>("args"),
  };
};

template <>
struct Table<runtime::runc::Seccomp> {
  using S = runtime::runc::Seccomp;
  static constexpr Row rows[] = {
      field<&S::default_action>("default_action"),
      field<&S::default_errno_ret>("default_errno_ret"),
      field<&S::architectures>("architectures"),
      field<&S::flags>("flags"),
      field<&S::listener_path>("listener_path"),
      field<&S::listener_metadata>("listener_metadata"),
      field<&S::syscalls>("syscalls"),
  };
};

template <>
struct Table<runtime::runc::Hook> {
  using S = runtime::runc::Hook;
  static constexpr Row rows[] = {
      field<&S::path>("path"),
      field<&S::args>("args"),
      field<&S::env>("env"),
      field<&S::timeout>("timeout"),
  };
};

template <>
struct Table<runtime::runc::Hooks> {
  using S = runtime::runc::Hooks;
  static constexpr Row rows[] = {field<&S::poststop>("poststop")};
};

template <>
struct Table<runtime::runc::Cgroup> {
  using S = runtime::runc::Cgroup;
  static constexpr Row rows[] = {
      field<&S::cpu_shares>("cpu_shares"),
      field<&S::cpu_idle>("cpu_idle"),
  };
};

template <>
struct Table<runtime::runc::Personality> {
  using S = runtime::runc::Personality;
  static constexpr Row rows[] = {field<&S::domain>("domain")};
};

template <>
struct Table<runtime::runc::MemoryPolicy> {
  using S = runtime::runc::MemoryPolicy;
  static constexpr Row rows[] = {
      field<&S::mode>("mode"),
      field<&S::flags>("flags"),
      field<&S::nodes>("nodes"),
  };
};

template <>
struct Table<runtime::runc::Config> {
  using S = runtime::runc::Config;
  static constexpr Row rows[] = {
      field<&S::rootfs>("rootfs"),
      field<&S::hostname>("hostname"),
      field<&S::process_label>("process_label"),
      field<&S::mount_label>("mount_label"),
      field<&S::version>("version"),
      field<&S::namespaces>("namespaces"),
      field<&S::capabilities>("capabilities"),
      field<&S::cgroups>("cgroups"),
      field<&S::uid_mappings>("uid_mappings"),
      field<&S::gid_mappings>("gid_mappings"),
      field<&S::oom_score_adj>("oom_score_adj"),
      field<&S::umask>("umask"),
      field<&S::seccomp>("seccomp"),
      field<&S::hooks>("Hooks"),
      field<&S::labels>("labels"),
      field<&S::personality>("personality"),
      field<&S::memory_policy>("memory_policy"),
      field<&S::scheduler>("scheduler"),
      field<&S::io_priority>("io_priority"),
      field<&S::no_new_privileges>("no_new_privileges"),
      field<&S::no_new_keyring>("no_new_keyring"),
  };
};

}  // namespace oci::json
