// The root of the container: taking it, changing to it, and what is closed off in it afterwards.
// Spec: config-linux.md#rootfs-mount-propagation, #sysctl, #masked-paths, #readonly-paths
#pragma once

#include <string>

#include "lib/plan/draft.h"

namespace oci::plan {

// MS_* with MS_REC; the default is a recursive slave. Errors: kInvalidConfig.
Result<std::uint64_t> root_propagation(const std::string& word, bool no_pivot);
// What "/" and what is cloned from the caller's mounts get while the container is being built: of
// an unbindable mount the root and the sources could not be cloned.
std::uint64_t first_propagation(const Draft& draft);
void add_root_open(Draft& draft, const CreateInput& input);
// Another look at it, for stage 1.
Slot open_rootfs(Draft& draft, const std::string& rootfs);
void add_root_change(Draft& draft, const CreateInput& input);
// Shared and unbindable once more, for the new root: pivot_root needed it private. Late, for parts
// of an unbindable root can no longer be made read-only.
void add_root_propagation(Draft& draft);
// Is "/" among the paths?
bool names_root(const spec::Strings& paths);
void add_root_readonly(Draft& draft);
void add_names(Draft& draft, const spec::Spec& spec);
// "net.ipv4.ip_forward" as "sys/net/ipv4/ip_forward". The first separator decides what the other
// one means: sysctl.d(5). Empty for a key that is no path below sys.
std::string sysctl_path(std::string_view key);
// What is said if the network namespace to join turns out to be the caller's own, whose sysctls are
// not the container's to set; empty if there are none.
std::string host_network_refusal(const spec::Linux& linux_);
Status add_sysctls(Draft& draft, const spec::Linux& linux_);
void add_path_restrictions(Draft& draft, const spec::Linux& linux_, Slot null_device);

}  // namespace oci::plan
