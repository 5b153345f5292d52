#include "lib/runtime/run.h"

#include <unistd.h>

#include <cerrno>

#include "lib/base/cleanup.h"
#include "lib/base/try.h"
#include "lib/runtime/console.h"
#include "lib/runtime/foreground.h"
#include "lib/runtime/prepare.h"
#include "lib/runtime/serve.h"
#include "lib/runtime/start.h"
#include "lib/sys/process.h"

namespace oci::runtime {
Status remove_container(const Context& context, const Store& store, Entry& entry,
                        const Record& record) {
  TRY(undo(context, store, entry, record));
  for (const spec::Hook& hook : record.hooks.poststop) {
    auto done = run_hooks(context, record, {hook}, "poststop", HookPlace::kRuntime,
                          state_document(record, "stopped", 0), FdRef(-1));
    if (!done) context.log(LogLevel::kWarning, done.error().text);
  }
  return {};
}

Result<ExitStatus> run_container(const Context& context, std::string_view id,
                                 const RunOptions& options) {
  Prepared prepared = TRY(prepare(context, id, options));
  const bool terminal = wants_terminal(prepared.spec);
  TRY(check_console(options.console_socket, terminal, options.detach));
  RunOptions own = options;
  std::optional<Foreground> foreground;
  if (!own.detach) {
    foreground.emplace(TRY(Foreground::prepare(
        foreground_options(terminal, linux_of(prepared.spec), own.stdio, !own.no_subreaper))));
    if (!terminal) own.stdio = foreground->child_stdio();
  }
  Created created = TRY(create_container(context, id, own, std::move(prepared), false));
  const Store store = TRY(Store::open(context.root, false));
  Cleanup rollback([&] { (void)remove_container(context, store, created.entry, created.record); });
  std::optional<NotifyProxy> notify;
  if (!own.notify_socket.empty())
    notify.emplace(
        TRY(NotifyProxy::open(created.entry.dir(), store.path_of(id), own.notify_socket)));

  const pid_t pid = created.launched.child.pid();
  if (foreground) TRY(foreground->attach(std::move(created.console_master)));
  const bool opened = created.record.phase == Phase::kStarting;
  const Gate gate{[&] { return opened ? Status{} : say_go(FdRef(created.launched.channel)); },
                  [&] { return wait_executed(created.plan, created.launched); }};
  TRY(start_container(context, created.entry, created.record, created.launched.child.pidfd(),
                      gate));
  const UniqueFd pidfd = created.launched.child.commit();
  created.entry.unlock();
  if (own.detach) {
    rollback.commit();
    // The container runs, whether or not its manager can be told.
    if (notify)
      if (const auto told = notify->wait_ready(pidfd, pid); !told)
        context.log(LogLevel::kWarning, told.error().text);
    return ExitStatus{};
  }
  const ExitStatus status = TRY(foreground->wait(pid, pidfd, notify ? &*notify : nullptr));
  rollback.commit();
  if (own.keep) return status;
  // Someone else may have removed it meanwhile.
  if (auto locked = created.entry.lock(); locked)
    TRY(remove_container(context, store, created.entry, created.record));
  return status;
}

}  // namespace oci::runtime
