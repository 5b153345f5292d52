// checkpoint and restore, by CRIU.
#pragma once

#include "lib/runtime/context.h"

namespace oci::runtime {

// `entry` is locked, but not while CRIU works. Removes the container if it ends with that.
Status checkpoint_container(const Context& context, const Store& store, Entry& entry,
                            const Record& record, const CheckpointOptions& options);

Result<ExitStatus> restore_container(const Context& context, std::string_view id,
                                     const RestoreOptions& options);

// The name under which images know what lies behind a path of a namespace that is not the
// container's own: "extRootNetNS".
std::string external_namespace_name(std::string_view proc_name);
// What CRIU cannot join but takes as it is: network and pid namespaces.
bool is_external_to_criu(std::string_view type);

// Errors: kUnsupported for a caller who is not root.
Status check_criu_rights(std::string_view what);
// Says that the annotation which would name a CRIU configuration is not followed.
void warn_of_criu_config(const Context& context, const spec::StringMap& annotations);

}  // namespace oci::runtime
