// The id maps of a new user namespace, written from outside.
#pragma once

#include <sys/types.h>

#include "lib/plan/plan.h"
#include "oci/result.h"

namespace oci::runtime {

// By the kernel's files; where those refuse a caller without rights, by newuidmap(1) and
// newgidmap(1), which know what /etc/subuid and /etc/subgid grant. user_namespaces(7)
Status write_id_maps(pid_t pid, const plan::IdMaps& maps);

}  // namespace oci::runtime
