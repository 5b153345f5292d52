#include "lib/runtime/stage1.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <utility>

#include "lib/base/try.h"
#include "lib/plan/init_plan.h"
#include "lib/sys/call.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/signals.h"
#include "lib/sys/socket.h"

extern "C" const char oci_init_begin[] __attribute__((visibility("hidden")));
extern "C" const char oci_init_end[] __attribute__((visibility("hidden")));

namespace oci::runtime {
namespace {

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U
#endif
#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x8U
#endif

// Kernels before 6.3 do not know the last flag.
int make_memfd(const char* name, unsigned flag) {
  const int fd = ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | flag);
  return fd < 0 && errno == EINVAL ? ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING) : fd;
}

Status fill_and_seal(FdRef fd, std::string_view bytes) {
  TRY(sys::write_all(fd, bytes));
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
    return sys::last_error("fcntl F_ADD_SEALS", "");
  return {};
}

// Where vm.memfd_noexec forbids executable memfds: a file on a tmpfs that is attached nowhere.
Result<UniqueFd> image_on_tmpfs(std::string_view bytes) {
  const UniqueFd context(sys::call::fsopen("tmpfs").fd());
  if (context.get() < 0) return sys::call_error("fsopen", "tmpfs", -context.get());
  if (auto r = sys::call::fsconfig_create(context.get()); !r.ok())
    return sys::call_error("fsconfig", "tmpfs", r.err());
  const UniqueFd mount(
      sys::call::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV).fd());
  if (mount.get() < 0) return sys::call_error("fsmount", "tmpfs", -mount.get());
  {
    const UniqueFd file = TRY(sys::open_at(mount, "oci-init", O_WRONLY | O_CREAT | O_EXCL, 0500));
    TRY(sys::write_all(file, bytes));
  }
  return sys::open_at(mount, "oci-init", O_RDONLY);
}

Result<UniqueFd> init_image() {
  const std::string_view bytes(oci_init_begin,
                               static_cast<std::size_t>(oci_init_end - oci_init_begin));
  UniqueFd fd(make_memfd("oci-init", MFD_EXEC));
  if (fd.get() < 0) {
    if (errno == EACCES) return image_on_tmpfs(bytes);
    return sys::last_error("memfd_create", "oci-init");
  }
  TRY(fill_and_seal(fd, bytes));
  return fd;
}

}  // namespace

struct Stage1::Memory {
  std::string title, variable;
  const char* argv[3];
  const char* envp[2];
  int image, channel;
  int first_closed;  // descriptors from here on are closed at exec, but for the channel
  alignas(16) std::byte stack[16384];
};

namespace {

// Runs in the caller's memory until execve: raw calls only, nothing of the caller's state.
template <class Memory>
int enter_image(void* argument) {
  const auto* m = static_cast<const Memory*>(argument);
  constexpr unsigned kSetCloexec = 4;
  sys::call::close_range(static_cast<unsigned>(m->first_closed), ~0u, kSetCloexec);
  sys::raw(__NR_fcntl, m->channel, F_SETFD, 0);
  return sys::Res{sys::raw(__NR_execveat, m->image, sys::word(""), sys::word(m->argv),
                           sys::word(m->envp), AT_EMPTY_PATH)}
      .err();
}

}  // namespace

Stage1::Stage1(std::unique_ptr<Memory> memory, pid_t pid, UniqueFd channel)
    : memory_(std::move(memory)), pid_(pid), channel_(std::move(channel)) {}

Stage1::Stage1(Stage1&& other) noexcept
    : memory_(std::move(other.memory_)),
      pid_(std::exchange(other.pid_, 0)),
      channel_(std::move(other.channel_)) {}

Stage1::~Stage1() {
  channel_.reset();
  reap();
}

Result<Stage1> Stage1::begin(int keep_fds, const std::string& title) {
  const UniqueFd image = TRY(init_image());
  auto pair = TRY(sys::make_seqpacket_pair());
  auto memory = std::make_unique_for_overwrite<Memory>();
  memory->title = title;
  memory->variable = std::string(plan::kInitVariable) + std::to_string(pair.second.get());
  memory->argv[0] = memory->title.c_str();
  memory->argv[1] = "init";
  memory->argv[2] = nullptr;
  memory->envp[0] = memory->variable.c_str();
  memory->envp[1] = nullptr;
  memory->image = image.get();
  memory->channel = pair.second.get();
  memory->first_closed = 3 + keep_fds;
  clone_args args{};
  args.flags = CLONE_VM | CLONE_CLEAR_SIGHAND;
  args.stack = reinterpret_cast<std::uintptr_t>(memory->stack);
  args.stack_size = sizeof memory->stack;
  const sys::BlockedSignals blocked;
  const sys::Word pid = sys::clone3_vm(&args, sizeof args, enter_image<Memory>, memory.get());
  if (pid < 0) return sys::call_error("clone3", "", static_cast<int>(-pid));
  return Stage1(std::move(memory), static_cast<pid_t>(pid), std::move(pair.first));
}

void Stage1::work_beside() noexcept {
  cpu_set_t others;
  const int here = ::sched_getcpu();
  if (here < 0 || here >= CPU_SETSIZE || ::sched_getaffinity(0, sizeof others, &others) < 0) return;
  CPU_CLR(here, &others);
  if (CPU_COUNT(&others) > 0) (void)::sched_setaffinity(pid_, sizeof others, &others);
}

Status Stage1::send_order(const plan::Order& order, std::span<const int> fds) {
  auto sent = sys::send_message(FdRef(channel_),
                                {reinterpret_cast<const char*>(&order), sizeof order}, fds);
  // It has gone already: its end says why.
  if (!sent && sent.error().sys_errno == EPIPE) return {};
  return sent;
}

Status Stage1::make_namespaces(std::uint64_t namespaces) {
  return namespaces == 0 ? Status{} : send_order({namespaces, 0}, {});
}

Status Stage1::send_plan(std::uint64_t size, std::span<const int> fds) {
  return send_order({0, size}, fds);
}

int Stage1::reap() noexcept {
  if (pid_ == 0) return 0;
  int status = 0;
  while (::waitpid(pid_, &status, __WALL) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Result<UniqueFd> data_memfd(const char* name, std::string_view bytes) {
  UniqueFd fd(make_memfd(name, MFD_NOEXEC_SEAL));
  if (fd.get() < 0) return sys::last_error("memfd_create", name);
  TRY(fill_and_seal(fd, bytes));
  if (::lseek(fd.get(), 0, SEEK_SET) < 0) return sys::last_error("lseek", name);
  return fd;
}

}  // namespace oci::runtime
