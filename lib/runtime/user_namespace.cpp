#include "lib/runtime/user_namespace.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>

#include "lib/base/try.h"
#include "lib/runtime/child.h"
#include "lib/runtime/drill.h"
#include "lib/runtime/id_maps.h"
#include "lib/sys/call.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/signals.h"

namespace oci::runtime {
namespace {

struct Inhabitant {
  int alive;  // reading end of a pipe whose other end only the caller keeps
  char said;
  alignas(16) std::byte stack[4096];
};

// In the caller's memory, which it leaves alone: raw calls only. Nothing of the caller's stays open
// in it, the pipe's other end least of all.
int wait_for_end(void* argument) {
  auto* inhabitant = static_cast<Inhabitant*>(argument);
  const auto alive = static_cast<unsigned>(inhabitant->alive);
  if (alive > 0) sys::call::close_range(0, alive - 1, 0);
  sys::call::close_range(alive + 1, ~0u, 0);
  while (sys::call::read(inhabitant->alive, &inhabitant->said, 1).err() == EINTR) {
  }
  return 0;
}

Error refused(int err) {
  Error error = sys::call_error("clone3", "user namespace", err);
  if (err == ENOSPC || err == EUSERS) error.text += " (see user.max_user_namespaces)";
  return error;
}

}  // namespace

Result<UniqueFd> make_user_namespace(const plan::IdMaps& maps) {
  auto pipe = TRY(sys::make_pipe());
  Inhabitant inhabitant{pipe.read.get(), 0, {}};
  int pidfd = -1;
  clone_args args{};
  args.flags = CLONE_NEWUSER | CLONE_VM | CLONE_CLEAR_SIGHAND | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  args.stack = reinterpret_cast<std::uintptr_t>(inhabitant.stack);
  args.stack_size = sizeof inhabitant.stack;
  sys::Word pid = 0;
  {
    const sys::BlockedSignals blocked;
    pid = sys::clone3_vm(&args, sizeof args, wait_for_end, &inhabitant);
  }
  if (pid < 0) return refused(static_cast<int>(-pid));
  const Child child(static_cast<pid_t>(pid), UniqueFd(pidfd));
  drill_point();
  TRY(write_id_maps(child.pid(), maps));
  drill_point();
  return sys::open("/proc/" + std::to_string(pid) + "/ns/user", O_RDONLY);
}

}  // namespace oci::runtime
