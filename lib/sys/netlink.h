// Route netlink: requests are built from parts, answers are taken apart. netlink(7), rtnetlink(7)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// The fixed header of a message or a number, as bytes.
template <class T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

struct NetlinkAttribute {
  std::uint16_t type = 0;
  std::string data;
};
// What follows the fixed header of `header_size` bytes. A broken rest is left out.
std::vector<NetlinkAttribute> netlink_attributes(std::string_view payload, std::size_t header_size);

// One message to the kernel: RTM_*, its fixed header (struct ifinfomsg and the like), attributes.
class NetlinkRequest {
 public:
  template <class Header>
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, const Header& header)
      : NetlinkRequest(type, flags, bytes_of(header)) {}
  NetlinkRequest(std::uint16_t type, std::uint16_t flags, std::string_view payload);
  NetlinkRequest& add(std::uint16_t type, std::string_view data);
  NetlinkRequest& add_text(std::uint16_t type, const std::string& text);  // with its NUL

 private:
  friend class Netlink;
  std::uint16_t type_, flags_;
  std::string payload_;
};

// A socket of NETLINK_ROUTE. It belongs to one network namespace, and keeps it alive.
class Netlink {
 public:
  // In the caller's network namespace.
  static Result<Netlink> open();
  // In another one. The calling thread does not go there.
  static Result<Netlink> open_in(FdRef network_namespace);

  // Waits for the kernel's answer. An error is `WHAT: reason`, with the kernel's own words where it
  // has any.
  Status execute(const NetlinkRequest& request, std::string_view what);
  // The payloads of what the kernel answers to a question, with NLM_F_DUMP all of them.
  Result<std::vector<std::string>> query(const NetlinkRequest& request, std::string_view what);

 private:
  explicit Netlink(UniqueFd socket) : socket_(std::move(socket)) {}
  static Result<Netlink> prepare(UniqueFd socket);
  Status send(const NetlinkRequest& request);
  Result<std::string_view> receive();
  UniqueFd socket_;
  std::uint32_t sequence_ = 0;
  std::string buffer_;
};

}  // namespace oci::sys
