// Intel RDT: groups of the resctrl file system. Spec: config-linux.md#intelrdt
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "lib/plan/host_facts.h"
#include "lib/plan/plan.h"
#include "lib/runtime/record.h"
#include "oci/runtime.h"

namespace oci::runtime {

// Where it is mounted and what it can give out.
void probe_rdt(plan::HostFacts& host);

// Puts down what make_rdt() is about to make.
void name_rdt(Record& record, const plan::Rdt& rdt);
// Makes or finds the group, writes `schemata`, makes the monitoring group.
Status make_rdt(Record& record, const plan::Rdt& rdt);
// The container is made: from here on a group that the configuration names is not its own.
void keep_named_rdt(Record& record);
// Each part may be gone already.
Status remove_rdt(const Record& record);

// Files that a process of the container writes itself into. What is gone is left out, as by runc.
spec::Strings rdt_tasks(const Record& record);
// The same from outside, for a process that others will come from.
Status enter_rdt(const Record& record, pid_t pid);

// Changed schemata, and the text that brings back the old ones.
struct RdtUndo {
  std::string file, text;
};
// Whether `change` can be done, before anything is.
Status check_rdt_change(const Record& record, const RdtChange& change);
// Writes it, also into the record.
Result<RdtUndo> change_rdt(Record& record, const RdtChange& change);
Status undo_rdt(const RdtUndo& undo);

// Empty without a group.
Result<std::optional<RdtStats>> rdt_stats(const Record& record);

}  // namespace oci::runtime
