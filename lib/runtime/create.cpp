// create: bundle -> plan -> record -> cgroup -> init at its gate. Anything that fails undoes all
// before it.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/cleanup.h"
#include "lib/base/try.h"
#include "lib/runtime/console.h"
#include "lib/runtime/context.h"
#include "lib/runtime/drill.h"
#include "lib/runtime/id_maps.h"
#include "lib/runtime/listener.h"
#include "lib/runtime/net_devices.h"
#include "lib/runtime/notify.h"
#include "lib/runtime/pid_file.h"
#include "lib/runtime/prepare.h"
#include "lib/runtime/rdt.h"
#include "lib/runtime/run.h"
#include "lib/runtime/serve.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/words/annotations.h"
#include "lib/words/namespaces.h"
#include "oci/version.h"

namespace oci::runtime {
namespace {

Status at_sync(const Context& context, const Record& record, const plan::Plan& plan,
               const Child& child, NetDevices& net_devices, plan::SyncPoint point) {
  if (point == plan::SyncPoint::kMaps) return write_id_maps(child.pid(), *plan.maps);
  if (point == plan::SyncPoint::kNetwork) return net_devices.move(plan.net_devices, child.pid());
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

// What limits it, before there is a process.
Result<cgroup::Cgroup> make_groups(Record& record, const plan::Plan& plan) {
  cgroup::Cgroup group = TRY(make_cgroup(record, plan));
  drill_point();
  if (plan.rdt) TRY(make_rdt(record, *plan.rdt));
  drill_point();
  TRY(group.apply(plan.cgroup));
  drill_point();
  return group;
}

// Whether the word to start can be said as soon as the record names init, so that neither waits for
// the other.
bool can_start_ahead(const CreateOptions& options, const Record& record, const plan::Plan& plan) {
  const bool nothing_to_hand_over =
      options.console_socket.empty() && options.pidfd_socket.empty() && options.pid_file.empty() &&
      options.notify_socket.empty() && !plan.terminal &&
      !record.annotations.contains(std::string(words::kPidfdReceiver));
  return nothing_to_hand_over && !plan.maps && !plan.cgroup_owner && !plan.sync_hooks &&
         plan.net_devices.empty() && record.seccomp_agent.empty() &&
         record.hooks.start_container.empty();
}

Status open_ahead(const Launched& launched) {
  auto said = say_go(FdRef(launched.channel));
  if (!said && said.error().sys_errno == EPIPE) return {};  // it has failed, and has told why
  return said;
}

Result<Served> serve_init(const Context& context, const Record& record, const plan::Plan& plan,
                          Launched& launched, const cgroup::Cgroup& group,
                          NetDevices& net_devices) {
  bool told = true;
  const Answers answers{[&](plan::SyncPoint point) {
                          return at_sync(context, record, plan, launched.child, net_devices, point);
                        },
                        [&](pid_t pid, FdRef listener) {
                          auto done = tell_agent(record, "creating", pid, listener);
                          told = done.ok();
                          return done;
                        }};
  auto served = serve(plan, launched, answers);
  if (served) return served;
  if (!told) return std::move(served).error().with_context(kStart);
  Error error = explain(std::move(served).error(), group);
  return std::move(error).with_context("error during container init").with_context(kStart);
}

}  // namespace

Result<Created> create_container(const Context& context, std::string_view id,
                                 const CreateOptions& options, Prepared prepared,
                                 bool gate_on_disk) {
  const spec::Spec& spec = prepared.spec;
  plan::CreateInput input =
      TRY(create_input(context, id, std::move(prepared.bundle), options, spec, gate_on_disk));
  input.early = prepared.early;
  Receivers receivers = TRY(connect_receivers(options, input.bundle, spec));
  const Store store = TRY(Store::open(context.root, true));
  if (!options.notify_socket.empty()) input.notify_dir = store.path_of(id) + "/" + kNotifyDir;
  plan::HostFacts host = TRY(probe_host(spec));
  leave_out_cgroups(context, spec, host, input);
  plan::Plan plan = TRY(plan::compile_create(spec, input, host));
  for (const std::string& w : plan.warnings) prepared.warnings.say(context, w);

  drill_point();
  Entry entry = TRY(store.reserve(id));
  drill_point();
  Record record = first_record(id, options, spec, input, plan);
  bool launched_once = false;
  NetDevices net_devices(context);
  // A create that fails after its namespaces stood goes on with destroying and poststop. Spec:
  // runtime.md#lifecycle
  Cleanup rollback([&] {
    net_devices.put_back();
    if (launched_once)
      (void)remove_container(context, store, entry, record);
    else
      (void)undo(context, store, entry, record);
  });
  TRY(write_files(entry, record, plan, gate_on_disk));
  cgroup::Cgroup group = TRY_CTX(kStart, make_groups(record, plan));
  auto fds = TRY_CTX(kStart, open_fds(plan, &group, &entry, options.stdio, FdRef(-1)));
  Launched launched = TRY_CTX(kStart, launch(std::move(prepared.stage1), plan, std::move(fds)));
  launched_once = true;
  if (plan.joined_maps) TRY(check_id_maps(launched.child.pid(), *plan.joined_maps));
  // While init works: so the record names it as soon as it can.
  record.init = TRY(sys::identify_process(launched.child.pid(), launched.child.pidfd()));
  const bool ahead = !gate_on_disk && can_start_ahead(options, record, plan);
  if (ahead) record.phase = Phase::kStarting;
  TRY(entry.save(record));
  drill_point();
  if (ahead) TRY(open_ahead(launched));
  Served served = TRY(serve_init(context, record, plan, launched, group, net_devices));
  if (plan.cgroup_owner)
    TRY_CTX(kStart, group.give_to(TRY(host_uid(launched.child.pid(), *plan.cgroup_owner))));
  for (const std::string& w : served.warnings) prepared.warnings.say(context, w);

  if (!ahead) record.phase = Phase::kCreated;
  keep_named_rdt(record);
  drill_point();
  // Without a gate on disk it is started at once, and then saved.
  if (gate_on_disk || !record.hooks.start_container.empty()) TRY(entry.save(record));
  drill_point();
  TRY(hand_over(options, std::move(receivers), served, launched.child));
  drill_point();
  if (gate_on_disk) TRY(say_go(FdRef(launched.channel)));
  drill_point();
  net_devices.commit();
  rollback.commit();
  return Created{std::move(entry), std::move(record), std::move(plan), std::move(launched),
                 std::move(served.console_master)};
}

}  // namespace oci::runtime
