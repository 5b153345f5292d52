#include "lib/runtime/serve.h"

#include <cerrno>
#include <optional>

#include "lib/base/try.h"
#include "lib/runtime/drill.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/socket.h"
#include "lib/words/capabilities.h"

namespace oci::runtime {
namespace {

// A peer that ends with an unread word of ours in its queue gives ECONNRESET once, before what it
// had said and its end.
Result<sys::Message> receive(FdRef channel, plan::Report& report) {
  const std::span<char> buffer(reinterpret_cast<char*>(&report), sizeof report);
  auto message = sys::receive_message(channel, buffer);
  if (!message && message.error().sys_errno == ECONNRESET)
    return sys::receive_message(channel, buffer);
  return message;
}

// Nothing: init has let go of the channel.
Result<std::optional<Received>> next(Launched& launched) {
  if (!launched.early.empty()) {
    Received first = std::move(launched.early.front());
    launched.early.erase(launched.early.begin());
    return std::optional(std::move(first));
  }
  Received received{};
  auto message = TRY(receive(FdRef(launched.channel), received.report));
  if (message.size != sizeof received.report) return std::optional<Received>{};
  received.fds = std::move(message.fds);
  return std::optional(std::move(received));
}

// A console's master is kept in `master`.
Status take_fd(Received& received, Launched& launched, UniqueFd& master,
               const OnListener& on_listener) {
  if (received.fds.empty()) return {};
  UniqueFd fd = std::move(received.fds.front());
  if (static_cast<plan::FdPurpose>(received.report.value) == plan::FdPurpose::kConsoleMaster) {
    master = std::move(fd);
    return {};
  }
  drill_point();
  TRY(on_listener(launched.child.pid(), FdRef(fd)));
  drill_point();
  return say_go(FdRef(launched.channel));
}

std::string ambient_warning(const plan::Report& report) {
  return "can't raise ambient capability " +
         std::string(words::kCapabilities[static_cast<std::size_t>(report.value) %
                                          words::kCapabilities.size()]) +
         ": " + std::string(sys::errno_text(report.err));
}

// What a filter keeps init from saying, it cannot tell either.
Error ended(const plan::Plan& plan) {
  std::string text = "container init has ended without a word";
  if (!plan.seccomp.empty())
    text += " (the seccomp profile has to allow what comes after it: sendmsg, read, close, execve)";
  return Error{Code::kSystem, std::move(text), EPIPE, {}, {}};
}

}  // namespace

Result<Served> serve(const plan::Plan& plan, Launched& launched, const Answers& answers) {
  Served served;
  for (;;) {
    std::optional<Received> received = TRY(next(launched));
    if (!received) return ended(plan);
    const plan::Report& report = received->report;
    switch (report.kind) {
      case plan::ReportKind::kReady: return served;
      case plan::ReportKind::kError: return step_error(plan, report);
      case plan::ReportKind::kFd:
        TRY(take_fd(*received, launched, served.console_master, answers.on_listener));
        break;
      case plan::ReportKind::kWarning: served.warnings.push_back(ambient_warning(report)); break;
      case plan::ReportKind::kSync:
        drill_point();
        TRY(answers.on_sync(static_cast<plan::SyncPoint>(report.value)));
        drill_point();
        TRY(say_go(FdRef(launched.channel)));
        break;
      case plan::ReportKind::kPid: break;
    }
  }
}

Status say_go(FdRef channel) { return sys::send_message(channel, "G"); }

Status wait_executed(const plan::Plan& plan, Launched& launched) {
  UniqueFd none;
  return drain_until_executed(plan, launched, none, {});
}

Status drain_until_executed(const plan::Plan& plan, Launched& launched, UniqueFd& master,
                            const OnListener& on_listener) {
  for (;;) {
    std::optional<Received> received = TRY(next(launched));
    if (!received) return {};  // the channel closed at execve
    if (received->report.kind == plan::ReportKind::kError)
      return step_error(plan, received->report);
    if (received->report.kind == plan::ReportKind::kFd)
      TRY(take_fd(*received, launched, master, on_listener));
  }
}

}  // namespace oci::runtime
