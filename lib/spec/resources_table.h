// Field tables of config-linux.md#control-groups.
#pragma once

#include "lib/json/fields.h"
#include "oci/spec.h"

namespace oci {

template <>
struct json::Table<spec::DeviceCgroup> {
  using S = spec::DeviceCgroup;
  static constexpr Row rows[] = {
      field<&S::allow>("allow", Keep::kAlways),
      field<&S::type>("type"),
      field<&S::major>("major"),
      field<&S::minor>("minor"),
      field<&S::access>("access"),
  };
};

template <>
struct json::Table<spec::Memory> {
  using S = spec::Memory;
  static constexpr Row rows[] = {
      field<&S::limit>("limit"),
      field<&S::reservation>("reservation"),
      field<&S::swap>("swap"),
      field<&S::kernel>("kernel"),
      field<&S::kernel_tcp>("kernelTCP"),
      field<&S::swappiness>("swappiness"),
      field<&S::disable_oom_killer>("disableOOMKiller"),
      field<&S::use_hierarchy>("useHierarchy"),
      field<&S::check_before_update>("checkBeforeUpdate"),
  };
};

template <>
struct json::Table<spec::Cpu> {
  using S = spec::Cpu;
  static constexpr Row rows[] = {
      field<&S::shares>("shares"),
      field<&S::quota>("quota"),
      field<&S::burst>("burst"),
      field<&S::period>("period"),
      field<&S::realtime_runtime>("realtimeRuntime"),
      field<&S::realtime_period>("realtimePeriod"),
      field<&S::cpus>("cpus"),
      field<&S::mems>("mems"),
      field<&S::idle>("idle"),
  };
};

template <>
struct json::Table<spec::Pids> {
  using S = spec::Pids;
  static constexpr Row rows[] = {
      field<&S::limit>("limit"),
  };
};

template <>
struct json::Table<spec::WeightDevice> {
  using S = spec::WeightDevice;
  static constexpr Row rows[] = {
      field<&S::major>("major", Keep::kAlways),
      field<&S::minor>("minor", Keep::kAlways),
      field<&S::weight>("weight"),
      field<&S::leaf_weight>("leafWeight"),
  };
};

template <>
struct json::Table<spec::ThrottleDevice> {
  using S = spec::ThrottleDevice;
  static constexpr Row rows[] = {
      field<&S::major>("major", Keep::kAlways),
      field<&S::minor>("minor", Keep::kAlways),
      field<&S::rate>("rate", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::BlockIo> {
  using S = spec::BlockIo;
  static constexpr Row rows[] = {
      field<&S::weight>("weight"),
      field<&S::leaf_weight>("leafWeight"),
      field<&S::weight_device>("weightDevice"),
      field<&S::throttle_read_bps_device>("throttleReadBpsDevice"),
      field<&S::throttle_write_bps_device>("throttleWriteBpsDevice"),
      field<&S::throttle_read_iops_device>("throttleReadIOPSDevice"),
      field<&S::throttle_write_iops_device>("throttleWriteIOPSDevice"),
  };
};

template <>
struct json::Table<spec::HugepageLimit> {
  using S = spec::HugepageLimit;
  static constexpr Row rows[] = {
      field<&S::page_size>("pageSize", Keep::kAlways),
      field<&S::limit>("limit", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::InterfacePriority> {
  using S = spec::InterfacePriority;
  static constexpr Row rows[] = {
      field<&S::name>("name", Keep::kAlways),
      field<&S::priority>("priority", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::Network> {
  using S = spec::Network;
  static constexpr Row rows[] = {
      field<&S::class_id>("classID"),
      field<&S::priorities>("priorities"),
  };
};

template <>
struct json::Table<spec::Rdma> {
  using S = spec::Rdma;
  static constexpr Row rows[] = {
      field<&S::hca_handles>("hcaHandles"),
      field<&S::hca_objects>("hcaObjects"),
  };
};

template <>
struct json::Table<spec::Resources> {
  using S = spec::Resources;
  static constexpr Row rows[] = {
      field<&S::devices>("devices"),  field<&S::memory>("memory"),
      field<&S::cpu>("cpu"),          field<&S::pids>("pids"),
      field<&S::block_io>("blockIO"), field<&S::hugepage_limits>("hugepageLimits"),
      field<&S::network>("network"),  field<&S::rdma>("rdma"),
      field<&S::unified>("unified"),
  };
};

}  // namespace oci
