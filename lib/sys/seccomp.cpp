#include "lib/sys/seccomp.h"

#include <linux/seccomp.h>

#include <cerrno>

#include "lib/sys/call.h"

namespace oci::sys {

// The flags are checked before the program is read: EINVAL for those that are not known, EFAULT for
// a program at no address.
bool has_filter_flags(std::uint32_t flags) noexcept {
  return Res{raw(__NR_seccomp, SECCOMP_SET_MODE_FILTER, static_cast<Word>(flags), 0)}.err() ==
         EFAULT;
}

}  // namespace oci::sys
