// Network devices that move into the container. Spec: config-linux.md#network-devices
#pragma once

#include <sys/types.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/runtime/context.h"
#include "lib/sys/links.h"

namespace oci::runtime {

// What was moved, and how it was: until commit() it goes back if anything fails.
class NetDevices {
 public:
  explicit NetDevices(const Context& context) : context_(context) {}
  NetDevices(const NetDevices&) = delete;
  NetDevices& operator=(const NetDevices&) = delete;
  ~NetDevices() { put_back(); }

  // From the caller's network namespace into that of process `pid`, which must not end meanwhile.
  Status move(const std::map<std::string, spec::NetDevice>& devices, pid_t pid);
  // The last one first, with its name, addresses, routes and state. What does not work is a
  // warning.
  void put_back() noexcept;
  // From here on they are where they are: Spec: config-linux.md#namespace-lifecycle-and-container-
  // termination forbids to take them out.
  void commit() noexcept { moved_.clear(); }

 private:
  struct Moved {
    sys::Link link;     // as it was
    std::string there;  // its name now
    std::vector<sys::LinkAddress> addresses;
    std::vector<std::string> routes;
  };
  // The two namespaces. The sockets keep them, even if the container's process has ended.
  struct Sides {
    UniqueFd here_fd, there_fd;
    sys::Netlink here, there;
  };
  static Result<Sides> open_sides(pid_t pid);
  Status move_one(const std::string& name, const std::string& wanted);
  Status move_as(Moved& moved, const std::string& wanted);
  Status move_to(Moved& moved, const std::string& name);
  Status restore(const Moved& moved);

  const Context& context_;
  std::optional<Sides> sides_;
  std::vector<Moved> moved_;
};

}  // namespace oci::runtime
