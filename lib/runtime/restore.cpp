// restore: the container of a bundle whose processes CRIU makes from images.
//
// The record, the cgroup and the directory are made as create makes them. CRIU is put into the
// cgroup, so that all it makes is born there, and makes the first process a child of the caller.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "lib/base/cleanup.h"
#include "lib/base/try.h"
#include "lib/plan/init_plan_builder.h"
#include "lib/runtime/checkpoint.h"
#include "lib/runtime/console.h"
#include "lib/runtime/criu.h"
#include "lib/runtime/criu_images.h"
#include "lib/runtime/exec.h"
#include "lib/runtime/foreground.h"
#include "lib/runtime/notify.h"
#include "lib/runtime/pid_file.h"
#include "lib/runtime/prepare.h"
#include "lib/runtime/restore_mounts.h"
#include "lib/runtime/run.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/words/namespaces.h"

namespace oci::runtime {
namespace {

constexpr const char* kLog = "restore.log";
constexpr const char* kRootName = "criu-root";

// A restore under way.
struct Job {
  const Context& context;
  const RestoreOptions& options;
  Loaded loaded;
  bool terminal;
  CriuDirectories directories;
  StreamNames streams;
  std::optional<Foreground> foreground = {};
  plan::Plan plan = {};
  std::optional<Entry> entry = {};
  Record record = {};
  UniqueFd console = {};  // who gets the console
  Child child = {};       // the container's init
};

Result<Job> begin(const Context& context, std::string_view id, const RestoreOptions& options,
                  const CreateOptions& create) {
  TRY(check_criu_rights("restore"));
  Loaded loaded = TRY(load_bundle(context, id, create));
  const bool terminal = wants_terminal(loaded.spec);
  TRY(check_console(options.console_socket, terminal, options.detach));
  if (TRY(Store::open(context.root, false)).find(id))
    return Error{Code::kAlreadyExists, "container with given ID already exists", EEXIST, {}, {}};
  warn_of_criu_config(context, loaded.spec.annotations);
  CriuDirectories directories = TRY(open_criu_directories(options, false, kLog));
  StreamNames streams = TRY_CTX(options.image_path, load_streams(directories.images));
  Job job{context, options, std::move(loaded), terminal, std::move(directories), streams};
  if (!options.console_socket.empty()) {
    const UniqueFd bundle = TRY(sys::open(job.loaded.bundle, O_PATH | O_DIRECTORY));
    job.console = TRY(connect_receiver(bundle, options.console_socket));
  }
  return job;
}

// The streams of CRIU, from which the restored program inherits its pipes.
Result<std::vector<UniqueFd>> open_streams(const Job& job) {
  std::vector<UniqueFd> streams;
  Stdio stdio = job.options.stdio;
  if (job.foreground) stdio = job.foreground->child_stdio();
  const int given[] = {stdio.in, stdio.out, stdio.err};
  for (int fd = 0; fd < 3; ++fd) {
    if (job.terminal)
      streams.push_back(TRY(sys::open("/dev/null", O_RDWR)));
    else
      streams.push_back(TRY(sys::duplicate(FdRef(given[fd] < 0 ? fd : given[fd]))));
  }
  return streams;
}

// Namespaces that the configuration joins: some CRIU takes as they are, by a descriptor, others it
// joins itself.
Status add_namespaces(const spec::Spec& spec, criu::Options& out, std::vector<UniqueFd>& extra) {
  if (!spec.linux_) return {};
  for (const spec::Namespace& ns : spec.linux_->namespaces) {
    if (ns.path.empty()) continue;
    const auto* word = base::find(words::kNamespaces, ns.type);
    if (word == nullptr || ns.type == "cgroup" || ns.type == "time")
      return Error{Code::kUnsupported,
                   "restore cannot join a namespace of type " + ns.type,
                   0,
                   "/linux/namespaces",
                   {}};
    if (!is_external_to_criu(ns.type)) {
      out.join_namespaces.push_back({std::string(word->proc_name), ns.path});
      continue;
    }
    const int fd = kCriuExtraFd + static_cast<int>(extra.size());
    extra.push_back(TRY(sys::open(ns.path, O_RDONLY | O_NONBLOCK)));
    out.inherited.push_back({external_namespace_name(word->proc_name), fd});
  }
  return {};
}

Result<criu::Options> restore_options(const Job& job, const std::string& root,
                                      std::vector<UniqueFd>& extra) {
  criu::Options out = common_criu_options(job.options, job.directories, kLog);
  out.root = root;
  out.evasive_devices = true;
  out.restore_as_sibling = true;
  if (job.options.cgroups == CriuCgroups::kStrict) out.cgroup_mode = criu::CgroupMode::kFull;
  out.tcp_close = job.options.tcp_close;
  out.external_mounts = external_sources(job.loaded.spec, job.loaded.bundle);
  // Of a container that was made with NOTIFY_SOCKET. Its program was ready then: nobody listens.
  out.external_mounts.push_back(
      {plan::kNotifyMountPoint, job.context.root + "/" + job.record.id + "/" + kNotifyDir});
  // Images are not trusted: what they name gets one of the caller's streams, and never is opened.
  for (std::size_t fd = 0; fd < job.streams.size() && !job.terminal; ++fd)
    if (is_pipe_name(job.streams[fd]) || is_file_name(job.streams[fd]))
      out.inherited.push_back({job.streams[fd], static_cast<int>(fd)});
  TRY(add_namespaces(job.loaded.spec, out, extra));
  for (const cgroup::Dir& dir : job.record.cgroup.dirs) {
    if (dir.unified) {
      out.cgroup_roots.push_back({"", dir.path});
      continue;
    }
    for (const std::string& controller : dir.controllers)
      out.cgroup_roots.push_back({controller, dir.path});
  }
  out.lsm_profile = job.options.lsm_profile;
  out.lsm_mount_context = job.options.lsm_mount_context;
  return out;
}

// The cgroup is made here and not by CRIU, which in strict mode refuses any that exists.
Status check_strict(const RestoreOptions& options, const CgroupRecord& group) {
  for (std::size_t i = 0; i < group.dirs.size() && options.cgroups == CriuCgroups::kStrict; ++i)
    if (!group.made[i])
      return Error{Code::kAlreadyExists,
                   "--manage-cgroups-mode strict: cgroup " + group.dirs[i].mount_point +
                       group.dirs[i].path + " exists",
                   EEXIST,
                   "--manage-cgroups-mode",
                   {}};
  return {};
}

Status enter_cgroup(const cgroup::Cgroup& group, pid_t pid) {
  for (std::size_t i = 0; i < group.dirs().size(); ++i) {
    const UniqueFd file = TRY(group.open_enter(i));
    TRY(sys::write_all(file, std::to_string(pid)));
  }
  return {};
}

// CRIU leaves a network namespace of the container's own empty; connections within it need this
// before they are made again.
Status raise_loopback(const Job& job) {
  if (!job.loaded.spec.linux_) return {};
  const auto& namespaces = job.loaded.spec.linux_->namespaces;
  if (std::none_of(namespaces.begin(), namespaces.end(), [](const spec::Namespace& ns) {
        return ns.type == "network" && ns.path.empty();
      }))
    return {};
  plan::Builder b;
  const plan::Slot pidfd = b.new_slot();
  auto& join = b.add(plan::Op::kSetns, "joining the network namespace");
  join.src = pidfd;
  join.n0 = words::kNewNetwork;
  b.add(plan::Op::kClone);
  b.add(plan::Op::kLoopbackUp, "setting up the loopback device");
  plan::Plan plan;
  plan.notes = b.take_notes();
  plan.init = b.finish();
  std::vector<OpenedFd> given;
  given.push_back({pidfd, TRY(sys::duplicate(job.child.pidfd()))});
  (void)TRY(execute(job.context, plan, std::move(given)));
  return {};
}

Status run_early_hooks(Job& job) {
  const Record& record = job.record;
  const spec::State state = state_document(record, "creating", record.init.pid);
  TRY(run_hooks(job.context, record, record.hooks.prestart, "prestart", HookPlace::kRuntime, state,
                job.child.pidfd()));
  return run_hooks(job.context, record, record.hooks.create_runtime, "createRuntime",
                   HookPlace::kRuntime, state, job.child.pidfd());
}

Status take_console(Job& job, std::vector<UniqueFd>& descriptors) {
  if (descriptors.size() != 1)
    return Error{Code::kSystem, "criu: a console without a descriptor", 0, {}, {}};
  if (job.foreground) return job.foreground->attach(std::move(descriptors[0]));
  return send_console(FdRef(job.console), FdRef(descriptors[0]));
}

Status at_stage(Job& job, const criu::Response& stage, std::vector<UniqueFd>& descriptors) {
  if (stage.notify == "orphan-pts-master") return take_console(job, descriptors);
  if (stage.notify == "setup-namespaces") {
    job.child = Child(stage.notify_pid, TRY(sys::open_pidfd(stage.notify_pid)));
    job.record.init = TRY(sys::identify_process(stage.notify_pid, job.child.pidfd()));
    TRY(job.entry->save(job.record));
    TRY(raise_loopback(job));
    return run_early_hooks(job);
  }
  return {};
}

Status restore_processes(Job& job, const std::string& root, const cgroup::Cgroup& group) {
  std::vector<UniqueFd> extra;
  criu::Options sent = TRY(restore_options(job, root, extra));
  if (::mkdirat(job.entry->dir().get(), kRootName, 0755) < 0) return sys::last_error("mkdir", root);
  TRY(make_notify_dir(job.entry->dir()));
  TRY(make_mount_points(job.loaded.spec, job.loaded.bundle, job.record.rootfs));
  Criu criu = TRY(Criu::start(job.context,
                              {TRY(open_streams(job)), std::move(extra), job.record.rootfs, root}));
  TRY(criu.check_options(sent));
  const UniqueFd images = TRY(criu.reopen_directory(job.directories.images));
  UniqueFd work;
  if (job.directories.work) work = TRY(criu.reopen_directory(job.directories.work));
  sent.images_dir_fd = images.get();
  sent.work_dir_fd = work.get();
  TRY(enter_cgroup(group, criu.pid()));
  const criu::Response response = TRY(
      criu.perform({criu::Kind::kRestore, sent, {}, false, {}},
                   [&](const criu::Response& stage, std::vector<UniqueFd>& descriptors) -> Status {
                     TRY(at_stage(job, stage, descriptors));
                     return job.child.pid() != 0 ? criu.watch(job.child.pidfd()) : Status();
                   }));
  if (!response.success) return criu_error(criu::Kind::kRestore, response, job.directories);
  if (job.child.pid() == 0 || response.restored_pid != job.child.pid())
    return Error{Code::kSystem, "criu: it does not tell which process it made", 0, {}, {}};
  ::unlinkat(job.entry->dir().get(), kRootName, AT_REMOVEDIR);
  return {};
}

Status finish(Job& job) {
  Record& record = job.record;
  record.phase = Phase::kRunning;
  TRY(job.entry->save(record));
  TRY(run_hooks(job.context, record, record.hooks.poststart, "poststart", HookPlace::kRuntime,
                state_document(record, "running", record.init.pid), job.child.pidfd()));
  if (!job.options.pid_file.empty()) TRY(write_pid_file(job.options.pid_file, record.init.pid));
  return {};
}

}  // namespace

Result<ExitStatus> restore_container(const Context& context, std::string_view id,
                                     const RestoreOptions& options) {
  CreateOptions create;
  create.bundle = options.bundle;
  create.stdio = options.stdio;
  Job job = TRY(begin(context, id, options, create));
  const plan::CreateInput input =
      TRY(create_input(context, id, job.loaded.bundle, create, job.loaded.spec, false));
  const Store store = TRY(Store::open(context.root, true));
  job.plan = TRY(plan::compile_create(job.loaded.spec, input, TRY(probe_host())));
  for (const std::string& w : job.plan.warnings) job.loaded.warnings.say(context, w);
  if (!options.detach)
    job.foreground.emplace(TRY(Foreground::prepare(foreground_options(
        job.terminal, linux_of(job.loaded.spec), options.stdio, !options.no_subreaper))));

  job.entry.emplace(TRY(store.reserve(id)));
  job.record = first_record(id, create, job.loaded.spec, input, job.plan);
  Cleanup rollback([&] {
    (void)(job.record.init.pid != 0 ? remove_container(context, store, *job.entry, job.record)
                                    : undo(context, store, *job.entry, job.record));
  });
  TRY(check_strict(options, job.record.cgroup));
  TRY(job.entry->save(job.record));
  if (job.record.has_seccomp) TRY(job.entry->save_seccomp(job.plan.seccomp));
  cgroup::Cgroup group = TRY(make_cgroup(job.record, job.plan));
  TRY(group.apply(job.plan.cgroup));
  TRY(restore_processes(job, store.path_of(id) + "/" + kRootName, group));
  if (job.foreground && !job.terminal) TRY(job.foreground->attach(UniqueFd()));
  TRY(finish(job));

  const UniqueFd pidfd = job.child.commit();
  job.entry->unlock();
  if (options.detach) {
    rollback.commit();
    return ExitStatus{};
  }
  const ExitStatus status = TRY(job.foreground->wait(job.record.init.pid, pidfd));
  rollback.commit();
  if (auto locked = job.entry->lock(); locked)
    TRY(remove_container(context, store, *job.entry, job.record));
  return status;
}

}  // namespace oci::runtime
