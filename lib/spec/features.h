// The features document. Spec: features.md, features-linux.md
#pragma once

#include <cstdint>
#include <string>

namespace oci::spec {

// What the library and the kernel at hand have of seccomp.
struct SeccompSupport {
  bool (*arch)(std::uint32_t token);  // a libseccomp architecture
  bool (*flag)(std::uint32_t value);  // a word of words::kSeccompFlags
};
std::string render_features(const SeccompSupport& seccomp);

}  // namespace oci::spec
