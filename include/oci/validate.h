// The rules of the runtime-spec as checks over oci::spec structs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"
#include "oci/spec.h"

namespace [[gnu::visibility("default")]] oci {

enum class Level { kError, kWarning };
// How strongly the specification asks for it (RFC 2119); kNone where it only describes.
enum class Duty { kNone, kMay, kShould, kMust };
// Where a finding holds: kSpec everywhere, by the document alone; kHost on this host, now; kRuntime
// with this version of liboci.
enum class Scope { kSpec, kHost, kRuntime };

// One broken rule.
struct Finding {
  Level level = Level::kError;
  std::string requirement;  // "S104": stable, the same in all releases
  std::string anchor;       // "config-linux.md#namespaces"
  std::string pointer;      // JSON pointer into the document; empty: the document as a whole
  std::string text;         // what was found, as runc words it where engines or people match that
  Duty duty = Duty::kNone;
  Scope scope = Scope::kSpec;
  std::string rule = {};  // what is asked for, in one line
};

// "error", "must", "spec": the words of the JSON form and of the command line.
std::string_view level_name(Level level) noexcept;
std::string_view duty_name(Duty duty) noexcept;
std::string_view scope_name(Scope scope) noexcept;

// All findings at once, errors and warnings, in document order. Pure; no look at the host.
std::vector<Finding> validate(const spec::Spec& spec);
// What create() says nothing about: members that are deprecated or have no effect, and values that
// every kernel refuses. In the order of the rules. Pure.
std::vector<Finding> advise(const spec::Spec& spec);
// The rules for a process document of exec.
std::vector<Finding> validate_process(const spec::Process& process);
// Ok, or the first error as Error{kInvalidConfig, text, where = pointer}.
Status first_error(const std::vector<Finding>& findings);
// [A-Za-z0-9_+-.]{1,1024}, not "." or "..". Text: `invalid container ID format`, or
// `container id cannot be empty`.
Status check_container_id(std::string_view id);

}  // namespace oci
