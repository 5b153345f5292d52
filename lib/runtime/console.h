// Handing a console or a pidfd to whoever listens on a unix socket.
#pragma once

#include <string>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// Connects to the stream socket `path` (relative to `dir`), to be done before there is a process
// that the descriptor is of. Errors: `dial unix PATH: connect: no such file or directory` and the
// like.
Result<UniqueFd> connect_receiver(FdRef dir, const std::string& path);

// Sends the pty master in one message.
Status send_console(FdRef receiver, FdRef master);

// kPlain: one byte that says nothing, as crun's receivers get it.
enum class PidfdOf { kInit, kExec, kPlain };
// The same with a pidfd.
Status send_pidfd(FdRef receiver, FdRef pidfd, PidfdOf which);

}  // namespace oci::runtime
