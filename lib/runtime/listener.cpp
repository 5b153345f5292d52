#include "lib/runtime/listener.h"

#include <fcntl.h>

#include "lib/base/try.h"
#include "lib/plan/seccomp.h"
#include "lib/runtime/console.h"
#include "lib/runtime/context.h"
#include "lib/sys/file.h"
#include "lib/sys/socket.h"
#include "oci/parse.h"
#include "oci/version.h"

namespace oci::runtime {

void take_agent(Record& record, const spec::Seccomp& profile) {
  if (!plan::notifies(profile)) return;
  record.seccomp_agent = profile.listener_path;
  record.seccomp_metadata = profile.listener_metadata;
}

Status tell_agent(const Record& record, std::string_view status, pid_t pid, FdRef listener) {
  UniqueFd bundle;
  if (!record.seccomp_agent.starts_with('/'))
    bundle = TRY(sys::open(record.bundle, O_PATH | O_DIRECTORY));
  const UniqueFd agent =
      TRY_CTX("failed to connect with seccomp agent specified in the seccomp profile",
              connect_receiver(FdRef(bundle), record.seccomp_agent));
  const spec::ContainerProcessState told{kSpecVersion,
                                         {"seccompFd"},
                                         pid,
                                         record.seccomp_metadata,
                                         state_document(record, status, record.init.pid)};
  const int fds[] = {listener.get()};
  TRY_CTX("failed to send the seccomp listener to the agent at " + record.seccomp_agent,
          sys::send_message(agent, render_process_state(told), fds));
  return {};
}

}  // namespace oci::runtime
