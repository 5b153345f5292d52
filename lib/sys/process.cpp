#include "lib/sys/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <climits>
#include <csignal>
#include <string>
#include <string_view>

#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::sys {

namespace {

constexpr idtype_t kPidfd =
    static_cast<idtype_t>(3);             // P_PIDFD; not in the headers of glibc before 2.36
constexpr long kPidFsMagic = 0x50494446;  // PID_FS_MAGIC, Linux 6.9

std::string subject(pid_t pid) { return "pid " + std::to_string(pid); }

template <class T>
bool take_number(std::string_view field, T& out) {
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), out);
  return error == std::errc() && end == field.data() + field.size();
}

ProcessExit exit_of(const siginfo_t& info) { return {info.si_code != CLD_EXITED, info.si_status}; }

// The pid of the child that ended, 0 for none.
Result<pid_t> wait_id(idtype_t type, id_t id, int flags, siginfo_t& info) {
  info.si_pid = 0;
  int rc;
  do rc = ::waitid(type, id, &info, WEXITED | __WALL | flags);
  while (rc < 0 && errno == EINTR);
  if (rc < 0) return last_error("waitid", "");
  return info.si_pid;
}

}  // namespace

Result<UniqueFd> open_pidfd(pid_t pid) {
  const long fd = ::syscall(SYS_pidfd_open, pid, 0);
  // EINVAL: the number is no process (any more), but that of a group, a session or a thread that
  // lives.
  if (fd < 0)
    return call_error("pidfd_open", subject(pid), pid > 0 && errno == EINVAL ? ESRCH : errno);
  return UniqueFd(static_cast<int>(fd));
}

Status send_signal(FdRef pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd.get(), signal, nullptr, 0) < 0)
    return last_error("pidfd_send_signal", "");
  return {};
}

Result<ProcessStat> read_process_stat(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  auto read = read_file(path, 4096);
  if (!read) {
    // A process that ends between open and read gives ESRCH, one that was gone before ENOENT.
    const int err = read.error().sys_errno == ENOENT ? ESRCH : read.error().sys_errno;
    return call_error("read", path, err);
  }
  const std::string_view text = *read;
  // The name is in parentheses and may hold any byte: what follows its last ")" counts. Field 3
  // comes next.
  std::size_t at = text.rfind(')');
  ProcessStat stat;
  bool good = at != std::string_view::npos && at + 2 < text.size();
  if (good) at += 2;
  for (int field = 3; good && field <= 22; ++field) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    if (field == 3) stat.state = word.empty() ? '?' : word[0];
    if (field == 4) good = take_number(word, stat.parent);
    if (field == 22) good = take_number(word, stat.start_time);
    if (end == text.size() && field < 22) good = false;
    at = end + 1;
  }
  if (!good) return call_error("parse", path, EINVAL);
  return stat;
}

Result<std::uint64_t> process_start_time(pid_t pid) {
  return TRY(read_process_stat(pid)).start_time;
}

std::uint64_t pidfd_inode(FdRef pidfd) {
  struct statfs fs;
  struct stat st;
  // Before pidfs all pidfds share one anonymous inode.
  if (::fstatfs(pidfd.get(), &fs) < 0 || fs.f_type != kPidFsMagic) return 0;
  return ::fstat(pidfd.get(), &st) < 0 ? 0 : st.st_ino;
}

Result<ProcessIdentity> identify_process(pid_t pid, FdRef pidfd) {
  return ProcessIdentity{pid, TRY(process_start_time(pid)), pidfd_inode(pidfd)};
}

Result<UniqueFd> open_identified(const ProcessIdentity& identity) {
  if (identity.pid <= 0) return call_error("pidfd_open", subject(identity.pid), ESRCH);
  UniqueFd pidfd = TRY(open_pidfd(identity.pid));
  // The pidfd comes first: a process whose start time fits afterwards is the one that the pidfd
  // holds.
  const std::uint64_t inode = pidfd_inode(pidfd);
  const bool other = (identity.inode != 0 && inode != 0 && identity.inode != inode) ||
                     TRY(process_start_time(identity.pid)) != identity.start_time;
  if (other || TRY(wait_ended(pidfd, std::chrono::milliseconds(0))))
    return call_error("pidfd_open", subject(identity.pid), ESRCH);
  return pidfd;
}

Result<bool> wait_ended(FdRef pidfd, std::chrono::milliseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + timeout;
  for (;;) {
    auto left = timeout;
    if (timeout.count() > 0) {
      left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() < 0) left = std::chrono::milliseconds(0);
    }
    pollfd p{pidfd.get(), POLLIN, 0};
    const int wait =
        timeout.count() < 0 ? -1 : static_cast<int>(std::min<long long>(left.count(), INT_MAX));
    const int n = ::poll(&p, 1, wait);
    if (n < 0 && errno != EINTR) return last_error("poll", "pidfd");
    if (n > 0 && (p.revents & POLLNVAL) != 0) return call_error("poll", "pidfd", EBADF);
    if (n > 0) return true;
    if (n == 0) return false;
  }
}

Result<ProcessExit> reap(FdRef pidfd) {
  siginfo_t info{};
  TRY(wait_id(kPidfd, static_cast<id_t>(pidfd.get()), 0, info));
  return exit_of(info);
}

Result<std::optional<ProcessExit>> try_reap(FdRef pidfd) {
  siginfo_t info{};
  if (TRY(wait_id(kPidfd, static_cast<id_t>(pidfd.get()), WNOHANG, info)) == 0)
    return std::optional<ProcessExit>();
  return std::optional<ProcessExit>(exit_of(info));
}

int reap_others(pid_t spare) {
  for (int count = 0;;) {
    siginfo_t info{};
    // Look first: the exit status of `spare` must stay for whoever asks for it.
    auto found = wait_id(P_ALL, 0, WNOHANG | WNOWAIT, info);
    if (!found || *found == 0 || *found == spare) return count;
    siginfo_t reaped{};
    if (!wait_id(P_PID, static_cast<id_t>(*found), WNOHANG, reaped)) return count;
    ++count;
  }
}

}  // namespace oci::sys
