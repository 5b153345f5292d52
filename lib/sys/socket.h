// Unix sockets: pairs, connect and bind without the 107-byte limit on paths, descriptors as
// messages.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

inline constexpr std::size_t kMaxPassedFds = 72;

struct SocketPair {
  UniqueFd first, second;
};
Result<SocketPair> make_seqpacket_pair();

// One sendmsg(2) of all of `data` (at least one byte) with these descriptors (at most
// kMaxPassedFds). No SIGPIPE.
Status send_message(FdRef socket, std::string_view data, std::span<const int> fds = {});

struct Message {
  std::size_t size = 0;       // bytes in the buffer; 0: the peer has closed (stream, seqpacket)
  std::vector<UniqueFd> fds;  // close-on-exec
};
// One recvmsg(2). Data or descriptors that do not fit are an error (EMSGSIZE): nothing is lost
// silently. `flags`: MSG_DONTWAIT (EAGAIN then is an error with that errno).
Result<Message> receive_message(FdRef socket, std::span<char> buffer, int flags = 0);

// `path` relative to `dir`; of any length. A path that starts with "@" is an abstract name.
// Neither connecting nor a later send blocks longer than `timeout` (EAGAIN then).
Result<UniqueFd> connect_unix_at(FdRef dir, const std::string& path, int type = SOCK_STREAM,
                                 std::chrono::seconds timeout = std::chrono::seconds(10));
// `name` is one path component of at most 80 bytes. Not listening yet.
Result<UniqueFd> bind_unix_at(FdRef dir, const std::string& name, int type, mode_t mode);

}  // namespace oci::sys
