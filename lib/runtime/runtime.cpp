// The public face: each call opens the store, finds the container, does one thing.
#include "oci/runtime.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "lib/base/try.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/console.h"
#include "lib/runtime/context.h"
#include "lib/runtime/events.h"
#include "lib/runtime/exec.h"
#include "lib/runtime/foreign.h"
#include "lib/runtime/mounts.h"
#include "lib/runtime/prepare.h"
#include "lib/runtime/rdt.h"
#include "lib/runtime/run.h"
#include "lib/runtime/start.h"
#include "lib/runtime/update.h"
#include "lib/sys/error.h"
#include "lib/sys/process.h"
#include "oci/validate.h"
#include "oci/version.h"

namespace oci {
namespace rt = runtime;

struct Runtime::Impl {
  rt::Context context;
  bool default_root = false;

  Result<rt::Store> store() const { return rt::Store::open(context.root, false); }
};

namespace {

constexpr const char* kNotRunning = "container not running";

Result<ContainerInfo> info_of(const rt::Entry& entry) {
  const rt::Record record = TRY(entry.load());
  const ContainerStatus status = TRY(rt::status_of(entry, record));
  ContainerInfo info;
  info.oci_version = kSpecVersion;
  info.id = record.id;
  info.status = status;
  info.pid = status == ContainerStatus::kStopped ? 0 : record.init.pid;
  info.bundle = record.bundle;
  info.rootfs = record.rootfs;
  info.created = record.created;
  info.annotations = record.annotations;
  info.owner = record.owner;
  return info;
}

bool alive(ContainerStatus status) {
  return status != ContainerStatus::kStopped && status != ContainerStatus::kCreating;
}

}  // namespace

std::string default_root() {
  const char* runtime_dir = ::getenv("XDG_RUNTIME_DIR");
  if (::geteuid() != 0 && runtime_dir != nullptr && *runtime_dir != 0)
    return std::string(runtime_dir) + "/ocirun";
  return "/run/ocirun";
}

Runtime::Runtime(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Runtime::Runtime(Runtime&&) noexcept = default;
Runtime& Runtime::operator=(Runtime&&) noexcept = default;
Runtime::~Runtime() = default;

Result<Runtime> Runtime::open(RuntimeOptions options) {
  auto impl = std::make_unique<Impl>();
  impl->default_root = options.root.empty();
  std::error_code ec;
  impl->context.root =
      std::filesystem::absolute(options.root.empty() ? default_root() : options.root, ec).string();
  while (impl->context.root.size() > 1 && impl->context.root.ends_with('/'))
    impl->context.root.pop_back();
  if (impl->context.root == "/")
    return Error{
        Code::kInvalidArgument, "Option --root argument should not be set to /", 0, "--root", {}};
  impl->context.options = std::move(options);
  return Runtime(std::move(impl));
}

Status Runtime::create(std::string_view id, const CreateOptions& options) {
  rt::Prepared prepared = TRY(rt::prepare(impl_->context, id, options));
  TRY(rt::check_console(options.console_socket, rt::wants_terminal(prepared.spec), true));
  auto created = TRY(rt::create_container(impl_->context, id, options, std::move(prepared), true));
  (void)created.launched.child.commit();
  return {};
}

Status Runtime::start(std::string_view id, const StartOptions& options) {
  const rt::Store store = TRY(impl_->store());
  rt::Entry entry = TRY(store.find_locked(id));
  rt::Record record = TRY(entry.load());
  return rt::start_by_fifo(impl_->context, store, entry, record, options);
}

Result<ExitStatus> Runtime::run(std::string_view id, const RunOptions& options) {
  return rt::run_container(impl_->context, id, options);
}

Result<ExecResult> Runtime::exec(std::string_view id, const ExecOptions& options) {
  TRY(rt::check_handed_on(0, options.preserve_fds));
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find(id));
  rt::Record record = TRY(entry.load());
  // A process document has all that is needed; the rest only completes it.
  if (auto taken = rt::take_process_defaults(record); !taken && !options.process)
    return std::move(taken).error();
  return rt::exec_in(impl_->context, entry, record, options);
}

Status Runtime::kill(std::string_view id, int signal, bool all) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find(id));
  const rt::Record record = TRY(entry.load());
  const bool own_pids = (record.namespaces & 0x20000000u) != 0;
  // Without a pid namespace of its own the container outlives its init: SIGKILL means all of it
  // (S105).
  if (signal == SIGKILL && !own_pids && record.cgroup.mode != cgroup::Mode::kNone) {
    auto group = TRY(rt::open_own_cgroup(record));
    if (!group.created().empty()) TRY(group.kill_all(rt::kKillDeadline));
  }
  const auto pidfd = sys::open_identified(record.init);
  if (!pidfd) {
    if (all || (signal == SIGKILL && !own_pids)) return {};
    return Error{Code::kNotRunning, kNotRunning, ESRCH, {}, {}};
  }
  if (auto sent = sys::send_signal(FdRef(*pidfd), signal); !sent) {
    if (sent.error().sys_errno == ESRCH)
      return all ? Status() : Status(Error{Code::kNotRunning, kNotRunning, ESRCH, {}, {}});
    return Error{Code::kInvalidArgument,
                 "unable to signal init: " + std::string(sys::errno_text(sent.error().sys_errno)),
                 sent.error().sys_errno,
                 {},
                 {}};
  }
  // A frozen process dies only when it is thawed (C078).
  if (signal == SIGKILL && record.cgroup.mode != cgroup::Mode::kNone) {
    auto group = rt::open_cgroup(record);
    if (const auto frozen = group ? group->frozen() : Result<bool>(false); frozen && *frozen)
      TRY(group->thaw());
  }
  return {};
}

Status Runtime::remove(std::string_view id, const RemoveOptions& options) {
  const rt::Store store = TRY(impl_->store());
  auto found = store.find_locked(id);
  if (!found) {
    if (options.force && found.error().code == Code::kNotFound) return {};
    return std::move(found).error();
  }
  rt::Entry& entry = *found;
  auto record = entry.load();
  if (!record) {
    if (options.force) return rt::undo(impl_->context, store, entry, entry.remains());
    // A create that was killed before its record: nothing else of it can exist.
    if (record.error().code == Code::kNotFound) TRY(store.remove(entry));
    return std::move(record).error();
  }
  const ContainerStatus status = TRY(rt::status_of(entry, *record));
  if (!options.force && status != ContainerStatus::kStopped && status != ContainerStatus::kCreated)
    return Error{Code::kWrongState,
                 "cannot delete container " + std::string(id) +
                     " that is not stopped: " + std::string(status_name(status)),
                 0,
                 {},
                 {}};
  TRY(rt::remove_container(impl_->context, store, entry, *record));
  if (!record->resctrl.empty())
    impl_->context.log(LogLevel::kWarning, "resctrl group " + record->resctrl + " is not removed");
  return {};
}

Result<ContainerInfo> Runtime::state(std::string_view id) const {
  const rt::Store store = TRY(impl_->store());
  return info_of(TRY(store.find(id)));
}

Result<std::vector<ListedContainer>> Runtime::list() const {
  const rt::Store store = TRY(impl_->store());
  if (!store.exists() && impl_->default_root) return std::vector<ListedContainer>{};
  std::vector<ListedContainer> listed;
  for (const std::string& id : TRY(store.ids())) {
    auto entry = store.find(id);
    if (!entry)
      listed.push_back({id, std::move(entry).error()});
    else
      listed.push_back({id, info_of(*entry)});
  }
  return listed;
}

Status Runtime::pause(std::string_view id) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find_locked(id));
  const rt::Record record = TRY(entry.load());
  const ContainerStatus status = TRY(rt::status_of(entry, record));
  if (status != ContainerStatus::kRunning && status != ContainerStatus::kCreated)
    return Error{Code::kWrongState, kNotRunning, 0, {}, {}};
  auto group = TRY(rt::need_cgroup(record));
  return group.freeze();
}

Status Runtime::resume(std::string_view id) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find_locked(id));
  const rt::Record record = TRY(entry.load());
  if (TRY(rt::status_of(entry, record)) != ContainerStatus::kPaused)
    return Error{Code::kWrongState, "container not paused", 0, {}, {}};
  auto group = TRY(rt::open_cgroup(record));
  return group.thaw();
}

Status Runtime::update(std::string_view id, const spec::Resources& resources,
                       const RdtChange& rdt) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find_locked(id));
  rt::Record record = TRY(entry.load());
  if (!alive(TRY(rt::status_of(entry, record))))
    return Error{Code::kNotRunning, kNotRunning, 0, {}, {}};
  return rt::update_container(impl_->context, entry, record, resources, rdt);
}

Status Runtime::add_mounts(std::string_view id, const std::vector<spec::Mount>& mounts) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find_locked(id));
  const rt::Record record = TRY(entry.load());
  if (!alive(TRY(rt::status_of(entry, record))))
    return Error{Code::kNotRunning, kNotRunning, 0, {}, {}};
  return rt::add_mounts(impl_->context, record, mounts);
}

Status Runtime::remove_mounts(std::string_view id, const std::vector<spec::Mount>& mounts) {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find_locked(id));
  const rt::Record record = TRY(entry.load());
  if (!alive(TRY(rt::status_of(entry, record))))
    return Error{Code::kNotRunning, kNotRunning, 0, {}, {}};
  return rt::remove_mounts(impl_->context, record, mounts);
}

Status Runtime::checkpoint(std::string_view id, const CheckpointOptions& options) {
  const rt::Store store = TRY(impl_->store());
  rt::Entry entry = TRY(store.find_locked(id));
  const rt::Record record = TRY(entry.load());
  return rt::checkpoint_container(impl_->context, store, entry, record, options);
}

Result<ExitStatus> Runtime::restore(std::string_view id, const RestoreOptions& options) {
  return rt::restore_container(impl_->context, id, options);
}

Result<Stats> Runtime::stats(std::string_view id) const {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find(id));
  const rt::Record record = TRY(entry.load());
  if (!alive(TRY(rt::status_of(entry, record))))
    return Error{Code::kNotRunning, kNotRunning, 0, {}, {}};
  Stats stats = TRY(TRY(rt::need_cgroup(record)).stats());
  stats.rdt = TRY(rt::rdt_stats(record));
  return stats;
}

Result<EventStream> Runtime::events(std::string_view id) const {
  const rt::Store store = TRY(impl_->store());
  return rt::watch_container(TRY(store.load(id)));
}

Result<std::vector<pid_t>> Runtime::processes(std::string_view id) const {
  const rt::Store store = TRY(impl_->store());
  const rt::Entry entry = TRY(store.find(id));
  const rt::Record record = TRY(entry.load());
  if (!alive(TRY(rt::status_of(entry, record)))) return std::vector<pid_t>{};
  auto group = TRY(rt::need_cgroup(record));
  return group.processes(true);
}

Result<std::optional<ExitStatus>> Runtime::wait(std::string_view id) const {
  const rt::Store store = TRY(impl_->store());
  const rt::Record record = TRY(store.load(id));
  // Not open_identified(): an init that has ended already is still to be reaped.
  const auto pidfd = sys::open_pidfd(record.init.pid);
  if (!pidfd) return std::optional<ExitStatus>{};
  const auto found = sys::identify_process(record.init.pid, FdRef(*pidfd));
  if (!found || found->start_time != record.init.start_time) return std::optional<ExitStatus>{};
  (void)TRY(sys::wait_ended(FdRef(*pidfd), std::chrono::milliseconds(-1)));
  const auto exit = sys::reap(FdRef(*pidfd));
  if (!exit) return std::optional<ExitStatus>{};
  return std::optional<ExitStatus>{ExitStatus{exit->signaled, exit->value}};
}

}  // namespace oci
