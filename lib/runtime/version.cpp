#include "oci/version.h"

#include <seccomp.h>

#include <array>
#include <cstdio>

#ifndef OCI_COMMIT
#define OCI_COMMIT ""
#endif

namespace oci {

const char* version() noexcept { return OCI_VERSION_STRING; }
const char* commit() noexcept { return OCI_COMMIT; }

const char* libseccomp_version() noexcept {
  static const std::array<char, 32> text = [] {
    std::array<char, 32> t{};
    const scmp_version* v = ::seccomp_version();
    std::snprintf(t.data(), t.size(), "%u.%u.%u", v->major, v->minor, v->micro);
    return t;
  }();
  return text.data();
}

}  // namespace oci
