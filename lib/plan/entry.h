// Getting into namespaces, cgroups, session and terminal: shared by create and exec.
#pragma once

#include <string>
#include <vector>

#include "lib/plan/draft.h"

namespace oci::plan {

void add_oom_score(Draft& draft, int value);
// Joins a namespace by its path.
void add_join(Draft& draft, const JoinedNamespace& ns);
// Slot of the unified cgroup directory to be born in, or 0.
Slot unified_dir(Draft& draft, const std::vector<cgroup::Dir>& dirs);
// Enters the cgroups of all v1 hierarchies (`unified` false) or that of the unified one.
void add_cgroup_enter(Draft& draft, const std::vector<cgroup::Dir>& dirs, bool unified);
// Groups of resctrl, by their `tasks` files.
void add_rdt_enter(Draft& draft, const spec::Strings& tasks);
// Root of the user namespace that the draft has.
// proc(5): the id maps of a process that is not dumpable belong to root. maps_by_caller: somebody
// else has to write them.
bool maps_by_caller(const Draft& draft);
void add_dumpable(Draft& draft, bool dumpable);
void add_become_root(Draft& draft, const spec::Linux& linux_);
void add_keyring(Draft& draft, const std::string& id);
// A new terminal as standard streams. `bind`: also as /dev/console.
void add_terminal(Draft& draft, const spec::Process& process, Slot slave, bool bind);
// create: all of it, from the clone to the first look at the root.
void add_entry(Draft& draft, const CreateInput& input, const spec::Linux& linux_, bool terminal);

}  // namespace oci::plan
