// Processes through pidfds: open, signal, wait, and tell one from a later owner of its number.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

// Errors carry errno; ESRCH: there is no such process (any more).
Result<UniqueFd> open_pidfd(pid_t pid);
Status send_signal(FdRef pidfd, int signal);

// From /proc/PID/stat.
struct ProcessStat {
  char state = '?';  // 'Z' and 'X': dead
  pid_t parent = 0;
  std::uint64_t start_time = 0;  // clock ticks since boot (field 22)
};
Result<ProcessStat> read_process_stat(pid_t pid);
Result<std::uint64_t> process_start_time(pid_t pid);

// Number that no other process of this boot has (pidfs, Linux 6.9); 0 on older kernels.
std::uint64_t pidfd_inode(FdRef pidfd);

// What proves that a pid still is the process that was meant.
struct ProcessIdentity {
  pid_t pid = 0;
  std::uint64_t start_time = 0;
  std::uint64_t inode = 0;  // 0: not known
};
Result<ProcessIdentity> identify_process(pid_t pid, FdRef pidfd);
// The pidfd of exactly this process. ESRCH: it has ended (also when it is not reaped yet), or the
// pid is another's.
Result<UniqueFd> open_identified(const ProcessIdentity& identity);

// True when the process has ended; false when `timeout` is over before. Negative timeout: no limit.
Result<bool> wait_ended(FdRef pidfd, std::chrono::milliseconds timeout);

struct ProcessExit {
  bool signaled = false;
  int value = 0;  // exit code, or the signal's number
};
// Reaps a child, whatever its exit signal. ECHILD: not a child of the caller.
Result<ProcessExit> reap(FdRef pidfd);
// The same without waiting: empty while it lives.
Result<std::optional<ProcessExit>> try_reap(FdRef pidfd);
// Reaps every ended child except `spare`. Returns how many.
int reap_others(pid_t spare);

}  // namespace oci::sys
