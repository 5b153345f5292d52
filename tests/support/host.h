// What the machine that the tests run on shows of containers.
#pragma once

#include <string>
#include <vector>

namespace oci::test {

// Mount points of all cgroup hierarchies, and the directories in them whose path contains `part`.
std::vector<std::string> cgroup_mounts();
std::vector<std::string> cgroup_dirs(const std::string& part);
// The file of the container's cgroup, wherever the hierarchy has it; empty when there is none.
std::string cgroup_file(const std::string& part, const std::string& name);

// Of this process: number 24 is CAP_SYS_RESOURCE.
bool has_capability(unsigned number);

std::string link_of(const std::string& path);

}  // namespace oci::test
