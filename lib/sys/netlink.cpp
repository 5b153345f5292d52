#include "lib/sys/netlink.h"

#include <linux/netlink.h>
#include <linux/sched.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/raw.h"
#include "lib/sys/signals.h"

namespace oci::sys {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{1} << 16;  // a dump comes in pieces of 32 KiB
constexpr std::size_t kHeaderBytes = sizeof(nlmsghdr);

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

void append_aligned(std::string& to, std::string_view data) {
  to += data;
  to.resize(aligned(to.size()));
}

template <class T>
bool take(std::string_view bytes, T& out) {
  if (bytes.size() < sizeof out) return false;
  std::memcpy(&out, bytes.data(), sizeof out);
  return true;
}

// Runs in the caller's memory with the caller's descriptors, but is a process of its own: raw calls
// only.
struct Visit {
  int network_namespace;
  Word socket;
};
int make_socket_there(void* argument) {
  auto* visit = static_cast<Visit*>(argument);
  visit->socket = raw(__NR_setns, visit->network_namespace, CLONE_NEWNET);
  if (visit->socket == 0)
    visit->socket = raw(__NR_socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  return 0;
}

// What NLMSG_ERROR says: 0, or errno with the kernel's own words behind it (NETLINK_EXT_ACK).
Status error_of(std::string_view payload, bool has_words, std::string_view what) {
  int negative = 0;
  if (!take(payload, negative)) return call_error(what, "", EPROTO);
  if (negative == 0) return {};
  Error error = call_error(what, "", -negative);
  if (!has_words) return error;
  for (const NetlinkAttribute& a : netlink_attributes(payload, sizeof(nlmsgerr)))
    if (a.type == NLMSGERR_ATTR_MSG && !a.data.empty())
      error.text += " (" + std::string(a.data.c_str()) + ")";
  return error;
}

}  // namespace

std::vector<NetlinkAttribute> netlink_attributes(std::string_view payload,
                                                 std::size_t header_size) {
  std::vector<NetlinkAttribute> all;
  payload.remove_prefix(std::min(aligned(header_size), payload.size()));
  nlattr head{};
  while (take(payload, head) && head.nla_len >= sizeof head && head.nla_len <= payload.size()) {
    all.push_back({static_cast<std::uint16_t>(head.nla_type & NLA_TYPE_MASK),
                   std::string(payload.substr(sizeof head, head.nla_len - sizeof head))});
    payload.remove_prefix(std::min(aligned(head.nla_len), payload.size()));
  }
  return all;
}

NetlinkRequest::NetlinkRequest(std::uint16_t type, std::uint16_t flags, std::string_view payload)
    : type_(type), flags_(flags) {
  append_aligned(payload_, payload);
}

NetlinkRequest& NetlinkRequest::add(std::uint16_t type, std::string_view data) {
  const nlattr head{static_cast<std::uint16_t>(sizeof(nlattr) + data.size()), type};
  payload_ += bytes_of(head);
  append_aligned(payload_, data);
  return *this;
}

NetlinkRequest& NetlinkRequest::add_text(std::uint16_t type, const std::string& text) {
  return add(type, {text.c_str(), text.size() + 1});
}

Result<Netlink> Netlink::prepare(UniqueFd socket) {
  const int on = 1;
  // Without the first, filters of dumps are not looked at; without the others, errors come without
  // words and with the whole request.
  for (const int option : {NETLINK_GET_STRICT_CHK, NETLINK_EXT_ACK, NETLINK_CAP_ACK})
    if (::setsockopt(socket.get(), SOL_NETLINK, option, &on, sizeof on) < 0)
      return last_error("setsockopt", "netlink");
  Netlink ready(std::move(socket));
  ready.buffer_.resize(kBufferBytes);
  return ready;
}

Result<Netlink> Netlink::open() {
  UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!socket) return last_error("socket", "netlink");
  return prepare(std::move(socket));
}

Result<Netlink> Netlink::open_in(FdRef network_namespace) {
  constexpr std::size_t kStackBytes = 16384;
  const auto stack = std::make_unique_for_overwrite<std::byte[]>(kStackBytes);
  Visit visit{network_namespace.get(), -EIO};
  clone_args args{};
  args.flags = CLONE_VM | CLONE_FILES | CLONE_CLEAR_SIGHAND;
  args.stack = reinterpret_cast<std::uintptr_t>(stack.get());
  args.stack_size = kStackBytes;
  const BlockedSignals blocked;
  const Word pid = clone3_vm(&args, sizeof args, make_socket_there, &visit);
  if (pid < 0) return call_error("clone3", "", static_cast<int>(-pid));
  while (::waitpid(static_cast<pid_t>(pid), nullptr, __WALL) < 0 && errno == EINTR) {
  }
  if (visit.socket < 0) return call_error("setns", "", static_cast<int>(-visit.socket));
  return prepare(UniqueFd(static_cast<int>(visit.socket)));
}

Status Netlink::send(const NetlinkRequest& request) {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(kHeaderBytes + request.payload_.size());
  head.nlmsg_type = request.type_;
  head.nlmsg_flags = static_cast<std::uint16_t>(request.flags_ | NLM_F_REQUEST);
  head.nlmsg_seq = ++sequence_;
  std::string message(bytes_of(head));
  message += request.payload_;
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  ssize_t sent;
  do
    sent = ::sendto(socket_.get(), message.data(), message.size(), 0,
                    reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? Status(last_error("sendto", "netlink")) : Status{};
}

// The messages of one datagram of the kernel's.
Result<std::string_view> Netlink::receive() {
  for (;;) {
    sockaddr_nl from{};
    iovec part{buffer_.data(), buffer_.size()};
    msghdr header{};
    header.msg_name = &from;
    header.msg_namelen = sizeof from;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t size = ::recvmsg(socket_.get(), &header, 0);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return last_error("recvmsg", "netlink");
    if ((header.msg_flags & MSG_TRUNC) != 0) return call_error("recvmsg", "netlink", EMSGSIZE);
    if (from.nl_pid == 0)
      return std::string_view(buffer_).substr(0, static_cast<std::size_t>(size));
  }
}

Result<std::vector<std::string>> Netlink::query(const NetlinkRequest& request,
                                                std::string_view what) {
  TRY(send(request));
  std::vector<std::string> answers;
  for (;;) {
    std::string_view rest = TRY(receive());
    nlmsghdr head{};
    while (take(rest, head) && head.nlmsg_len >= kHeaderBytes && head.nlmsg_len <= rest.size()) {
      const std::string_view payload = rest.substr(kHeaderBytes, head.nlmsg_len - kHeaderBytes);
      rest.remove_prefix(std::min(aligned(head.nlmsg_len), rest.size()));
      if (head.nlmsg_seq != sequence_) continue;
      if (head.nlmsg_type == NLMSG_ERROR) {
        TRY(error_of(payload, (head.nlmsg_flags & NLM_F_ACK_TLVS) != 0, what));
        return answers;
      }
      if (head.nlmsg_type == NLMSG_DONE) {
        TRY(error_of(payload, false, what));
        return answers;
      }
      answers.emplace_back(payload);
    }
  }
}

Status Netlink::execute(const NetlinkRequest& request, std::string_view what) {
  NetlinkRequest confirmed = request;
  confirmed.flags_ |= NLM_F_ACK;
  (void)TRY(query(confirmed, what));
  return {};
}

}  // namespace oci::sys
