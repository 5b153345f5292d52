#include "lib/runtime/mounts.h"

#include <charconv>

#include "lib/base/try.h"
#include "lib/plan/print.h"
#include "lib/runtime/exec.h"
#include "lib/sys/process.h"
#include "lib/words/namespaces.h"

namespace oci::runtime {
namespace {

Result<plan::LiveInput> live_input(const Record& record) {
  if ((record.namespaces & words::kNewMount) == 0)
    return Error{Code::kUnsupported, "the container has no mount namespace of its own", 0, {}, {}};
  return plan::LiveInput{
      record.bundle,
      record.rootfs,
      record.linux_,
      record.namespaces,
      record.user_namespace,
      record.user_namespace ? "/proc/" + std::to_string(record.init.pid) + "/ns/user" : ""};
}

Status carry_out(const Context& context, const Record& record, const plan::Plan& plan) {
  const UniqueFd init = TRY(sys::open_identified(record.init));
  auto fds = TRY(open_fds(plan, nullptr, nullptr, {}, init));
  Launched launched = TRY(execute(context, plan, std::move(fds)));
  const sys::ProcessExit exit = TRY(sys::reap(launched.child.pidfd()));
  (void)launched.child.commit();
  // It says nothing when it is killed, as when all went well.
  if (exit.signaled || exit.value != 0)
    return Error{Code::kSystem, "the process that mounts was killed", 0, {}, {}};
  return {};
}

// How many mounts stand when the step of this error has failed: those before it and, where only its
// propagation could not be set, itself.
std::size_t standing(const Error& error) {
  constexpr std::string_view kStart = "/mounts/";
  std::size_t index = 0;
  if (error.where.starts_with(kStart))
    std::from_chars(error.where.data() + kStart.size(), error.where.data() + error.where.size(),
                    index);
  return error.step == plan::op_name(plan::Op::kPropagation) ? index + 1 : index;
}

// Sources are opened and namespaces joined before anything stands.
bool opens_source(const Error& error) {
  return error.step == plan::op_name(plan::Op::kOpenTree) ||
         error.step == plan::op_name(plan::Op::kIdMap);
}

}  // namespace

Status remove_mounts(const Context& context, const Record& record,
                     const std::vector<spec::Mount>& mounts) {
  const plan::LiveInput input = TRY(live_input(record));
  return carry_out(context, record, TRY(plan::compile_unmounts(mounts, input, probe_kernel())));
}

Status add_mounts(const Context& context, const Record& record,
                  const std::vector<spec::Mount>& mounts) {
  const plan::LiveInput input = TRY(live_input(record));
  const plan::Plan plan = TRY(plan::compile_mounts(mounts, input, probe_kernel()));
  for (const std::string& w : plan.warnings) context.log(LogLevel::kWarning, w);
  auto done = carry_out(context, record, plan);
  if (done) return done;
  std::vector<spec::Mount> made = mounts;
  made.resize(std::min(made.size(), standing(done.error())));
  if (!opens_source(done.error()) && !made.empty())
    if (auto undone = remove_mounts(context, record, made); !undone)
      context.log(LogLevel::kWarning, undone.error().text);
  return done;
}

}  // namespace oci::runtime
