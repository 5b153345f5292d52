#include "lib/runtime/serve.h"

#include <cerrno>

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

Result<Received> next(Launched& launched) {
  if (!launched.early.empty()) {
    Received first = std::move(launched.early.front());
    launched.early.erase(launched.early.begin());
    return first;
  }
  Received received{};
  auto message = TRY(receive(FdRef(launched.channel), received.report));
  if (message.size != sizeof received.report)
    return Error{Code::kSystem, "container init has ended without a word", EPIPE, {}, {}};
  received.fds = std::move(message.fds);
  return received;
}

void take_fd(Served& served, Received& received) {
  if (received.fds.empty()) return;
  const auto purpose = static_cast<plan::FdPurpose>(received.report.value);
  (purpose == plan::FdPurpose::kConsoleMaster ? served.console_master : served.seccomp_listener) =
      std::move(received.fds.front());
}

}  // namespace

Result<Served> serve(const plan::Plan& plan, Launched& launched,
                     const std::function<Status(plan::SyncPoint)>& on_sync) {
  Served served;
  for (;;) {
    Received received = TRY(next(launched));
    const plan::Report& report = received.report;
    switch (report.kind) {
      case plan::ReportKind::kReady: return served;
      case plan::ReportKind::kError: return step_error(plan, report);
      case plan::ReportKind::kFd: take_fd(served, received); break;
      case plan::ReportKind::kWarning:
        served.warnings.push_back(
            "can't raise ambient capability " +
            std::string(words::kCapabilities[static_cast<std::size_t>(report.value) %
                                             words::kCapabilities.size()]) +
            ": " + std::string(sys::errno_text(report.err)));
        break;
      case plan::ReportKind::kSync:
        drill_point();
        TRY(on_sync(static_cast<plan::SyncPoint>(report.value)));
        drill_point();
        TRY(say_go(FdRef(launched.channel)));
        break;
      case plan::ReportKind::kPid: break;
    }
  }
}

Status say_go(FdRef channel) { return sys::send_message(channel, "G"); }

Status wait_executed(const plan::Plan& plan, FdRef channel) {
  UniqueFd none;
  return drain_until_executed(plan, channel, none);
}

Status drain_until_executed(const plan::Plan& plan, FdRef channel, UniqueFd& master) {
  for (;;) {
    plan::Report report{};
    auto message = TRY(receive(channel, report));
    if (message.size != sizeof report) return {};  // the channel closed at execve
    if (report.kind == plan::ReportKind::kError) return step_error(plan, report);
    if (report.kind == plan::ReportKind::kFd && !message.fds.empty())
      master = std::move(message.fds.front());
  }
}

}  // namespace oci::runtime
