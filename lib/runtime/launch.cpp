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
#include "lib/runtime/id_map_error.h"
#include "lib/sys/call.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/signals.h"
#include "lib/sys/socket.h"

namespace oci::runtime {
namespace {

// The plan with what is known only now: where the descriptors go that come with it.
Result<UniqueFd> plan_memfd(const plan::Plan& plan, const std::vector<OpenedFd>& fds) {
  std::vector<std::byte> blob = plan.init;
  plan::Header header;
  std::memcpy(&header, blob.data(), sizeof header);
  if (fds.size() > header.inherited.size())
    return Error{Code::kUnsupported, "too many descriptors for the plan", 0, {}, {}};
  header.inherited_count = static_cast<std::uint32_t>(fds.size());
  header.fail_step = drilled_step();
  for (std::size_t i = 0; i < fds.size(); ++i) header.inherited[i] = fds[i].slot;
  std::memcpy(blob.data(), &header, sizeof header);
  return data_memfd("oci-plan", {reinterpret_cast<const char*>(blob.data()), blob.size()});
}

Status send_plan(Stage1& stage1, const plan::Plan& plan, const std::vector<OpenedFd>& fds) {
  const UniqueFd blob = TRY(plan_memfd(plan, fds));
  std::vector<int> given{blob.get()};
  for (const OpenedFd& fd : fds) given.push_back(fd.fd.get());
  return stage1.send_plan(plan.init.size(), given);
}

bool before_clone(const plan::Plan& plan, std::uint32_t step) {
  plan::View view;
  if (!view.open(plan.init)) return true;
  const auto steps = view.steps();
  for (std::size_t i = 0; i < steps.size() && i < step; ++i)
    if (steps[i].op == plan::Op::kClone) return false;
  return true;
}

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
  error.text =
      step.op == plan::Op::kIdMap && report.note[0] != 0
          ? id_map_error(view, report.step, report.err)
          : step_text(view, step, subject.empty() ? error.step : subject, note, report.err);
  error.where = plan.notes[report.step].pointer;
  if (step.op == plan::Op::kFindProgram || step.op == plan::Op::kExec) error.code = Code::kExec;
  return error;
}

Result<Launched> launch(Stage1 stage1, const plan::Plan& plan, std::vector<OpenedFd> fds) {
  TRY(send_plan(stage1, plan, fds));
  fds.clear();
  drill_point();

  // Stage 2 may speak before stage 1 has told its pid; what it said is kept for serve().
  std::vector<Received> early;
  plan::Report report{};
  bool told = false;
  while (!told) {
    auto message =
        sys::receive_message(stage1.channel(), {reinterpret_cast<char*>(&report), sizeof report});
    if (!message || message->size != sizeof report) break;
    told = report.kind == plan::ReportKind::kPid;
    if (!told) early.push_back({report, std::move(message->fds)});
    if (report.kind == plan::ReportKind::kError && early.size() == 1 &&
        before_clone(plan, report.step))
      break;
  }
  const int code = stage1.reap();
  drill_point();
  if (told) {
    const auto pid = static_cast<pid_t>(report.value);
    auto pidfd = sys::open_pidfd(pid);
    if (!pidfd) {  // not yet waited for, so the number is still its own
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, nullptr, __WALL) < 0 && errno == EINTR) {
      }
      return std::move(pidfd).error();
    }
    return Launched{stage1.take_channel(), Child(pid, pidfd.take()), std::move(early)};
  }
  if (!early.empty()) return step_error(plan, early.front().report);
  return sys::call_error("execveat", "oci-init", code > 0 && code < 120 ? code : EIO);
}

}  // namespace oci::runtime
