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

// That a terminal has somebody to serve it: a console socket when detached, the caller's own
// terminal else (C041).
Status check_console(const std::string& console_socket, bool terminal, bool detached);

}  // namespace oci::runtime
