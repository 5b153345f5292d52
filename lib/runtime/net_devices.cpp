#include "lib/runtime/net_devices.h"

#include <fcntl.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

constexpr unsigned kMostNumbers = 1u << 15;  // the kernel stops there too
constexpr std::string_view kNumber = "%d";

bool is_there(sys::Netlink& netlink, const std::string& name) {
  return sys::find_link(netlink, name).ok();
}

Error taken(const std::string& name) {
  return {Code::kInvalidConfig,
          "there is a network device " + plan::quoted(name) + " in the container already",
          EEXIST,
          {},
          {}};
}

}  // namespace

Result<NetDevices::Sides> NetDevices::open_sides(pid_t pid) {
  UniqueFd here = TRY(sys::open("/proc/thread-self/ns/net", O_RDONLY));
  UniqueFd there = TRY(sys::open("/proc/" + std::to_string(pid) + "/ns/net", O_RDONLY));
  sys::Netlink here_socket = TRY(sys::Netlink::open());
  sys::Netlink there_socket = TRY(sys::Netlink::open_in(there));
  return Sides{std::move(here), std::move(there), std::move(here_socket), std::move(there_socket)};
}

Status NetDevices::move(const std::map<std::string, spec::NetDevice>& devices, pid_t pid) {
  sides_.emplace(TRY_CTX("error creating network interfaces", open_sides(pid)));
  for (const auto& [name, device] : devices) {
    auto done = move_one(name, device.name);
    if (done) continue;
    Error error = std::move(done).error();
    if (error.where.empty()) error.where = "/linux/netDevices/" + plan::pointer_token(name);
    return std::move(error)
        .with_context("move netDevice " + name)
        .with_context("error creating network interfaces");
  }
  return {};
}

Status NetDevices::move_one(const std::string& name, const std::string& wanted) {
  Moved moved{TRY(sys::find_link(sides_->here, name)), {}, {}, {}};
  // Before it moves, and before it is down: the kernel then forgets them, IPv6 ones at once.
  moved.addresses = TRY(sys::link_addresses(sides_->here, moved.link.index));
  moved.routes = TRY(sys::link_routes(sides_->here, moved.link.index));
  auto done = move_as(moved, wanted.empty() ? moved.link.name : wanted);
  if (!done) {
    // The kernel moves first and renames then: in a race for the name it is there under its old
    // one.
    if (!is_there(sides_->here, moved.link.name) && is_there(sides_->there, moved.link.name)) {
      moved.there = moved.link.name;
      moved_.push_back(std::move(moved));
    }
    return done;
  }
  moved_.push_back(std::move(moved));
  const Moved& last = moved_.back();
  const sys::Link link = TRY(sys::find_link(sides_->there, last.there));
  for (const sys::LinkAddress& address : last.addresses)
    if (address.is_permanent_global())
      TRY(sys::add_link_address(sides_->there, link, address, last.link.name));
  return sys::set_link_up(sides_->there, link.index);
}

// A template gets the first number that is free there.
Status NetDevices::move_as(Moved& moved, const std::string& wanted) {
  const std::size_t at = wanted.find(kNumber);
  if (at == std::string::npos) return move_to(moved, wanted);
  for (unsigned n = 0; n < kMostNumbers; ++n) {
    std::string name = wanted;
    name.replace(at, kNumber.size(), std::to_string(n));
    if (!is_there(sides_->there, name)) return move_to(moved, name);
  }
  return taken(wanted);
}

Status NetDevices::move_to(Moved& moved, const std::string& name) {
  if (is_there(sides_->there, name)) return taken(name);
  moved.there = name;
  return sys::move_link(sides_->here, moved.link.index, sides_->there_fd, name);
}

Status NetDevices::restore(const Moved& moved) {
  const sys::Link there = TRY(sys::find_link(sides_->there, moved.there));
  TRY(sys::move_link(sides_->there, there.index, sides_->here_fd, moved.link.name));
  const sys::Link here = TRY(sys::find_link(sides_->here, moved.link.name));
  Status all;
  const auto note = [&](Status done) {
    // What the kernel has made again by itself is there already.
    if (!done && done.error().sys_errno != EEXIST && all) all = std::move(done);
  };
  for (const sys::LinkAddress& address : moved.addresses)
    if (!address.is_temporary())
      note(sys::add_link_address(sides_->here, here, address, moved.link.name));
  if (moved.link.master != 0)
    note(sys::set_link_master(sides_->here, here.index, moved.link.master));
  if (moved.link.up) note(sys::set_link_up(sides_->here, here.index));
  for (const std::string& route : moved.routes) note(sys::add_route(sides_->here, route));
  return all;
}

void NetDevices::put_back() noexcept {
  for (; !moved_.empty(); moved_.pop_back()) {
    const Moved& last = moved_.back();
    if (const auto done = restore(last); !done)
      context_.log(LogLevel::kWarning, "network device " + last.link.name +
                                           " is not back as it was: " + done.error().text);
  }
}

}  // namespace oci::runtime
