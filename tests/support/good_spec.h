// A small document without findings.
#pragma once

#include "oci/spec.h"

namespace oci::test {

inline spec::Spec good_spec() {
  spec::Spec spec;
  spec.oci_version = "1.3.0";
  spec.process.emplace();
  spec.process->cwd = "/";
  spec.process->args = {"sh"};
  spec.process->capabilities.emplace();
  spec.root = spec::Root{"rootfs", false};
  spec.linux_.emplace();
  for (const char* type : {"pid", "network", "ipc", "uts", "mount"})
    spec.linux_->namespaces.push_back({type, ""});
  return spec;
}

}  // namespace oci::test
