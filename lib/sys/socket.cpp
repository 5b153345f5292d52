#include "lib/sys/socket.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::sys {

namespace {

struct Address {
  sockaddr_un sun{};
  socklen_t size = 0;
};

// unix(7): a path needs its NUL, an abstract name starts with one and has no end but the size.
bool make_address(const std::string& path, Address& out) {
  const bool abstract = path.starts_with('@');
  if (path.empty() || path.size() + (abstract ? 0 : 1) > sizeof out.sun.sun_path) return false;
  out.sun.sun_family = AF_UNIX;
  std::memcpy(out.sun.sun_path, path.data(), path.size());
  if (abstract) out.sun.sun_path[0] = '\0';
  out.size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  return true;
}

std::string proc_path(FdRef fd) { return "/proc/self/fd/" + std::to_string(fd.get()); }

Result<UniqueFd> make_socket(int type) {
  const int fd = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
  if (fd < 0) return last_error("socket", "");
  return UniqueFd(fd);
}

// chmod(2) of a socket in a directory that others may write to: never through a link that took its
// place.
Status set_socket_mode(FdRef dir, const std::string& name, mode_t mode) {
  const UniqueFd inode = TRY(open_at(dir, name, O_PATH | O_NOFOLLOW));
  struct stat st;
  if (::fstat(inode.get(), &st) < 0) return last_error("stat", name);
  if (!S_ISSOCK(st.st_mode)) return call_error("chmod", name, ENOTSOCK);
  if (::chmod(proc_path(inode).c_str(), mode) < 0) return last_error("chmod", name);
  return {};
}

void collect_fds(msghdr& header, std::vector<UniqueFd>& out) {
  for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof fd);
      out.emplace_back(fd);
    }
  }
}

}  // namespace

Result<SocketPair> make_seqpacket_pair() {
  int fds[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
    return last_error("socketpair", "");
  return SocketPair{UniqueFd(fds[0]), UniqueFd(fds[1])};
}

Status send_message(FdRef socket, std::string_view data, std::span<const int> fds) {
  if (data.empty() || fds.size() > kMaxPassedFds) return call_error("sendmsg", "", EINVAL);
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxPassedFds * sizeof(int))] = {};
  iovec part{const_cast<char*>(data.data()), data.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!fds.empty()) {
    header.msg_control = control;
    header.msg_controllen = CMSG_SPACE(fds.size_bytes());
    cmsghdr* c = CMSG_FIRSTHDR(&header);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(fds.size_bytes());
    std::memcpy(CMSG_DATA(c), fds.data(), fds.size_bytes());
  }
  ssize_t n;
  do n = ::sendmsg(socket.get(), &header, MSG_NOSIGNAL);
  while (n < 0 && errno == EINTR);
  if (n < 0) return last_error("sendmsg", "");
  if (static_cast<std::size_t>(n) != data.size()) return call_error("sendmsg", "", EMSGSIZE);
  return {};
}

Result<Message> receive_message(FdRef socket, std::span<char> buffer, int flags) {
  alignas(cmsghdr) char control[CMSG_SPACE(kMaxPassedFds * sizeof(int))];
  iovec part{buffer.data(), buffer.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control;
  header.msg_controllen = sizeof control;
  ssize_t n;
  do n = ::recvmsg(socket.get(), &header, flags | MSG_CMSG_CLOEXEC);
  while (n < 0 && errno == EINTR);
  if (n < 0) return last_error("recvmsg", "");
  Message message;
  message.size = static_cast<std::size_t>(n);
  collect_fds(header, message.fds);
  if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return call_error("recvmsg", "", EMSGSIZE);
  return message;
}

Result<UniqueFd> connect_unix_at(FdRef dir, const std::string& path, int type,
                                 std::chrono::seconds timeout) {
  Address address;
  UniqueFd target;
  const bool direct = path.starts_with('@') || path.starts_with('/') || dir.get() == kCwd;
  if (!direct || !make_address(path, address)) {
    // The magic link of an O_PATH descriptor leads to the socket itself, however long its path is.
    if (path.empty()) return call_error("connect", path, ENOENT);
    if (path.starts_with('@')) return call_error("connect", path, ENAMETOOLONG);
    auto opened = open_at(dir, path, O_PATH);
    if (!opened) return call_error("connect", path, opened.error().sys_errno);
    target = opened.take();
    make_address(proc_path(target), address);
  }
  UniqueFd fd = TRY(make_socket(type));
  const timeval limit{static_cast<time_t>(timeout.count()), 0};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) < 0)
    return last_error("setsockopt", path);
  int rc;
  do rc = ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address.sun), address.size);
  while (rc < 0 && errno == EINTR);
  if (rc < 0) return last_error("connect", path);
  return fd;
}

Result<UniqueFd> bind_unix_at(FdRef dir, const std::string& name, int type, mode_t mode) {
  if (name.empty() || name.find('/') != std::string::npos || name == "." || name == "..")
    return call_error("bind", name, EINVAL);
  std::string at = name;
  if (dir.get() != kCwd) at = proc_path(dir) + "/" + name;
  Address address;
  if (!make_address(at, address)) return call_error("bind", name, ENAMETOOLONG);
  UniqueFd fd = TRY(make_socket(type));
  // The inode is born with the socket's own mode less the umask; never wider than asked for, then
  // exactly that.
  if (::fchmod(fd.get(), mode) < 0) return last_error("fchmod", name);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address.sun), address.size) < 0)
    return last_error("bind", name);
  if (auto set = set_socket_mode(dir, name, mode); !set) {
    ::unlinkat(dir.get(), name.c_str(), 0);
    return std::move(set).error();
  }
  return fd;
}

}  // namespace oci::sys
