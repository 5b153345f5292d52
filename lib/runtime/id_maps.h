// The id maps of user namespaces, from outside.
#pragma once

#include <sys/types.h>

#include "lib/plan/plan.h"
#include "oci/result.h"

namespace oci::runtime {

// By the kernel's files; where those refuse a caller without rights, by newuidmap(1) and
// newgidmap(1), which know what /etc/subuid and /etc/subgid grant. user_namespaces(7)
Status write_id_maps(pid_t pid, const plan::IdMaps& maps);

// An error if the user namespace of the process has other maps, whatever the lines they come in.
Status check_id_maps(pid_t pid, const plan::IdMaps& expected);

// What the id of a user of that namespace is here. Error: it is not mapped.
Result<std::uint32_t> host_uid(pid_t pid, std::uint32_t uid);

}  // namespace oci::runtime
