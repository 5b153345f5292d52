// Opening the gate.
#pragma once

#include <functional>

#include "lib/runtime/context.h"

namespace oci::runtime {

// startContainer hooks, the start word by `go`, the end of init's part by `executed`, the record,
// poststart hooks. On failure the container is killed; the record stays for remove().
struct Gate {
  std::function<Status()> go;
  std::function<Status()> executed;
};
Status start_container(const Context& context, Entry& entry, Record& record, FdRef pidfd,
                       const Gate& gate);

// The gate of create: FIFOs in the container's directory.
Status start_by_fifo(const Context& context, const Store& store, Entry& entry, Record& record,
                     const StartOptions& options);

}  // namespace oci::runtime
