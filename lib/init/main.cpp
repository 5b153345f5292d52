// Entry and the two stages.
#include <linux/prctl.h>
#include <linux/sched.h>

#include <cstring>

#include "lib/init/init.h"

namespace oci::init {

constinit Context g{};

namespace {

constexpr int kSigchldNone = 0;
constexpr int kDrillError = 5;  // EIO

}  // namespace

// What monitoring looks for in the way to a container's process: "<name>:[1:CHILD]", then
// "<name>:[2:INIT]", with the name that the runtime was called by (C025).
void set_role(std::string_view role) noexcept {
  char name[16] = {};
  std::string_view called{g.title};
  if (const auto slash = called.rfind('/'); slash != std::string_view::npos)
    called.remove_prefix(slash + 1);
  const std::size_t room = sizeof name - 1 - role.size();
  if (called.size() > room) called = called.substr(0, room);
  std::memcpy(name, called.data(), called.size());
  std::memcpy(name + called.size(), role.data(), role.size());
  call::prctl(PR_SET_NAME, word(name));
}

// The new process is the caller's child, not stage 1's: the caller alone waits for it. It has no
// exit signal until it is re-parented.
int do_clone(const Step& s) noexcept {
  clone_args args{};
  args.flags = s.n0 | g.unmade_namespaces | CLONE_PARENT;
  args.exit_signal = kSigchldNone;
  if (s.src != plan::kNoSlot) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<std::uint64_t>(slot(s.src));
  }
  const Res pid{raw(__NR_clone3, word(&args), sizeof args)};
  if (!pid.ok()) return fail("clone3", pid);
  if (pid.v == 0) {
    // Nothing of the host's is held open where the container's processes can see it.
    drop_slot(s.src);
    set_role(":[2:INIT]");
    return 0;
  }
  g.note = "";
  send(plan::ReportKind::kPid, pid.v, 0);
  quit(0);
}

namespace {

int sync_point(const Step& s) noexcept {
  g.note = "";
  send(plan::ReportKind::kSync, static_cast<std::int64_t>(s.n0), 0);
  return wait_word(g.channel) ? 0 : fail("the runtime has gone", 32);
}

int carry_out(const Step& s) noexcept {
  switch (s.op) {
    case Op::kEnd: return 0;
    case Op::kClone: return do_clone(s);
    case Op::kSync: return sync_point(s);
    case Op::kFsMount:
    case Op::kOpenTree:
    case Op::kIdMap:
    case Op::kMountAttr:
    case Op::kPropagation:
    case Op::kOpenRoot:
    case Op::kAttach:
    case Op::kRemount:
    case Op::kDetachMount:
    case Op::kCheckDevice: return do_mount_step(s);
    case Op::kCopyUp: return do_copy_up(s);
    case Op::kMakeDir:
    case Op::kDevNode:
    case Op::kSymlink:
    case Op::kMaskPath:
    case Op::kReadonlyPath:
    case Op::kOpenPath:
    case Op::kOpenProc:
    case Op::kSysctl:
    case Op::kLsmAttr: return do_file_step(s);
    case Op::kOomScoreAdj:
    case Op::kCgroupEnter:
    case Op::kSetns:
    case Op::kTimeOffsets:
    case Op::kUnshare:
    case Op::kBecomeRoot:
    case Op::kLoopbackUp:
    case Op::kPivotRoot:
    case Op::kMoveRoot:
    case Op::kChroot:
    case Op::kHostname:
    case Op::kDomainname: return do_root_step(s);
    case Op::kConsole:
    case Op::kSetsid:
    case Op::kControllingTty:
    case Op::kDup:
    case Op::kStdioOwner:
    case Op::kStdioNull: return do_terminal_step(s);
    case Op::kSetIds:
    case Op::kKeepCaps:
    case Op::kBoundingCaps:
    case Op::kCaps:
    case Op::kAmbientCaps:
    case Op::kNoNewPrivs:
    case Op::kSeccomp: return do_identity_step(s);
    case Op::kFindProgram:
    case Op::kHome:
    case Op::kGate:
    case Op::kExec: return do_program_step(s);
    default: return do_process_step(s);
  }
}

// Negative if there is none.
int channel_of(const char* const* envp) noexcept {
  constexpr std::string_view kName = plan::kInitVariable;
  if (envp[0] == nullptr || std::string_view{envp[0]}.substr(0, kName.size()) != kName) return -1;
  int number = 0;
  for (const char* p = envp[0] + kName.size(); *p != 0; ++p) {
    if (*p < '0' || *p > '9') return -1;
    number = number * 10 + (*p - '0');
  }
  return number;
}

// Nothing the caller had blocked or ignored reaches the program. CLONE_CLEAR_SIGHAND and execve
// reset what is handled, not what is ignored: clone(2), execve(2). All zero is SIG_DFL.
void reset_signals() noexcept {
  const std::uint64_t none = 0;
  constexpr long kSetMask = 2;
  raw(__NR_rt_sigprocmask, kSetMask, word(&none), 0, sizeof none);
  constexpr int kLastSignal = 64;
  const std::array<std::uint64_t, 4> default_action{};
  for (int signal = 1; signal <= kLastSignal; ++signal)
    raw(__NR_rt_sigaction, signal, word(default_action.data()), 0, sizeof none);
}

}  // namespace
}  // namespace oci::init

extern "C" [[noreturn]] __attribute__((used)) void oci_init_main(const long* stack) {
  using namespace oci::init;
  call::prctl(PR_SET_DUMPABLE, 0);
  g.note = "";
  g.report = -1;
  const auto* argv = reinterpret_cast<const char* const*>(stack + 1);
  g.channel = channel_of(argv + stack[0] + 1);
  g.title = stack[0] > 0 ? argv[0] : "";
  set_role(":[1:CHILD]");
  reset_signals();
  if (!receive_plan()) quit(122);
  const std::uint32_t fail_step = g.plan.header().fail_step;
  for (const Step& s : g.plan.steps()) {
    g.note = "";
    const bool drilled = fail_step == g.step + 1;
    if (const int e = drilled ? kDrillError : carry_out(s); e != 0) {
      send(oci::plan::ReportKind::kError, 0, e);
      quit(1);
    }
    ++g.step;
  }
  quit(0);
}

#if defined(__x86_64__)
__asm__(
    ".text\n.globl _start\n.type _start,@function\n_start:\n"
    "\txor %ebp,%ebp\n\tmov %rsp,%rdi\n\tand $-16,%rsp\n"
    "\tcall oci_init_main\n\thlt\n");
#else
__asm__(
    ".text\n.globl _start\n.type _start,%function\n_start:\n"
    "\tmov x29,#0\n\tmov x30,#0\n\tmov x0,sp\n"
    "\tbl oci_init_main\n\tbrk #1\n");
#endif
