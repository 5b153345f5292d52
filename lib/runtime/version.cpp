#include "oci/version.h"

#include <seccomp.h>

#include <array>
#include <cstdint>
#include <cstdio>

#include "lib/spec/features.h"
#include "lib/sys/seccomp.h"
#include "lib/words/seccomp.h"
#include "oci/parse.h"

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

std::string render_features() {
  spec::SeccompSupport seccomp{};
  // Every architecture has this call.
  seccomp.arch = [](std::uint32_t token) {
    return ::seccomp_syscall_resolve_name_arch(token, "read") != __NR_SCMP_ERROR;
  };
  seccomp.flag = [](std::uint32_t flag) {
    // The kernel takes this one together with a listener only.
    if (flag == words::kFilterFlagWaitKillableRecv) flag |= words::kFilterFlagNewListener;
    return sys::has_filter_flags(flag);
  };
  return spec::render_features(seccomp);
}

}  // namespace oci
