// create: bundle -> plan -> record -> cgroup -> init at its gate. Anything that fails undoes all
// before it.
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "lib/base/cleanup.h"
#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/runtime/console.h"
#include "lib/runtime/context.h"
#include "lib/runtime/drill.h"
#include "lib/runtime/notify.h"
#include "lib/runtime/pid_file.h"
#include "lib/runtime/run.h"
#include "lib/runtime/serve.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/words/annotations.h"
#include "lib/words/namespaces.h"
#include "oci/parse.h"
#include "oci/validate.h"
#include "oci/version.h"

namespace oci::runtime {
namespace {

// S015: a directory whose path leads over no symlink.
Result<std::string> absolute_rootfs(const std::string& bundle, const spec::Spec& spec) {
  if (!spec.root)
    return Error{Code::kInvalidConfig, "root property must not be empty", 0, "/root", {}};
  const std::string path = plan::resolve_path(bundle, spec.root->path);
  char real[PATH_MAX];
  struct stat st;
  if (::realpath(path.c_str(), real) == nullptr || ::stat(real, &st) < 0) {
    Error error = sys::last_error("stat", path);
    error.text.insert(0, "invalid rootfs: ");
    error.where = "/root/path";
    return error;
  }
  const auto refuse = [&](const std::string& why) {
    return Error{Code::kInvalidConfig, "invalid rootfs: " + why, ENOTDIR, "/root/path", {}};
  };
  if (path != real) return refuse("not an absolute path, or a symlink");
  if (!S_ISDIR(st.st_mode)) return refuse(path + " is not a directory");
  return path;
}

Record first_record(std::string_view id, const CreateOptions& options, const spec::Spec& spec,
                    const plan::CreateInput& input, const plan::Plan& plan) {
  Record record;
  record.id = std::string(id);
  record.bundle = input.bundle;
  record.rootfs = input.rootfs;
  record.created = timestamp_now();
  record.oci_version = kSpecVersion;
  record.hostname = spec.hostname;
  record.owner = ::geteuid();
  record.annotations = spec.annotations;
  record.cgroup.mode = plan.cgroup.mode;
  record.cgroup.dirs = plan.cgroup.dirs;
  record.cgroup.made = cgroup::Cgroup::missing(plan.cgroup);
  if (spec.linux_) {
    for (const spec::Namespace& ns : spec.linux_->namespaces)
      if (const auto* word = base::find(words::kNamespaces, ns.type))
        record.namespaces |= word->flag;
    record.linux_ = reduce_linux(*spec.linux_);
  }
  record.user_namespace = (record.namespaces & words::kNewUser) != 0;
  record.hooks = spec.hooks;
  record.process = *spec.process;
  record.seccomp_flags = plan.seccomp_flags;
  record.has_seccomp = !plan.seccomp.empty();
  record.terminal = plan.terminal;
  record.notify_socket = options.notify_socket;
  record.no_new_keyring = options.no_new_keyring;
  return record;
}

Status at_sync(const Context& context, const Record& record, const plan::Plan& plan,
               const Child& child, plan::SyncPoint point) {
  if (point == plan::SyncPoint::kMaps) return write_id_maps(child.pid(), *plan.maps);
  const spec::State state = state_document(record, "creating", child.pid());
  TRY(run_hooks(context, record, record.hooks.prestart, "prestart", HookPlace::kRuntime, state,
                child.pidfd()));
  TRY(run_hooks(context, record, record.hooks.create_runtime, "createRuntime", HookPlace::kRuntime,
                state, child.pidfd()));
  return run_hooks(context, record, record.hooks.create_container, "createContainer",
                   HookPlace::kContainer, state, child.pidfd());
}

// Init that was killed for want of memory says nothing itself.
Error explain(Error error, const cgroup::Cgroup& group) {
  if (error.sys_errno != EPIPE) return error;
  const auto kills = group.oom_kills();
  if (kills && *kills > 0)
    return Error{
        Code::kOutOfMemory, "container init was OOM-killed (memory limit too low?)", 0, {}, {}};
  return error;
}

Status check_request(const Context& context, std::string_view id, const CreateOptions& options) {
  // Of no matter to the commands that work with a container which is there (C033).
  if (context.options.cgroup_manager == CgroupManager::kSystemd)
    return Error{Code::kUnsupported,
                 "the systemd cgroup manager is not supported yet",
                 0,
                 "--systemd-cgroup",
                 {}};
  TRY(check_container_id(id));
  return check_handed_on(options.listen_fds, options.preserve_fds);
}

// What is asked for, with the paths made absolute. Precondition: the configuration was read.
Result<plan::CreateInput> read_input(const Context& context, std::string_view id,
                                     std::string bundle, const CreateOptions& options,
                                     const spec::Spec& spec, bool gate_on_disk) {
  plan::CreateInput input;
  input.id = std::string(id);
  input.bundle = std::move(bundle);
  input.rootfs = TRY(absolute_rootfs(input.bundle, spec));
  input.no_pivot = options.no_pivot;
  input.no_new_keyring = options.no_new_keyring;
  input.no_cgroup = context.options.cgroup_manager == CgroupManager::kDisabled;
  input.gate_on_disk = gate_on_disk;
  input.keep_fds = options.preserve_fds + options.listen_fds;
  input.listen_fds = options.listen_fds;
  input.explicit_stdio = options.stdio.in >= 0 || options.stdio.out >= 0 || options.stdio.err >= 0;
  return input;
}

// What several rooms notice is said once.
class Warnings {
 public:
  explicit Warnings(const Context& context) : context_(context) {}
  void say(const std::string& text) {
    if (said_.insert(text).second) context_.log(LogLevel::kWarning, text);
  }

 private:
  const Context& context_;
  std::set<std::string> said_;
};

Result<spec::Spec> read_spec(const CreateOptions& options, const std::string& bundle,
                             Warnings& warnings) {
  spec::Spec spec = options.spec ? *options.spec : TRY(load_spec(bundle));
  const auto findings = validate(spec);
  TRY(first_error(findings));
  for (const Finding& f : findings) warnings.say(f.text);
  return spec;
}

// An empty cgroup that was there becomes the container's own, as with runc: until then nothing may
// touch it.
Result<cgroup::Cgroup> make_cgroup(Record& record, const plan::Plan& plan) {
  auto group = cgroup::Cgroup::make(plan.cgroup);
  // It has undone itself if it failed. A directory that was missing a moment ago may be another
  // container's by now.
  record.cgroup.made.assign(record.cgroup.dirs.size(), group.ok());
  return group;
}

// Who gets a descriptor, where it was asked for.
struct Receivers {
  UniqueFd console, pidfd, annotated_pidfd;
};

Result<Receivers> connect_receivers(const CreateOptions& options, const std::string& bundle_path,
                                    const spec::Spec& spec) {
  Receivers to;
  const auto annotation = spec.annotations.find(std::string(words::kPidfdReceiver));
  const bool annotated = annotation != spec.annotations.end();
  if (options.console_socket.empty() && options.pidfd_socket.empty() && !annotated) return to;
  const UniqueFd bundle = TRY(sys::open(bundle_path, O_PATH | O_DIRECTORY));
  if (!options.console_socket.empty())
    to.console = TRY(connect_receiver(bundle, options.console_socket));
  if (!options.pidfd_socket.empty())
    to.pidfd = TRY_CTX("failed to dial " + options.pidfd_socket,
                       connect_receiver(bundle, options.pidfd_socket));
  if (annotated)
    to.annotated_pidfd =
        TRY_CTX(words::kPidfdReceiver, connect_receiver(bundle, annotation->second));
  return to;
}

// The console, the pidfd and the pid to who asked for them.
Status hand_over(const CreateOptions& options, Receivers to, const Served& served,
                 const Child& child) {
  if (served.console_master && to.console)
    TRY(send_console(FdRef(to.console), FdRef(served.console_master)));
  if (to.pidfd) TRY(send_pidfd(FdRef(to.pidfd), child.pidfd(), PidfdOf::kInit));
  if (to.annotated_pidfd)
    TRY(send_pidfd(FdRef(to.annotated_pidfd), child.pidfd(), PidfdOf::kPlain));
  if (!options.pid_file.empty()) TRY(write_pid_file(options.pid_file, child.pid()));
  return {};
}

Status write_files(const Entry& entry, const Record& record, const plan::Plan& plan,
                   bool gate_on_disk) {
  TRY(entry.save(record));
  drill_point();
  if (record.has_seccomp) TRY(entry.save_seccomp(plan.seccomp));
  if (gate_on_disk) TRY(make_gate(entry));
  if (!record.notify_socket.empty()) TRY(make_notify_dir(entry.dir()));
  drill_point();
  return {};
}

Result<Served> serve_init(const Context& context, const Record& record, const plan::Plan& plan,
                          Launched& launched, const cgroup::Cgroup& group) {
  auto served = serve(plan, launched, [&](plan::SyncPoint point) {
    return at_sync(context, record, plan, launched.child, point);
  });
  if (served) return served;
  Error error = explain(std::move(served).error(), group);
  return std::move(error).with_context("error during container init").with_context(kStart);
}

}  // namespace

Result<std::string> absolute_bundle(const std::string& bundle) {
  char path[PATH_MAX];
  if (::realpath(bundle.empty() ? "." : bundle.c_str(), path) == nullptr)
    return sys::last_error("chdir", bundle);
  struct stat st;
  if (::stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
    return sys::call_error("chdir", bundle, ENOTDIR);
  return std::string(path);
}

Status check_console(const std::string& console_socket, bool terminal, bool detached) {
  const auto refuse = [](const char* text) {
    return Error{Code::kInvalidArgument, text, 0, "--console-socket", {}};
  };
  if (!console_socket.empty() && !(terminal && detached))
    return refuse("cannot use console socket if runc will not detach or allocate tty");
  if (terminal && detached && console_socket.empty())
    return refuse("cannot allocate tty if runc will detach without setting console socket");
  return {};
}

Result<Created> create_container(const Context& context, std::string_view id,
                                 const CreateOptions& options, bool gate_on_disk) {
  TRY(check_request(context, id, options));
  std::string bundle = TRY(absolute_bundle(options.bundle));
  Warnings warnings(context);
  const spec::Spec spec = TRY(read_spec(options, bundle, warnings));
  if (gate_on_disk) TRY(check_console(options.console_socket, wants_terminal(spec), true));
  plan::CreateInput input =
      TRY(read_input(context, id, std::move(bundle), options, spec, gate_on_disk));
  Receivers receivers = TRY(connect_receivers(options, input.bundle, spec));

  const Store store = TRY(Store::open(context.root, true));
  if (!options.notify_socket.empty()) input.notify_dir = store.path_of(id) + "/" + kNotifyDir;
  const plan::HostFacts host = TRY(probe_host());
  plan::Plan plan = TRY(plan::compile_create(spec, input, host));
  for (const std::string& w : plan.warnings) warnings.say(w);

  drill_point();
  Entry entry = TRY(store.reserve(id));
  drill_point();
  Record record = first_record(id, options, spec, input, plan);
  bool launched_once = false;
  // A create that fails after its namespaces stood goes on with destroying and poststop. Spec:
  // runtime.md#lifecycle
  Cleanup rollback([&] {
    if (launched_once)
      (void)remove_container(context, store, entry, record);
    else
      (void)undo(context, store, entry, record);
  });
  TRY(write_files(entry, record, plan, gate_on_disk));
  cgroup::Cgroup group = TRY_CTX(kStart, make_cgroup(record, plan));
  drill_point();
  TRY_CTX(kStart, group.apply(plan.cgroup));
  drill_point();
  auto fds = TRY_CTX(kStart, open_fds(plan, &group, &entry, options.stdio, FdRef(-1)));
  Launched launched = TRY_CTX(kStart, launch(plan, std::move(fds), context.options.title));
  launched_once = true;
  // While init works: so the record names it as soon as it can.
  record.init = TRY(sys::identify_process(launched.child.pid(), launched.child.pidfd()));
  TRY(entry.save(record));
  drill_point();
  Served served = TRY(serve_init(context, record, plan, launched, group));
  for (const std::string& w : served.warnings) warnings.say(w);

  record.phase = Phase::kCreated;
  drill_point();
  // Without a gate on disk it is started at once, and then saved.
  if (gate_on_disk || !record.hooks.start_container.empty()) TRY(entry.save(record));
  drill_point();
  TRY(hand_over(options, std::move(receivers), served, launched.child));
  drill_point();
  if (gate_on_disk) TRY(say_go(FdRef(launched.channel)));
  drill_point();
  rollback.commit();
  return Created{std::move(entry), std::move(record), std::move(plan), std::move(launched),
                 std::move(served.console_master)};
}

}  // namespace oci::runtime
