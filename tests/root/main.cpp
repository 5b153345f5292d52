// The program's main(): the tests run in a jail of pid and mount namespaces, so that whatever goes
// wrong, no process and no mount outlives it, and every process seen in it is the tests' own.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/included/unit_test.hpp>

// The leak check at the end of a sanitized build looks for this process in the /proc of another pid
// namespace.
extern "C" [[gnu::visibility("default")]] int __lsan_is_turned_off() { return 1; }

namespace {

int exit_code(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_tests(int argc, char** argv) {
  return boost::unit_test::unit_test_main(
      +[] {
        boost::unit_test::framework::master_test_suite().p_name.value = "root";
        return true;
      },
      argc, argv);
}

// Pid 1 of the jail: reaps what containers leave to it, ends with the tests.
int reap_until_end(pid_t tests) {
  for (;;) {
    int status = 0;
    const pid_t ended = ::wait(&status);
    if (ended == tests) return exit_code(status);
    if (ended < 0 && errno != EINTR) return 125;
  }
}

int run_jailed(int argc, char** argv) {
  if (::unshare(CLONE_NEWNS | CLONE_NEWPID) != 0 ||
      ::mount("", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    std::perror("SKIPPED: namespaces of its own are not permitted here");
    return 77;
  }
  const pid_t jail = ::fork();
  if (jail == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::mount("proc", "/proc", "proc", 0, nullptr) != 0) ::_exit(125);
    const pid_t tests = ::fork();
    if (tests == 0) return run_tests(argc, argv);
    ::_exit(reap_until_end(tests));
  }
  int status = 0;
  while (::waitpid(jail, &status, 0) < 0 && errno == EINTR) {
  }
  return exit_code(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (::geteuid() != 0 || ::access("/bin/busybox", X_OK) != 0) {
    std::puts("SKIPPED: the root tests need root and /bin/busybox (package busybox-static)");
    return 77;
  }
  std::fflush(nullptr);
  return run_jailed(argc, argv);
}
