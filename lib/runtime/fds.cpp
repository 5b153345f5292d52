// Opens what a plan wants to be given.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/runtime/context.h"
#include "lib/runtime/user_namespace.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

using Kind = plan::FdSource::Kind;
constexpr unsigned long kGetNamespaceType = 0xb703;  // NS_GET_NSTYPE, ioctl_ns(2)

// O_NONBLOCK: a FIFO put in a namespace's place must not hang the caller.
Result<UniqueFd> open_namespace(const plan::FdSource& source) {
  UniqueFd fd = TRY(sys::open(source.path, O_RDONLY | O_NONBLOCK));
  const int type = ::ioctl(fd.get(), kGetNamespaceType);
  if (type < 0 || static_cast<std::uint64_t>(type) != source.ns_type)
    return Error{Code::kInvalidConfig,
                 source.path + " is not a namespace of the type that is asked for",
                 0,
                 source.path,
                 {}};
  if (!source.if_own.empty()) {
    struct stat given {
    }, own{};
    const std::string own_path = "/proc/thread-self/ns/net";
    if (::fstat(fd.get(), &given) < 0) return sys::last_error("fstat", source.path);
    if (::stat(own_path.c_str(), &own) < 0) return sys::last_error("stat", own_path);
    if (given.st_dev == own.st_dev && given.st_ino == own.st_ino)
      return Error{Code::kInvalidConfig, source.if_own, 0, source.path, {}};
  }
  return fd;
}

// In the words that people know for an exec (C070); what create makes itself it can open.
Result<UniqueFd> to_enter(Result<UniqueFd> opened, const Entry* entry) {
  if (opened || entry != nullptr) return opened;
  return std::move(opened).error().with_context("error adding pid of the process to cgroups");
}

Result<UniqueFd> open_map(const plan::MountMap& map) {
  auto made = make_user_namespace(map.maps);
  if (made) return made;
  Error error = std::move(made).error().with_context("unable to map the ids of a mount");
  error.where = map.pointer;
  return error;
}

Result<UniqueFd> open_one(const plan::Plan& plan, const plan::FdSource& source,
                          const cgroup::Cgroup* cgroup, const Entry* entry, const Stdio& stdio,
                          FdRef init_pidfd) {
  switch (source.kind) {
    case Kind::kNamespace: return open_namespace(source);
    case Kind::kCgroupDir: return to_enter(cgroup->open_dir(source.index), entry);
    case Kind::kCgroupTasks: return to_enter(cgroup->open_enter(source.index), entry);
    case Kind::kGate: return sys::open_at(entry->dir(), kGateFifo, O_RDWR);
    case Kind::kGateReport: return sys::open_at(entry->dir(), kReportFifo, O_RDWR);
    case Kind::kInitPidfd: return sys::duplicate(init_pidfd);
    case Kind::kUserNamespace: return open_map(plan.mount_maps[source.index]);
    case Kind::kStdio: {
      const int given[] = {stdio.in, stdio.out, stdio.err};
      const int fd =
          given[source.index] >= 0 ? given[source.index] : static_cast<int>(source.index);
      return sys::duplicate(FdRef(fd));
    }
  }
  return Error{};
}

}  // namespace

Result<std::vector<OpenedFd>> open_fds(const plan::Plan& plan, const cgroup::Cgroup* cgroup,
                                       const Entry* entry, const Stdio& stdio, FdRef init_pidfd) {
  std::vector<OpenedFd> fds;
  for (const plan::FdSource& source : plan.fds)
    fds.push_back({source.slot, TRY(open_one(plan, source, cgroup, entry, stdio, init_pidfd))});
  return fds;
}

Status check_handed_on(int listen, int preserve) {
  const auto missing = [](std::string_view what, int index, int count) {
    return Error{Code::kInvalidArgument,
                 "unable to stat " + std::string(what) + " " + std::to_string(index) + " (of " +
                     std::to_string(count) + "): " + std::string(sys::errno_text(ENOENT)),
                 ENOENT,
                 "--preserve-fds",
                 {}};
  };
  int fd = 3;
  for (int i = 0; i < listen; ++i, ++fd)
    if (::fcntl(fd, F_GETFD) < 0) return missing("activation-fd", i, listen);
  for (int i = 0; i < preserve; ++i, ++fd)
    if (::fcntl(fd, F_GETFD) < 0) return missing("preserved-fd", i, preserve);
  return {};
}

Status make_gate(const Entry& entry) {
  for (const char* name : {kGateFifo, kReportFifo})
    if (::mkfifoat(entry.dir().get(), name, 0600) < 0) return sys::last_error("mkfifo", name);
  return {};
}

}  // namespace oci::runtime
