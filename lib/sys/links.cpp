#include "lib/sys/links.h"

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/base/try.h"
#include "lib/sys/error.h"

namespace oci::sys {
namespace {

constexpr std::uint16_t kDump = NLM_F_DUMP, kMake = NLM_F_CREATE | NLM_F_EXCL;
constexpr std::uint8_t kFamilies[] = {AF_INET, AF_INET6};

template <class T>
T header_of(const std::string& payload) {
  T header{};
  std::memcpy(&header, payload.data(), std::min(sizeof header, payload.size()));
  return header;
}

template <class T>
T number_of(const NetlinkAttribute& attribute) {
  return header_of<T>(attribute.data);
}

ifinfomsg link_header(int index) {
  ifinfomsg header{};
  header.ifi_family = AF_UNSPEC;
  header.ifi_index = index;
  return header;
}

// What of an address is not a consequence of where it is.
bool is_given(std::uint16_t type) {
  switch (type) {
    case IFA_ADDRESS:
    case IFA_LOCAL:
    case IFA_LABEL:
    case IFA_BROADCAST:
    case IFA_CACHEINFO:
    case IFA_RT_PRIORITY: return true;
    default: return false;
  }
}
constexpr std::uint32_t kGivenFlags =
    IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;

LinkAddress parse_address(const std::string& payload) {
  const auto header = header_of<ifaddrmsg>(payload);
  LinkAddress out{header.ifa_family, header.ifa_prefixlen, header.ifa_scope, header.ifa_flags, {}};
  for (NetlinkAttribute& a : netlink_attributes(payload, sizeof header)) {
    if (a.type == IFA_FLAGS) out.flags = number_of<std::uint32_t>(a);  // all 32 bits of them
    if (is_given(a.type)) out.attributes.push_back(std::move(a));
  }
  return out;
}

// "eth0:web" of eth0 goes along with the device's name. Nothing if that grows too long.
std::string renamed_label(std::string label, const std::string& from, const std::string& to) {
  if (label != from && !label.starts_with(from + ":")) return label;
  label.replace(0, from.size(), to);
  return label.size() < IFNAMSIZ ? label : std::string();
}

}  // namespace

bool LinkAddress::is_permanent_global() const {
  return (flags & IFA_F_PERMANENT) != 0 && scope == RT_SCOPE_UNIVERSE;
}

bool LinkAddress::is_temporary() const {
  return family == AF_INET6 && (flags & IFA_F_TEMPORARY) != 0;
}

Result<Link> find_link(Netlink& netlink, const std::string& name) {
  constexpr std::uint32_t kSkipStatistics = 1u << 3;  // RTEXT_FILTER_SKIP_STATS
  NetlinkRequest request(RTM_GETLINK, NLM_F_ACK, link_header(0));
  request.add_text(IFLA_IFNAME, name).add(IFLA_EXT_MASK, bytes_of(kSkipStatistics));
  const auto answers = TRY(netlink.query(request, "link not found"));
  if (answers.empty()) return call_error("link not found", "", ENODEV);
  const auto header = header_of<ifinfomsg>(answers.front());
  Link out{header.ifi_index, name, (header.ifi_flags & IFF_UP) != 0, 0};
  for (const NetlinkAttribute& a : netlink_attributes(answers.front(), sizeof header)) {
    if (a.type == IFLA_IFNAME) out.name = a.data.c_str();  // `name` may be another one of it
    if (a.type == IFLA_MASTER) out.master = number_of<int>(a);
  }
  return out;
}

Status set_link_up(Netlink& netlink, int index) {
  ifinfomsg header = link_header(index);
  header.ifi_flags = header.ifi_change = IFF_UP;
  return netlink.execute(NetlinkRequest(RTM_NEWLINK, 0, header), "fail to set link up");
}

Status set_link_master(Netlink& netlink, int index, int master) {
  NetlinkRequest request(RTM_NEWLINK, 0, link_header(index));
  request.add(IFLA_MASTER, bytes_of(master));
  return netlink.execute(request, "fail to set master");
}

Status move_link(Netlink& netlink, int index, FdRef to, const std::string& name) {
  const int fd = to.get();
  NetlinkRequest request(RTM_NEWLINK, 0, link_header(index));
  request.add_text(IFLA_IFNAME, name).add(IFLA_NET_NS_FD, bytes_of(fd));
  return netlink.execute(request, "fail to move network device");
}

Result<std::vector<LinkAddress>> link_addresses(Netlink& netlink, int index) {
  std::vector<LinkAddress> all;
  for (const std::uint8_t family : kFamilies) {
    ifaddrmsg header{};
    header.ifa_family = family;
    header.ifa_index = static_cast<std::uint32_t>(index);
    const NetlinkRequest request(RTM_GETADDR, kDump, header);
    for (const std::string& answer : TRY(netlink.query(request, "fail to get ip addresses"))) {
      const auto found = header_of<ifaddrmsg>(answer);
      // A kernel without IPv6 answers with what it has.
      if (found.ifa_family == family && found.ifa_index == header.ifa_index)
        all.push_back(parse_address(answer));
    }
  }
  // IPv6 addresses come newest first; told again in the order in which they were set they stay so.
  std::reverse(std::find_if(all.begin(), all.end(),
                            [](const LinkAddress& a) { return a.family == AF_INET6; }),
               all.end());
  return all;
}

Status add_link_address(Netlink& netlink, const Link& link, const LinkAddress& address,
                        const std::string& old_name) {
  ifaddrmsg header{};
  header.ifa_family = address.family;
  header.ifa_prefixlen = address.prefix_length;
  header.ifa_scope = address.scope;
  header.ifa_index = static_cast<std::uint32_t>(link.index);
  NetlinkRequest request(RTM_NEWADDR, kMake, header);
  for (const NetlinkAttribute& a : address.attributes) {
    if (a.type != IFA_LABEL) {
      request.add(a.type, a.data);
      continue;
    }
    const std::string label = renamed_label(a.data.c_str(), old_name, link.name);
    if (!label.empty()) request.add_text(IFA_LABEL, label);
  }
  const std::uint32_t flags = address.flags & kGivenFlags;
  if (flags != 0) request.add(IFA_FLAGS, bytes_of(flags));
  return netlink.execute(request, "fail to set up address");
}

Result<std::vector<std::string>> link_routes(Netlink& netlink, int index) {
  std::vector<std::string> all;
  for (const std::uint8_t family : kFamilies) {
    rtmsg header{};
    header.rtm_family = family;
    NetlinkRequest request(RTM_GETROUTE, kDump, header);
    request.add(RTA_OIF, bytes_of(index));
    auto answers = netlink.query(request, "fail to get routes");
    // A kernel that has no such routes at all has none through this device.
    if (!answers && answers.error().sys_errno == EOPNOTSUPP) continue;
    for (std::string& answer : TRY(std::move(answers))) {
      auto found = header_of<rtmsg>(answer);
      const bool by_itself = found.rtm_protocol == RTPROT_KERNEL || found.rtm_protocol == RTPROT_RA;
      if (found.rtm_family != family || by_itself || (found.rtm_flags & RTM_F_CLONED) != 0)
        continue;
      found.rtm_flags &= RTNH_F_ONLINK;  // the others are what the kernel has found out
      std::memcpy(answer.data(), &found, sizeof found);
      all.push_back(std::move(answer));
    }
  }
  return all;
}

Status add_route(Netlink& netlink, const std::string& route) {
  return netlink.execute(NetlinkRequest(RTM_NEWROUTE, kMake, std::string_view(route)),
                         "fail to add route");
}

}  // namespace oci::sys
