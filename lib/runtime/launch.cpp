#include "lib/runtime/launch.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "lib/base/try.h"
#include "lib/plan/print.h"
#include "lib/runtime/drill.h"
#include "lib/sys/call.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
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

Result<UniqueFd> plan_memfd(const plan::Plan& plan, const std::vector<OpenedFd>& fds, int channel) {
  std::vector<std::byte> blob = plan.init;
  plan::Header header;
  std::memcpy(&header, blob.data(), sizeof header);
  if (fds.size() > header.inherited.size())
    return Error{Code::kUnsupported, "too many descriptors for the plan", 0, {}, {}};
  header.channel = channel;
  header.inherited_count = static_cast<std::uint32_t>(fds.size());
  header.fail_step = drilled_step();
  for (std::size_t i = 0; i < fds.size(); ++i) header.inherited[i] = {fds[i].slot, fds[i].fd.get()};
  std::memcpy(blob.data(), &header, sizeof header);
  return data_memfd("oci-plan", {reinterpret_cast<const char*>(blob.data()), blob.size()});
}

struct Stage1 {
  int image;
  int first_closed;  // descriptors from here on are closed at exec, but for `kept`
  const int* kept;
  std::size_t kept_count;
  const char* const* argv;
  const char* const* envp;
};

// Runs in the caller's memory until execve: raw calls only, nothing of the caller's state.
int enter_image(void* argument) {
  const auto* s = static_cast<const Stage1*>(argument);
  constexpr unsigned kSetCloexec = 4;
  sys::call::close_range(static_cast<unsigned>(s->first_closed), ~0u, kSetCloexec);
  for (std::size_t i = 0; i < s->kept_count; ++i) sys::raw(__NR_fcntl, s->kept[i], F_SETFD, 0);
  return sys::Res{sys::raw(__NR_execveat, s->image, sys::word(""), sys::word(s->argv),
                           sys::word(s->envp), AT_EMPTY_PATH)}
      .err();
}

Result<pid_t> clone_stage1(Stage1& stage1) {
  constexpr std::size_t kStack = 16384;
  alignas(16) static thread_local char stack[kStack];
  clone_args args{};
  args.flags = CLONE_VM | CLONE_VFORK | CLONE_CLEAR_SIGHAND;
  args.stack = reinterpret_cast<std::uintptr_t>(stack);
  args.stack_size = kStack;
  const sys::BlockedSignals blocked;
  const sys::Word pid = sys::clone3_vm(&args, sizeof args, enter_image, &stage1);
  if (pid < 0) return sys::call_error("clone3", "", static_cast<int>(-pid));
  return static_cast<pid_t>(pid);
}

// Exit code of a child; that of stage 1: 0, or the errno of its execve.
int reap_child(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, __WALL) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

bool before_clone(const plan::Plan& plan, std::uint32_t step) {
  plan::View view;
  if (!view.open(plan.init)) return true;
  const auto steps = view.steps();
  for (std::size_t i = 0; i < steps.size() && i < step; ++i)
    if (steps[i].op == plan::Op::kClone) return false;
  return true;
}

}  // namespace

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    end();
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::move(other.pidfd_);
  }
  return *this;
}

void Child::end() noexcept {
  if (pid_ == 0) return;
  (void)sys::send_signal(FdRef(pidfd_), SIGKILL);
  (void)sys::reap(FdRef(pidfd_));
  pid_ = 0;
}

namespace {

// Steps whose subject names the call already, as runc's text does.
bool tells_call(plan::Op op) {
  return op == plan::Op::kExec || op == plan::Op::kMakeDir || op == plan::Op::kSeccomp ||
         op == plan::Op::kCaps || op == plan::Op::kSetns || op == plan::Op::kOomScoreAdj ||
         op == plan::Op::kRlimit;
}

constexpr std::string_view kStatNote = "stat ";

std::string step_text(const plan::View& view, const plan::Step& step, const std::string& subject,
                      std::string_view note, int err) {
  const std::string reason(sys::errno_text(err));
  if (step.op == plan::Op::kOpenTree && step.src == plan::kNoSlot && note == "open")
    return "failed to fulfil mount request: open " + std::string(view.str(step.s0)) + ": " + reason;
  if (step.op == plan::Op::kFindProgram && note == kStatNote)
    return subject + ": stat " + std::string(view.str(view.list(step.list)[0])) + ": " + reason;
  if (step.op == plan::Op::kFindProgram && note.size() > kStatNote.size())
    return subject + ": " + std::string(note);  // a whole sentence
  if (step.op == plan::Op::kClone && step.src != plan::kNoSlot &&
      (err == EBUSY || err == EOPNOTSUPP))
    return subject + ": error adding pid of the process to cgroups: " +
           reason;  // no internal processes: cgroups(7)
  const bool told = tells_call(step.op) || (step.op == plan::Op::kChdir && note == "chdir");
  if (note.empty() || told) return subject + ": " + reason;
  return subject + ": " + std::string(note) + ": " + reason;
}

}  // namespace

Result<UniqueFd> data_memfd(const char* name, std::string_view bytes) {
  UniqueFd fd(make_memfd(name, MFD_NOEXEC_SEAL));
  if (fd.get() < 0) return sys::last_error("memfd_create", name);
  TRY(fill_and_seal(fd, bytes));
  if (::lseek(fd.get(), 0, SEEK_SET) < 0) return sys::last_error("lseek", name);
  return fd;
}

Error step_error(const plan::Plan& plan, const plan::Report& report) {
  Error error = sys::call_error("init", "", report.err);
  plan::View view;
  if (!view.open(plan.init) || report.step >= view.steps().size() ||
      report.step >= plan.notes.size())
    return error;
  const plan::Step& step = view.steps()[report.step];
  const std::string_view note(report.note, ::strnlen(report.note, sizeof report.note));
  error.step = std::string(plan::op_name(step.op));
  const std::string& subject = plan.notes[report.step].subject;
  error.text = step_text(view, step, subject.empty() ? error.step : subject, note, report.err);
  error.where = plan.notes[report.step].pointer;
  if (step.op == plan::Op::kFindProgram || step.op == plan::Op::kExec) error.code = Code::kExec;
  return error;
}

Result<Launched> launch(const plan::Plan& plan, std::vector<OpenedFd> fds,
                        const std::string& title) {
  const UniqueFd image = TRY(init_image());
  auto pair = TRY(sys::make_seqpacket_pair());
  const UniqueFd blob = TRY(plan_memfd(plan, fds, pair.second.get()));
  const std::string variable =
      "OCI_PLAN=" + std::to_string(blob.get()) + ":" + std::to_string(plan.init.size());
  std::vector<int> kept{blob.get(), pair.second.get()};
  for (const OpenedFd& fd : fds) kept.push_back(fd.fd.get());
  const char* argv[] = {title.c_str(), "init", nullptr};
  const char* envp[] = {variable.c_str(), nullptr};
  Stage1 stage1{image.get(), 3 + plan.keep_fds, kept.data(), kept.size(), argv, envp};
  const pid_t first = TRY(clone_stage1(stage1));
  pair.second.reset();
  fds.clear();
  drill_point();

  // Stage 2 may speak before stage 1 has told its pid; what it said is kept for serve().
  std::vector<Received> early;
  plan::Report report{};
  bool told = false;
  while (!told) {
    auto message =
        sys::receive_message(FdRef(pair.first), {reinterpret_cast<char*>(&report), sizeof report});
    if (!message || message->size != sizeof report) break;
    told = report.kind == plan::ReportKind::kPid;
    if (!told) early.push_back({report, std::move(message->fds)});
    if (report.kind == plan::ReportKind::kError && early.size() == 1 &&
        before_clone(plan, report.step))
      break;
  }
  const int code = reap_child(first);
  drill_point();
  if (told) {
    const auto pid = static_cast<pid_t>(report.value);
    auto pidfd = sys::open_pidfd(pid);
    if (!pidfd) {  // not yet waited for, so the number is still its own
      ::kill(pid, SIGKILL);
      (void)reap_child(pid);
      return std::move(pidfd).error();
    }
    return Launched{std::move(pair.first), Child(pid, pidfd.take()), std::move(early)};
  }
  if (!early.empty()) return step_error(plan, early.front().report);
  return sys::call_error("execveat", "oci-init", code > 0 && code < 120 ? code : EIO);
}

}  // namespace oci::runtime
