// The thread that sends a filter's listener to the outside.
//
// Once the filter is loaded, any system call of this process may have to wait for the agent's
// answer, also the one that would send the agent the listener. The messenger is started before and
// stays without the filter, which seccomp(2) gives to the calling thread alone; it shares the
// descriptors, so what it needs to be told is a number in memory. Spec: config-linux.md#seccomp
#include <linux/futex.h>
#include <linux/sched.h>

#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr std::int32_t kNothing = 0, kComing = -1;  // else a descriptor + 1
constinit std::int32_t parcel = kNothing;
alignas(16) constinit std::array<std::byte, 4096> stack{};

int carry(void*) noexcept {
  while (__atomic_load_n(&parcel, __ATOMIC_ACQUIRE) == kNothing)
    raw(__NR_futex, word(&parcel), FUTEX_WAIT_PRIVATE, kNothing, 0);
  std::int32_t given = kComing;
  while ((given = __atomic_load_n(&parcel, __ATOMIC_ACQUIRE)) == kComing) raw(__NR_sched_yield);
  send(plan::ReportKind::kFd, static_cast<std::int64_t>(plan::FdPurpose::kSeccompListener), 0,
       given - 1);
  call::close(given - 1);
  for (;;) raw(__NR_exit, 0);
}

}  // namespace

int start_messenger() noexcept {
  clone_args args{};
  args.flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
  args.stack = reinterpret_cast<std::uintptr_t>(stack.data());
  args.stack_size = stack.size();
  return Res{sys::clone3_vm(&args, sizeof args, carry, nullptr)}.err();
}

void alert_messenger() noexcept {
  __atomic_store_n(&parcel, kComing, __ATOMIC_RELEASE);
  raw(__NR_futex, word(&parcel), FUTEX_WAKE_PRIVATE, 1);
}

void give_messenger(int fd) noexcept { __atomic_store_n(&parcel, fd + 1, __ATOMIC_RELEASE); }

}  // namespace oci::init
