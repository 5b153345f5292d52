// The rules of the runtime-spec as checks over oci::spec structs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"
#include "oci/spec.h"

namespace [[gnu::visibility("default")]] oci {

enum class Level { kError, kWarning };

// One broken rule.
struct Finding {
  Level level = Level::kError;
  std::string requirement;  // "S104"
  std::string anchor;       // "config-linux.md#namespaces"
  std::string pointer;      // JSON pointer into the document
  std::string text;         // as runc words it where engines or people match that
};

// All findings at once, errors and warnings, in document order. Pure; no look at the host.
std::vector<Finding> validate(const spec::Spec& spec);
// The rules for a process document of exec.
std::vector<Finding> validate_process(const spec::Process& process);
// Ok, or the first error as Error{kInvalidConfig, text, where = pointer}.
Status first_error(const std::vector<Finding>& findings);
// [A-Za-z0-9_+-.]{1,1024}, not "." or "..". Text: `invalid container ID format`, or
// `container id cannot be empty`.
Status check_container_id(std::string_view id);

}  // namespace oci
