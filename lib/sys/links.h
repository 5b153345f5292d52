// Network devices: found, moved between namespaces, given addresses. rtnetlink(7)
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lib/sys/netlink.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

struct Link {
  int index = 0;
  std::string name;
  bool up = false;
  int master = 0;  // index of the bridge or bond that it is a port of; 0: none
};

// An address as the kernel tells it, so that it can be told again.
struct LinkAddress {
  std::uint8_t family = 0, prefix_length = 0, scope = 0;
  std::uint32_t flags = 0;  // IFA_F_*
  std::vector<NetlinkAttribute> attributes;

  // Configured by somebody, and good everywhere: RFC 3549, section 2.3.3.2.
  bool is_permanent_global() const;
  // Made by the kernel from another one.
  bool is_temporary() const;
};

// ENODEV: there is none.
Result<Link> find_link(Netlink& netlink, const std::string& name);
Status set_link_up(Netlink& netlink, int index);
Status set_link_master(Netlink& netlink, int index, int master);
// Into another network namespace, under this name. It is down there and without addresses. EEXIST:
// the name is taken; EINVAL: it cannot be moved. After an error it may have been moved under its
// old name.
Status move_link(Netlink& netlink, int index, FdRef to, const std::string& name);

// In the order in which they were set.
Result<std::vector<LinkAddress>> link_addresses(Netlink& netlink, int index);
// `old_name`: what the device was called where the address comes from.
Status add_link_address(Netlink& netlink, const Link& link, const LinkAddress& address,
                        const std::string& old_name);

// Routes that somebody has set through this device, as messages to be sent again.
Result<std::vector<std::string>> link_routes(Netlink& netlink, int index);
Status add_route(Netlink& netlink, const std::string& route);

}  // namespace oci::sys
