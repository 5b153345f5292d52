#include "oci/result.h"

#include <unistd.h>

#include <cerrno>

#include "oci/fd.h"

namespace oci {

std::string_view code_name(Code code) noexcept {
  switch (code) {
    case Code::kInternal: return "internal";
    case Code::kInvalidConfig: return "invalid-config";
    case Code::kInvalidArgument: return "invalid-argument";
    case Code::kNotFound: return "not-found";
    case Code::kAlreadyExists: return "already-exists";
    case Code::kWrongState: return "wrong-state";
    case Code::kNotRunning: return "not-running";
    case Code::kUnsupported: return "unsupported";
    case Code::kPermission: return "permission";
    case Code::kSystem: return "system";
    case Code::kHook: return "hook";
    case Code::kExec: return "exec";
    case Code::kCgroup: return "cgroup";
    case Code::kOutOfMemory: return "out-of-memory";
    case Code::kCorruptState: return "corrupt-state";
  }
  return "internal";
}

void UniqueFd::reset() noexcept {
  if (fd_ < 0) return;
  const int saved = errno;
  ::close(fd_);
  errno = saved;
  fd_ = -1;
}

}  // namespace oci
