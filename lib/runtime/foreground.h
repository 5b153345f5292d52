// What `run` and `exec` do while the process lives: signals, terminal, pipes, orphans.
//
//   auto foreground = TRY(Foreground::prepare(options));
//   ... launch with foreground.child_stdio() (or with a terminal: receive the console master) ...
//   TRY(foreground.attach(std::move(master)));   // before the program starts
//   ... open the gate ...
//   return foreground.wait(pid, pidfd);
//
// From prepare() to the end of the object every signal of the calling thread is blocked (children
// must reset their mask) and the caller may be a subreaper; its terminal is raw from attach() to
// the end of wait(). All three are put back. Signals that come after wait() has begun are used up:
// keep the object while the container is removed, and a second Ctrl-C does not interrupt that. Use
// one object on one thread. Signals reach it only if the process's other threads block them too.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "lib/runtime/notify.h"
#include "oci/fd.h"
#include "oci/result.h"
#include "oci/runtime.h"
#include "oci/spec.h"

namespace oci::runtime {

struct ForegroundOptions {
  bool terminal = false;  // a console master will be attached; otherwise three pipes are made
  bool subreaper =
      false;  // adopt and reap orphans; then *every* ended child of the caller is reaped by wait()
  uid_t owner_uid = 0;  // host ids of the container's root: owner of the pipes
  gid_t owner_gid = 0;
  Stdio stdio;  // the caller's side
};

// For a container: the owner ids are what root of its user namespace is outside of it, else the
// caller's. `linux_` may be null.
ForegroundOptions foreground_options(bool terminal, const spec::Linux* linux_, const Stdio& stdio,
                                     bool subreaper);

class Foreground {
 public:
  // Errors: `open /dev/tty: no such device or address` when a terminal is asked for and the caller
  // has none.
  static Result<Foreground> prepare(const ForegroundOptions& options);
  Foreground(Foreground&&) noexcept;
  Foreground& operator=(Foreground&&) = delete;
  ~Foreground();

  // Descriptors for the new process; all -1 with a terminal. Valid until attach() or wait().
  Stdio child_stdio() const;
  // Takes the console master (empty without a terminal): size and flags are set, the caller's
  // terminal becomes raw. Without a terminal it closes the process's ends of the pipes.
  Status attach(UniqueFd master);
  // Proxies until the process has ended, then passes on what it has left to read, and reaps it.
  // `notify` may be null. Errors: kSystem with ECHILD when it is not a child of the caller (its end
  // is waited for nevertheless).
  Result<ExitStatus> wait(pid_t pid, FdRef pidfd, NotifyProxy* notify = nullptr);

 private:
  struct Impl;
  explicit Foreground(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oci::runtime
