// From bytes to oci::spec structs and back.
//
// All functions are pure and thread-safe. Types and ranges are checked here (strictly: no strings
// for numbers, no fractions for integers); the rules of the spec are checked by oci/validate.h. A
// problem is an Error with code kInvalidConfig whose `where` is the JSON pointer of the offending
// value and whose text starts with it. Members the spec does not know are tolerated and reported.
// Spec: config.md, runtime.md#state
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"
#include "oci/spec.h"

namespace [[gnu::visibility("default")]] oci {

struct ParseNotes {
  std::vector<std::string> unknown;    // JSON pointers of members that the spec does not define
  std::vector<std::string> duplicate;  // JSON pointers of members given twice; the last one counts
  std::vector<std::string> ignored;    // JSON pointers of members that mean nothing on Linux
};

inline constexpr std::size_t kMaxDocumentBytes = std::size_t{16} << 20;
inline constexpr unsigned kMaxDocumentDepth = 512;

// `notes` may be null.
Result<spec::Spec> parse_spec(std::string_view json, ParseNotes* notes = nullptr);
Result<spec::Process> parse_process(std::string_view json, ParseNotes* notes = nullptr);
Result<spec::Resources> parse_resources(std::string_view json, ParseNotes* notes = nullptr);
// An array of mounts, as the member `mounts` of a config.json.
Result<std::vector<spec::Mount>> parse_mounts(std::string_view json, ParseNotes* notes = nullptr);
// `<bundle>/config.json`; at most kMaxDocumentBytes.
Result<spec::Spec> load_spec(const std::string& bundle, ParseNotes* notes = nullptr);

// Compact JSON; absent members are left out, so parse_*(render_*(x)) equals x.
std::string render_spec(const spec::Spec& spec);
std::string render_process(const spec::Process& process);
// The state document of runtime.md#state that hooks get on their standard input: compact, no
// newline.
std::string render_state(const spec::State& state);

// The config.json of `spec`: tab-indented, no newline at the end. `cgroup_namespace` adds one
// (cgroup v2 hosts); `rootless` gives the variant for an unprivileged user with these ids.
std::string default_config(bool cgroup_namespace, bool rootless, unsigned euid, unsigned egid);
// The features document. Spec: features.md. Four-space indent, no newline at the end.
std::string render_features();

}  // namespace oci
