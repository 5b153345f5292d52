// Handing a console or a pidfd to whoever listens on a unix socket.
#pragma once

#include <string>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// Connects to the stream socket `path` (relative to `dir`), sends the pty master in one message,
// disconnects. Errors: `dial unix PATH: connect: no such file or directory` and the like.
Status send_console(FdRef dir, const std::string& path, FdRef master);

enum class PidfdOf { kInit, kExec };
// The same with a pidfd, for `--pidfd-socket`.
Status send_pidfd(FdRef dir, const std::string& path, FdRef pidfd, PidfdOf which);

// That a terminal has somebody to serve it: a console socket when detached, the caller's own
// terminal else (C041).
Status check_console(const std::string& console_socket, bool terminal, bool detached);

}  // namespace oci::runtime
