// Field tables of config-linux.md, control groups aside.
#pragma once

#include "lib/json/fields.h"
#include "lib/spec/resources_table.h"
#include "oci/spec.h"

namespace oci {

template <>
struct json::Table<spec::IdMapping> {
  using S = spec::IdMapping;
  static constexpr Row rows[] = {
      field<&S::container_id>("containerID", Keep::kAlways),
      field<&S::host_id>("hostID", Keep::kAlways),
      field<&S::size>("size", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::Namespace> {
  using S = spec::Namespace;
  static constexpr Row rows[] = {
      field<&S::type>("type", Keep::kAlways),
      field<&S::path>("path"),
  };
};

template <>
struct json::Table<spec::Device> {
  using S = spec::Device;
  static constexpr Row rows[] = {
      field<&S::path>("path", Keep::kAlways),
      field<&S::type>("type", Keep::kAlways),
      field<&S::major>("major", Keep::kAlways),
      field<&S::minor>("minor", Keep::kAlways),
      field<&S::file_mode>("fileMode"),
      field<&S::uid>("uid"),
      field<&S::gid>("gid"),
  };
};

template <>
struct json::Table<spec::NetDevice> {
  using S = spec::NetDevice;
  static constexpr Row rows[] = {
      field<&S::name>("name"),
  };
};

template <>
struct json::Table<spec::SyscallArg> {
  using S = spec::SyscallArg;
  static constexpr Row rows[] = {
      field<&S::index>("index", Keep::kAlways),
      field<&S::value>("value", Keep::kAlways),
      field<&S::value_two>("valueTwo"),
      field<&S::op>("op", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::Syscall> {
  using S = spec::Syscall;
  static constexpr Row rows[] = {
      field<&S::names>("names", Keep::kAlways),
      field<&S::action>("action", Keep::kAlways),
      field<&S::errno_ret>("errnoRet"),
      field<&S::args>("args"),
  };
};

template <>
struct json::Table<spec::Seccomp> {
  using S = spec::Seccomp;
  static constexpr Row rows[] = {
      field<&S::default_action>("defaultAction", Keep::kAlways),
      field<&S::default_errno_ret>("defaultErrnoRet"),
      field<&S::architectures>("architectures"),
      field<&S::flags>("flags"),
      field<&S::listener_path>("listenerPath"),
      field<&S::listener_metadata>("listenerMetadata"),
      field<&S::syscalls>("syscalls"),
  };
};

template <>
struct json::Table<spec::IntelRdt> {
  using S = spec::IntelRdt;
  static constexpr Row rows[] = {
      field<&S::clos_id>("closID"),
      field<&S::schemata>("schemata"),
      field<&S::l3_cache_schema>("l3CacheSchema"),
      field<&S::mem_bw_schema>("memBwSchema"),
      field<&S::enable_monitoring>("enableMonitoring"),
  };
};

template <>
struct json::Table<spec::MemoryPolicy> {
  using S = spec::MemoryPolicy;
  static constexpr Row rows[] = {
      field<&S::mode>("mode", Keep::kAlways),
      field<&S::nodes>("nodes"),
      field<&S::flags>("flags"),
  };
};

template <>
struct json::Table<spec::Personality> {
  using S = spec::Personality;
  static constexpr Row rows[] = {
      field<&S::domain>("domain", Keep::kAlways),
      field<&S::flags>("flags"),
  };
};

template <>
struct json::Table<spec::TimeOffset> {
  using S = spec::TimeOffset;
  static constexpr Row rows[] = {
      field<&S::secs>("secs"),
      field<&S::nanosecs>("nanosecs"),
  };
};

template <>
struct json::Table<spec::Linux> {
  using S = spec::Linux;
  static constexpr Row rows[] = {
      field<&S::uid_mappings>("uidMappings"),
      field<&S::gid_mappings>("gidMappings"),
      field<&S::sysctl>("sysctl"),
      field<&S::resources>("resources"),
      field<&S::cgroups_path>("cgroupsPath"),
      field<&S::namespaces>("namespaces"),
      field<&S::devices>("devices"),
      field<&S::net_devices>("netDevices"),
      field<&S::seccomp>("seccomp"),
      field<&S::rootfs_propagation>("rootfsPropagation"),
      field<&S::masked_paths>("maskedPaths"),
      field<&S::readonly_paths>("readonlyPaths"),
      field<&S::mount_label>("mountLabel"),
      field<&S::intel_rdt>("intelRdt"),
      field<&S::memory_policy>("memoryPolicy"),
      field<&S::personality>("personality"),
      field<&S::time_offsets>("timeOffsets"),
  };
};

}  // namespace oci
