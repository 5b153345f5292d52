// Tests run in a jail of pid and mount namespaces, so that whatever goes wrong, no process and no
// mount outlives it, and every process seen in it is the tests' own.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <functional>

namespace oci::test {

inline int jail_exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Pid 1 of the jail: reaps what containers leave to it, ends with the tests.
inline int reap_until_end(pid_t tests) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::wait(&status);
    if (ended == tests) return jail_exit_code(status);
    if (ended < 0 && errno != EINTR) return 125;
  }
}

// crun 1.8 kills by a pid that it has read in the container's pid namespace: there it is a low one.
inline void avoid_low_pids() {
  std::FILE* last = std::fopen("/proc/sys/kernel/ns_last_pid", "we");
  if (last == nullptr) return;
  std::fputs("300", last);
  std::fclose(last);
}

inline int run_jailed(const std::function<int()>& tests_body) {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0 ||
      ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    std::perror("SKIPPED: namespaces of its own are not permitted here");
    return 77;
  }
  const pid_t jail = ::fork();
  if (jail == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) ::_exit(125);
    avoid_low_pids();
    const pid_t tests = ::fork();
    if (tests == 0) ::exit(tests_body());
    ::_exit(reap_until_end(tests));
  }
  int status = 0;
  while (::waitpid(jail, &status, 0) < 0 && errno == EINTR) {
  }
  return jail_exit_code(status);
}

}  // namespace oci::test
