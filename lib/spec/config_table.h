// Field tables of config.md and of the state document.
#pragma once

#include "lib/json/fields.h"
#include "lib/spec/linux_table.h"
#include "lib/spec/process_table.h"
#include "oci/spec.h"

namespace oci {

template <>
struct json::Table<spec::Root> {
  using S = spec::Root;
  static constexpr Row rows[] = {
      field<&S::path>("path", Keep::kAlways),
      field<&S::readonly>("readonly"),
  };
};

template <>
struct json::Table<spec::Mount> {
  using S = spec::Mount;
  static constexpr Row rows[] = {
      field<&S::destination>("destination", Keep::kAlways),
      field<&S::type>("type"),
      field<&S::source>("source"),
      field<&S::options>("options"),
      field<&S::uid_mappings>("uidMappings"),
      field<&S::gid_mappings>("gidMappings"),
  };
};

template <>
struct json::Table<spec::Hook> {
  using S = spec::Hook;
  static constexpr Row rows[] = {
      field<&S::path>("path", Keep::kAlways),
      field<&S::args>("args"),
      field<&S::env>("env"),
      field<&S::timeout>("timeout"),
  };
};

template <>
struct json::Table<spec::Hooks> {
  using S = spec::Hooks;
  static constexpr Row rows[] = {
      field<&S::prestart>("prestart"),
      field<&S::create_runtime>("createRuntime"),
      field<&S::create_container>("createContainer"),
      field<&S::start_container>("startContainer"),
      field<&S::poststart>("poststart"),
      field<&S::poststop>("poststop"),
  };
};

// The blocks of other platforms may stand in shared templates: known, and of no effect here.
template <>
struct json::Table<spec::Spec> {
  using S = spec::Spec;
  static constexpr Row rows[] = {
      field<&S::oci_version>("ociVersion", Keep::kAlways),
      field<&S::process>("process"),
      field<&S::root>("root"),
      field<&S::hostname>("hostname"),
      field<&S::domainname>("domainname"),
      field<&S::mounts>("mounts"),
      field<&S::hooks>("hooks"),
      field<&S::annotations>("annotations"),
      field<&S::linux_>("linux"),
      ignored("solaris"),
      ignored("windows"),
      ignored("vm"),
      ignored("zos"),
      ignored("freebsd"),
  };
};

template <>
struct json::Table<spec::State> {
  using S = spec::State;
  static constexpr Row rows[] = {
      field<&S::oci_version>("ociVersion", Keep::kAlways), field<&S::id>("id", Keep::kAlways),
      field<&S::status>("status", Keep::kAlways),          field<&S::pid>("pid"),
      field<&S::bundle>("bundle", Keep::kAlways),          field<&S::annotations>("annotations"),
  };
};

template <>
struct json::Table<spec::ContainerProcessState> {
  using S = spec::ContainerProcessState;
  static constexpr Row rows[] = {
      field<&S::oci_version>("ociVersion", Keep::kAlways),
      field<&S::fds>("fds", Keep::kAlways),
      field<&S::pid>("pid", Keep::kAlways),
      field<&S::metadata>("metadata"),
      field<&S::state>("state", Keep::kAlways),
  };
};

}  // namespace oci
