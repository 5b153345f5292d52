// A small root filesystem for containers: busybox under the names of its applets, and the probe.
#pragma once

#include <string>

namespace oci::test {

void make_rootfs(const std::string& root);

}  // namespace oci::test
