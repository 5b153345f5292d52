// Field tables of config.md#process.
#pragma once

#include "lib/json/fields.h"
#include "oci/spec.h"

namespace oci {

template <>
struct json::Table<spec::ConsoleSize> {
  using S = spec::ConsoleSize;
  static constexpr Row rows[] = {
      field<&S::height>("height", Keep::kAlways),
      field<&S::width>("width", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::User> {
  using S = spec::User;
  static constexpr Row rows[] = {
      field<&S::uid>("uid", Keep::kAlways),
      field<&S::gid>("gid", Keep::kAlways),
      field<&S::umask>("umask"),
      field<&S::additional_gids>("additionalGids"),
      field<&S::username>("username"),
  };
};

template <>
struct json::Table<spec::Capabilities> {
  using S = spec::Capabilities;
  static constexpr Row rows[] = {
      field<&S::bounding>("bounding"),       field<&S::effective>("effective"),
      field<&S::inheritable>("inheritable"), field<&S::permitted>("permitted"),
      field<&S::ambient>("ambient"),
  };
};

template <>
struct json::Table<spec::Rlimit> {
  using S = spec::Rlimit;
  static constexpr Row rows[] = {
      field<&S::type>("type", Keep::kAlways),
      field<&S::hard>("hard", Keep::kAlways),
      field<&S::soft>("soft", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::Scheduler> {
  using S = spec::Scheduler;
  static constexpr Row rows[] = {
      field<&S::policy>("policy", Keep::kAlways),
      field<&S::nice>("nice"),
      field<&S::priority>("priority"),
      field<&S::flags>("flags"),
      field<&S::runtime>("runtime"),
      field<&S::deadline>("deadline"),
      field<&S::period>("period"),
  };
};

template <>
struct json::Table<spec::IoPriority> {
  using S = spec::IoPriority;
  static constexpr Row rows[] = {
      field<&S::io_class>("class", Keep::kAlways),
      field<&S::priority>("priority", Keep::kAlways),
  };
};

template <>
struct json::Table<spec::ExecCpuAffinity> {
  using S = spec::ExecCpuAffinity;
  static constexpr Row rows[] = {
      field<&S::initial>("initial"),
      field<&S::final_>("final"),
  };
};

template <>
struct json::Table<spec::Process> {
  using S = spec::Process;
  static constexpr Row rows[] = {
      field<&S::terminal>("terminal"),
      field<&S::console_size>("consoleSize"),
      field<&S::user>("user", Keep::kAlways),
      field<&S::args>("args"),
      field<&S::command_line>("commandLine"),
      field<&S::env>("env"),
      field<&S::cwd>("cwd", Keep::kAlways),
      field<&S::capabilities>("capabilities"),
      field<&S::rlimits>("rlimits"),
      field<&S::no_new_privileges>("noNewPrivileges"),
      field<&S::apparmor_profile>("apparmorProfile"),
      field<&S::oom_score_adj>("oomScoreAdj"),
      field<&S::scheduler>("scheduler"),
      field<&S::selinux_label>("selinuxLabel"),
      field<&S::io_priority>("ioPriority"),
      field<&S::exec_cpu_affinity>("execCPUAffinity"),
  };
};

}  // namespace oci
