// A bundle looked at, and nothing made: what is wrong with it, and what create() would do.
//
// All calls are for any thread. They read the bundle and the host (files below /proc, /sys, /dev,
// /etc, and the paths that the configuration names) and change neither.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oci/result.h"
#include "oci/runtime.h"
#include "oci/spec.h"
#include "oci/validate.h"

namespace [[gnu::visibility("default")]] oci {

struct CheckOptions {
  std::string bundle;            // directory; empty: the working directory
  std::string id = "container";  // a cgroup without cgroupsPath is named after it
  bool host = true;              // false: the document alone, whatever this host is like
  CgroupManager cgroup_manager = CgroupManager::kCgroupfs;
  Rootless rootless = Rootless::kAuto;
  bool no_pivot = false;
};

// One argument of a step. Words and numbers have one value.
struct OutlineArgument {
  enum class Form { kNumber, kWord, kText, kList };
  std::string name;
  Form form = Form::kText;
  std::vector<std::string> values;
};

// One thing that init does.
struct OutlineStep {
  bool inside = false;  // by the process that becomes the container's, not by the one before it
  std::string name;     // "fs_mount"
  std::vector<OutlineArgument> arguments;
  std::vector<std::string> flags;
  std::string pointer;  // the member it comes from; may be empty
};

struct OutlineWrite {
  std::string file;  // absolute
  std::string value;
  std::string pointer;
  bool optional = false;  // where there is no such file, nothing is written
};

struct OutlineSeccomp {
  std::string default_action;
  std::vector<std::pair<std::string, std::size_t>> actions;  // and how many names have it
  std::vector<std::string> architectures, flags;
  bool listener = false;
  std::size_t instructions = 0;
};

// What create() would do, as data.
struct Outline {
  std::string bundle, rootfs;  // absolute
  bool readonly = false;
  std::vector<std::string> args;
  std::string cwd;
  std::uint32_t uid = 0, gid = 0;
  std::vector<spec::Namespace> namespaces;  // path empty: a new one
  std::vector<spec::IdMapping> uid_mappings, gid_mappings;
  std::size_t mounts = 0, devices = 0;
  std::vector<std::pair<std::string, std::size_t>> hooks;  // those that there are, by name
  std::string cgroup_mode;                                 // "v1", "v2", "hybrid", "none"
  std::vector<std::string> cgroups;                        // absolute directories
  std::vector<OutlineWrite> writes;
  std::size_t device_instructions = 0;  // of the eBPF program for devices
  std::optional<OutlineSeccomp> seccomp;
  std::vector<OutlineStep> steps;
  std::vector<std::string> warnings;
};

struct CheckReport {
  std::string bundle;              // absolute
  std::vector<Finding> findings;   // errors first, then warnings; each by scope
  std::optional<Outline> outline;  // empty where errors keep it from being made
  std::size_t count(Level level) const;
};

// Reads `<bundle>/config.json` and judges it by the specification, by what this version can do and,
// if asked, by this host. Everything at once; a document that cannot be parsed is one finding.
// Errors: kSystem, kPermission, kInvalidConfig: there is no bundle or no config.json to read.
Result<CheckReport> check(const CheckOptions& options);
// The same for a document that is at hand. The bundle need not have one.
Result<CheckReport> check_document(std::string_view json, const CheckOptions& options);
// What create() would do with the bundle on this host (without `options.host`: on one that has
// everything). Errors: those that create() finds before it makes anything.
Result<Outline> outline(const CheckOptions& options);

// For people: a line for each finding, then what would be done. Ends in a newline.
std::string report_text(const CheckReport& report);
std::string outline_text(const Outline& outline);
// JSON with stable keys, indented by two spaces, no newline at the end. docs/check.md has the keys.
std::string report_json(const CheckReport& report);
std::string outline_json(const Outline& outline);

}  // namespace oci
