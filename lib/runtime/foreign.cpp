#include "lib/runtime/foreign.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "oci/parse.h"

namespace oci::runtime {
namespace {

constexpr const char* kCrunStatus = "status";
constexpr const char* kConfig = "config.json";
constexpr std::size_t kMaxFile = std::size_t{16} << 20;

bool exists(FdRef dir, const char* name) {
  return ::faccessat(dir.get(), name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool is_directory(const std::string& path) {
  struct stat st;
  return ::lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

// Who can write to it decides what is killed and removed.
Status check_own(FdRef fd, const std::string& name) {
  struct stat st;
  if (::fstat(fd.get(), &st) < 0) return sys::last_error("stat", name);
  const auto refuse = [&](const char* why) {
    return Error{Code::kCorruptState, name + " " + why, 0, name, {}};
  };
  if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) return refuse("is not a file");
  if (st.st_uid != ::geteuid()) return refuse("is owned by another user");
  if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0) return refuse("is writable by group or others");
  return {};
}

Foreign fault(Error error) { return Foreign{{}, std::move(error)}; }

Foreign read_by_format(FdRef dir, const std::string& id, const Result<std::string>& state) {
  if (state) {
    const auto mountinfo = sys::read_file("/proc/self/mountinfo");
    if (!mountinfo) return fault(mountinfo.error());
    return parse_runc_state(*state, id + "/state.json", cgroup::parse_cgroup_mounts(*mountinfo));
  }
  if (state.error().sys_errno != ENOENT) return fault(state.error());
  const auto status = read_record_file(dir, id, kCrunStatus);
  if (!status && status.error().sys_errno != ENOENT) return fault(status.error());
  if (!status && !exists(dir, kConfig)) return fault(Error{Code::kNotFound, {}, ENOENT, {}, {}});
  if (!status)
    return fault(Error{Code::kCorruptState,
                       id + ": crun has not finished to create it, or was killed meanwhile",
                       0,
                       id,
                       {}});
  const auto layout = cgroup::probe();
  if (!layout) return fault(layout.error());
  return parse_crun_status(*status, read_record_file(dir, id, kConfig), id + "/" + kCrunStatus,
                           *layout, is_directory);
}

}  // namespace

Result<std::string> read_record_file(FdRef dir, std::string_view id, const std::string& name) {
  const std::string shown = std::string(id) + "/" + name;
  // Not blocking: what is there may be a FIFO.
  auto file = sys::open_at(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file && file.error().sys_errno == ELOOP)
    return Error{Code::kCorruptState, shown + " is a symbolic link", 0, shown, {}};
  if (!file) return std::move(file).error();
  TRY(check_own(*file, shown));
  return sys::read_all(*file, kMaxFile);
}

Foreign read_foreign(FdRef dir, const std::string& id, const Result<std::string>& state) {
  if (auto own = check_own(dir, id); !own) return fault(std::move(own).error());
  Foreign out = read_by_format(dir, id, state);
  out.record.id = id;
  struct stat st;
  if (::fstat(dir.get(), &st) == 0) out.record.owner = st.st_uid;
  // Both take it away when the container is started.
  if (exists(dir, kGateFifo)) out.record.phase = Phase::kCreated;
  return out;
}

Status take_process_defaults(Record& record) {
  if (record.maker != Maker::kRunc) return {};
  auto spec = load_spec(record.bundle);
  if (!spec)
    return std::move(spec).error().with_context(
        "a container of runc has its process defaults in its bundle; without it exec needs"
        " --process");
  if (!spec->process)
    return Error{Code::kInvalidConfig, "process property must not be empty", 0, "/process", {}};
  const spec::Process& from = *spec->process;
  spec::Process& process = record.process;
  const auto umask = process.user.umask;
  process.user = from.user;
  process.user.umask = umask;
  process.env = from.env;
  process.cwd = from.cwd;
  process.rlimits = from.rlimits;
  process.apparmor_profile = from.apparmor_profile;
  process.exec_cpu_affinity = from.exec_cpu_affinity;
  return {};
}

}  // namespace oci::runtime
