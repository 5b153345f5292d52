// Starts oci-init with a plan.
//
// The caller's memory is shared with stage 1 only from clone to execve (CLONE_VM|CLONE_VFORK), in
// the caller's own cgroup: nothing that can be killed for want of memory in the container's cgroup
// ever shares it.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/plan/plan.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// The process that init will become. Killed and reaped unless committed.
class Child {
 public:
  Child() = default;
  Child(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  Child(Child&& other) noexcept
      : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}
  Child& operator=(Child&& other) noexcept;
  ~Child() { end(); }
  pid_t pid() const noexcept { return pid_; }
  FdRef pidfd() const noexcept { return FdRef(pidfd_); }
  // From here on it lives on its own.
  UniqueFd commit() noexcept {
    pid_ = 0;
    return std::move(pidfd_);
  }

 private:
  void end() noexcept;
  pid_t pid_ = 0;
  UniqueFd pidfd_;
};

struct OpenedFd {
  plan::Slot slot;
  UniqueFd fd;
};

// One packet of init, with the descriptors it carried.
struct Received {
  plan::Report report;
  std::vector<UniqueFd> fds;
};

struct Launched {
  UniqueFd channel;
  Child child;
  std::vector<Received> early;  // said before this returned; comes before what is on the channel
};

// `fds`: what the plan's FdSources were opened to; closed when init has them. `title`: what ps(1)
// shows is `<title> init`. Returns when stage 2 exists. A failed step of stage 1 is a step_error().
Result<Launched> launch(const plan::Plan& plan, std::vector<OpenedFd> fds,
                        const std::string& title);

// `bytes` in a sealed file that has no name, to be read from its beginning.
Result<UniqueFd> data_memfd(const char* name, std::string_view bytes);

// The failed step in words, with code, errno, pointer and step name.
Error step_error(const plan::Plan& plan, const plan::Report& report);

}  // namespace oci::runtime
