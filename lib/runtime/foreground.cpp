#include "lib/runtime/foreground.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include "lib/base/try.h"
#include "lib/runtime/proxy.h"
#include "lib/runtime/terminal.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/signals.h"

namespace oci::runtime {

namespace {

Status set_nonblocking(FdRef fd) {
  const int flags = ::fcntl(fd.get(), F_GETFL);
  if (flags < 0 || ::fcntl(fd.get(), F_SETFL, flags | O_NONBLOCK) < 0)
    return sys::last_error("fcntl", "");
  return {};
}

// PR_SET_CHILD_SUBREAPER until the end.
class Subreaper {
 public:
  static Result<Subreaper> become() {
    int before = 0;
    if (::prctl(PR_GET_CHILD_SUBREAPER, &before) < 0 || ::prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
      return sys::last_error("prctl(PR_SET_CHILD_SUBREAPER)", "");
    return Subreaper(before == 0);
  }
  Subreaper(Subreaper&& other) noexcept : undo_(std::exchange(other.undo_, false)) {}
  Subreaper& operator=(Subreaper&&) = delete;
  ~Subreaper() {
    if (undo_) ::prctl(PR_SET_CHILD_SUBREAPER, 0);
  }

 private:
  explicit Subreaper(bool undo) : undo_(undo) {}
  bool undo_;
};

bool asks_to_end(int signal) {
  return signal == SIGTERM || signal == SIGINT || signal == SIGHUP || signal == SIGQUIT;
}

}  // namespace

struct Foreground::Impl {
  ForegroundOptions options;
  sys::BlockedSignals blocked;
  UniqueFd signals;
  std::optional<Subreaper> subreaper;
  std::optional<CallerTerminal> terminal;
  UniqueFd master;
  std::array<sys::Pipe, 3> pipes;  // in: ours is the writing end; out, err: the reading one
  Flow in, out, err;
  bool waited = false;
  bool end_asked = false;  // a signal that usually ends a process came after the process had ended

  ~Impl() {
    // What came while the process lived was meant for it: unblocking must not deliver the rest to
    // the caller.
    if (waited) handle_signals(0, nullptr);
  }
  Status make_pipes();
  void close_child_ends();
  void start_flows();
  void handle_signals(pid_t pid, const UniqueFd* pidfd);
  void forward(const signalfd_siginfo& info, pid_t pid, FdRef pidfd);
  void after_flows();
  Status proxy(pid_t pid, const UniqueFd& pidfd, NotifyProxy* notify);
  Status drain();
};

Status Foreground::Impl::make_pipes() {
  for (std::size_t i = 0; i < pipes.size(); ++i) {
    pipes[i] = TRY(sys::make_pipe());
    // Programs reopen /proc/self/fd/1 and the like; both ends are one inode.
    if (::fchown(pipes[i].read.get(), options.owner_uid, options.owner_gid) < 0)
      return sys::last_error("fchown", "pipe");
    TRY(set_nonblocking(i == 0 ? pipes[i].write : pipes[i].read));
  }
  return {};
}

void Foreground::Impl::close_child_ends() {
  pipes[0].read.reset();
  pipes[1].write.reset();
  pipes[2].write.reset();
}

void Foreground::Impl::start_flows() {
  const Stdio& ours = options.stdio;
  const FdRef caller_in(ours.in < 0 ? 0 : ours.in), caller_out(ours.out < 0 ? 1 : ours.out),
      caller_err(ours.err < 0 ? 2 : ours.err);
  if (master) {
    in = Flow(caller_in, master);
    out = Flow(master, caller_out);
  } else if (pipes[0].write) {
    in = Flow(caller_in, pipes[0].write);
    out = Flow(pipes[1].read, caller_out);
    err = Flow(pipes[2].read, caller_err);
  }
}

void Foreground::Impl::forward(const signalfd_siginfo& info, pid_t pid, FdRef pidfd) {
  const int signal = static_cast<int>(info.ssi_signo);
  switch (signal) {
    case SIGCHLD:
      if (subreaper) sys::reap_others(pid);
      return;
    case SIGWINCH:
      // A terminal that cannot be asked any more is gone; the process learns that from SIGHUP.
      if (master && terminal) static_cast<void>(terminal->copy_size(master).ok());
      return;
    case SIGURG: return;
    case SIGPIPE:
      // The kernel's answer to our own write to a closed pipe looks as if we had sent it.
      if (info.ssi_pid == static_cast<std::uint32_t>(::getpid())) return;
      break;
    case SIGCONT: in.resume(); break;
    default: break;
  }
  // It fails only when the process has just ended, which the pidfd tells.
  static_cast<void>(sys::send_signal(pidfd, signal).ok());
}

// Without a pidfd the process has ended: then signals are about the caller.
void Foreground::Impl::handle_signals(pid_t pid, const UniqueFd* pidfd) {
  signalfd_siginfo info;
  while (::read(signals.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    if (pidfd != nullptr)
      forward(info, pid, *pidfd);
    else if (asks_to_end(static_cast<int>(info.ssi_signo)))
      end_asked = true;
  }
}

// Passes the end of one side on to the other, as if there were no proxy between.
void Foreground::Impl::after_flows() {
  if (master) {
    if (out.state() == Flow::State::kBroken) {  // nobody sees the terminal any more: hang up
      in.end();
      master.reset();
    }
    return;
  }
  if (in.ended()) pipes[0].write.reset();
  if (out.ended()) pipes[1].read.reset();
  if (err.ended()) pipes[2].read.reset();
}

Status Foreground::Impl::proxy(pid_t pid, const UniqueFd& pidfd, NotifyProxy* notify) {
  for (;;) {
    std::array<pollfd, 6> p{pollfd{pidfd.get(), POLLIN, 0},
                            {signals.get(), POLLIN, 0},
                            {notify != nullptr ? notify->fd().get() : -1, POLLIN, 0},
                            in.wanted(),
                            out.wanted(),
                            err.wanted()};
    const int n = ::poll(p.data(), p.size(), -1);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return sys::last_error("poll", "");
    if (p[1].revents != 0) handle_signals(pid, &pidfd);
    if (p[2].revents != 0) {
      // A manager that cannot be reached must not end the container.
      auto done = notify->on_readable(pid);
      if (!done || *done) notify = nullptr;
    }
    in.advance(p[3].revents);
    out.advance(p[4].revents);
    err.advance(p[5].revents);
    after_flows();
    if (p[0].revents == 0) continue;
    // What the process said just before its end may still lie in the socket.
    if (notify != nullptr) static_cast<void>(notify->on_readable(pid).ok());
    return {};
  }
}

// What lies ready is passed on; what a surviving child may still write is not waited for.
Status Foreground::Impl::drain() {
  in.end();
  for (Flow* flow : {&out, &err})
    if (!flow->ended()) flow->limit_to_ready();
  while (!end_asked && (!out.ended() || !err.ended())) {
    std::array<pollfd, 3> p{out.wanted(), err.wanted(), {signals.get(), POLLIN, 0}};
    // Sources answer at once or have no more; sinks are waited for.
    const bool waits = out.buffered() || err.buffered();
    const int n = ::poll(p.data(), p.size(), waits ? -1 : 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return sys::last_error("poll", "");
    if (p[2].revents != 0) handle_signals(0, nullptr);
    if (p[0].revents != 0)
      out.advance(p[0].revents);
    else if (!out.buffered())
      out.end();
    if (p[1].revents != 0)
      err.advance(p[1].revents);
    else if (!err.buffered())
      err.end();
  }
  return {};
}

ForegroundOptions foreground_options(bool terminal, const spec::Linux* linux_, const Stdio& stdio,
                                     bool subreaper) {
  const auto host_id = [](const std::vector<spec::IdMapping>& maps, std::uint32_t otherwise) {
    for (const spec::IdMapping& m : maps)
      if (m.container_id == 0 && m.size > 0) return m.host_id;
    return otherwise;
  };
  const spec::Linux none;
  const spec::Linux& from = linux_ != nullptr ? *linux_ : none;
  return {terminal, subreaper, host_id(from.uid_mappings, ::geteuid()),
          host_id(from.gid_mappings, ::getegid()), stdio};
}

Result<Foreground> Foreground::prepare(const ForegroundOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  if (options.terminal)
    impl->terminal.emplace(TRY(CallerTerminal::find(options.stdio)));
  else
    TRY(impl->make_pipes());
  impl->signals = TRY(sys::open_signal_fd());
  if (options.subreaper) impl->subreaper.emplace(TRY(Subreaper::become()));
  return Foreground(std::move(impl));
}

Stdio Foreground::child_stdio() const {
  return {impl_->pipes[0].read.get(), impl_->pipes[1].write.get(), impl_->pipes[2].write.get()};
}

Status Foreground::attach(UniqueFd master) {
  impl_->close_child_ends();
  if (!master || !impl_->terminal) return {};
  TRY(sys::clear_onlcr(master));
  TRY(impl_->terminal->copy_size(master));
  TRY(set_nonblocking(master));
  TRY(impl_->terminal->make_raw());
  impl_->master = std::move(master);
  return {};
}

Result<ExitStatus> Foreground::wait(pid_t pid, FdRef pidfd, NotifyProxy* notify) {
  impl_->waited = true;
  impl_->close_child_ends();
  impl_->start_flows();
  const UniqueFd own = TRY(sys::duplicate(pidfd));
  Status proxied = impl_->proxy(pid, own, notify);
  if (proxied) proxied = impl_->drain();
  if (impl_->terminal) impl_->terminal->restore();
  TRY(std::move(proxied));
  const sys::ProcessExit exit = TRY(sys::reap(own));
  if (impl_->subreaper) sys::reap_others(pid);
  return ExitStatus{exit.signaled, exit.value};
}

Foreground::Foreground(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Foreground::Foreground(Foreground&&) noexcept = default;
Foreground::~Foreground() = default;

}  // namespace oci::runtime
