// The features document. Spec: features.md, features-linux.md
#pragma once

#include <cstdint>
#include <string>

namespace oci::spec {

// `arch_known`: whether the seccomp library at hand knows an architecture of words::kSeccompArchs,
// by its token.
std::string render_features(bool (*arch_known)(std::uint32_t token));

}  // namespace oci::spec
