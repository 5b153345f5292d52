// EventStream: the end of init and the lack of memory behind one epoll descriptor.
#include "lib/runtime/events.h"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/process.h"

namespace oci {

struct EventStream::Impl {
  explicit Impl(cgroup::Cgroup of) : group(std::move(of)) {}

  UniqueFd epoll, init;
  cgroup::Cgroup group;
  std::optional<cgroup::Cgroup::MemoryEvents> memory;
  std::uint64_t kills = 0;  // v2: of those that were told
  bool ended = false;

  // True: there was a lack of memory since the last time.
  bool out_of_memory() { return memory && (memory->control ? counted() : grown()); }

  bool counted() const {
    std::uint64_t count = 0;
    if (::read(memory->fd.get(), &count, sizeof count) != sizeof count) return false;
    // The kernel counts the removal of the cgroup, too.
    char byte;
    const bool removed = ::pread(memory->control.get(), &byte, 1, 0) < 0;
    return count > (removed ? 1u : 0u);
  }

  bool grown() {
    char buffer[4096];
    while (::read(memory->fd.get(), buffer, sizeof buffer) > 0) {
    }
    const auto now = group.oom_kills();
    if (!now || *now <= kills) return false;
    kills = *now;
    return true;
  }
};

EventStream::EventStream(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
EventStream::EventStream(EventStream&&) noexcept = default;
EventStream& EventStream::operator=(EventStream&&) noexcept = default;
EventStream::~EventStream() = default;

int EventStream::fd() const noexcept { return impl_->epoll.get(); }

Result<std::optional<ContainerEvent>> EventStream::next(std::chrono::milliseconds timeout) {
  using Event = std::optional<ContainerEvent>;
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    if (impl_->ended) return Event(ContainerEvent::kEnded);
    // Asked for in this order: the lack may be why it ended.
    const bool ended = TRY(sys::wait_ended(impl_->init, std::chrono::milliseconds(0)));
    if (impl_->out_of_memory()) return Event(ContainerEvent::kOutOfMemory);
    impl_->ended = ended;
    if (ended) continue;
    int wait = -1;
    if (timeout.count() >= 0) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
      wait = static_cast<int>(std::clamp<long long>(left.count(), 0, INT_MAX));
    }
    epoll_event event{};
    const int n = ::epoll_wait(impl_->epoll.get(), &event, 1, wait);
    if (n < 0 && errno != EINTR) return sys::last_error("epoll_wait", {});
    if (n == 0) return Event();
  }
}

namespace runtime {
namespace {

Status add(FdRef epoll, FdRef fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd.get(), &event) == 0) return {};
  return sys::last_error("epoll_ctl", {});
}

}  // namespace

Result<EventStream> watch_container(const Record& record) {
  auto pidfd = sys::open_identified(record.init);
  if (!pidfd && pidfd.error().sys_errno == ESRCH)
    return Error{Code::kNotRunning, "container not running", ESRCH, {}, {}};
  auto impl = std::make_unique<EventStream::Impl>(TRY(open_cgroup(record)));
  impl->init = TRY(std::move(pidfd));
  impl->epoll = UniqueFd(::epoll_create1(EPOLL_CLOEXEC));
  if (!impl->epoll) return sys::last_error("epoll_create1", {});
  TRY(add(impl->epoll, impl->init));
  impl->memory = TRY(impl->group.watch_memory());
  if (impl->memory) {
    TRY(add(impl->epoll, impl->memory->fd));
    if (!impl->memory->control) impl->kills = TRY(impl->group.oom_kills());
  }
  return EventStream(std::move(impl));
}

}  // namespace runtime
}  // namespace oci
