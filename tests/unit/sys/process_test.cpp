#include "lib/sys/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include <boost/test/unit_test.hpp>

#include "lib/sys/signals.h"
#include "tests/support/child.h"

using namespace oci;
using oci::test::Child;
using std::chrono::milliseconds;

namespace {
int sleep_for_ever() {
  for (;;) ::pause();
}
}  // namespace

BOOST_AUTO_TEST_SUITE(process)

BOOST_AUTO_TEST_CASE(stat_of_a_process_whose_name_looks_like_fields) {
  // Field 2 may hold spaces and parentheses: what stands behind the last one counts.
  int ready[2];
  BOOST_REQUIRE(::pipe(ready) == 0);
  Child child([&] {
    ::prctl(PR_SET_NAME, ") R 1 2 (x");
    if (::write(ready[1], "x", 1) != 1) return 1;
    return sleep_for_ever();
  });
  char c;
  BOOST_REQUIRE(::read(ready[0], &c, 1) == 1);
  ::close(ready[0]);
  ::close(ready[1]);
  const auto stat = sys::read_process_stat(child.pid());
  BOOST_REQUIRE(stat.ok());
  BOOST_CHECK_EQUAL(stat->parent, ::getpid());
  BOOST_CHECK(stat->state == 'S' || stat->state == 'R');
  BOOST_CHECK_GT(stat->start_time, 0u);
  BOOST_CHECK_GE(stat->start_time, sys::process_start_time(::getpid()).value());
}

BOOST_AUTO_TEST_CASE(a_missing_process_is_esrch) {
  Child child([] { return 0; });
  const pid_t pid = child.pid();
  child.join();
  BOOST_CHECK_EQUAL(sys::open_pidfd(pid).error().sys_errno, ESRCH);
  BOOST_CHECK_EQUAL(sys::read_process_stat(pid).error().sys_errno, ESRCH);
  BOOST_CHECK_EQUAL(sys::open_identified({pid, 1, 0}).error().sys_errno, ESRCH);
  BOOST_CHECK_EQUAL(sys::open_identified({0, 0, 0}).error().sys_errno, ESRCH);
}

// Before Linux 6.15 the kernel then says EINVAL.
BOOST_AUTO_TEST_CASE(a_process_whose_group_outlives_it_is_missing_too) {
  int end[2];
  BOOST_REQUIRE(::pipe2(end, O_CLOEXEC) == 0);
  Child child([&] {
    ::setpgid(0, 0);
    if (::fork() != 0) return 0;
    char c;
    ::close(end[1]);
    return static_cast<int>(::read(end[0], &c, 1));
  });
  const pid_t pid = child.pid();
  child.join();
  BOOST_CHECK(::kill(-pid, 0) == 0);
  BOOST_CHECK_EQUAL(sys::open_pidfd(pid).error().sys_errno, ESRCH);
  ::close(end[0]);
  ::close(end[1]);
}

BOOST_AUTO_TEST_CASE(identity_tells_a_process_from_a_later_one_of_its_number) {
  Child child(sleep_for_ever);
  const auto pidfd = sys::open_pidfd(child.pid());
  BOOST_REQUIRE(pidfd.ok());
  const auto identity = sys::identify_process(child.pid(), *pidfd);
  BOOST_REQUIRE(identity.ok());
  BOOST_CHECK(sys::open_identified(*identity).ok());

  auto later = *identity;
  later.start_time += 1;
  BOOST_CHECK_EQUAL(sys::open_identified(later).error().sys_errno, ESRCH);
  if (identity->inode == 0) {
    BOOST_TEST_MESSAGE("SKIPPED: inode check, this kernel has no pidfs");
  } else {
    auto other = *identity;
    other.inode += 1;
    BOOST_CHECK_EQUAL(sys::open_identified(other).error().sys_errno, ESRCH);
  }
}

BOOST_AUTO_TEST_CASE(a_zombie_counts_as_ended) {
  Child child(sleep_for_ever);
  const auto pidfd = sys::open_pidfd(child.pid());
  BOOST_REQUIRE(pidfd.ok());
  const auto identity = sys::identify_process(child.pid(), *pidfd);
  BOOST_REQUIRE(identity.ok());
  BOOST_CHECK_EQUAL(sys::wait_ended(*pidfd, milliseconds(0)).value(), false);
  BOOST_CHECK_EQUAL(sys::wait_ended(*pidfd, milliseconds(20)).value(), false);
  BOOST_CHECK(!sys::try_reap(*pidfd).value().has_value());
  BOOST_REQUIRE(sys::send_signal(*pidfd, SIGKILL).ok());
  BOOST_CHECK_EQUAL(sys::wait_ended(*pidfd, milliseconds(-1)).value(), true);
  BOOST_CHECK_EQUAL(sys::open_identified(*identity).error().sys_errno, ESRCH);
  const auto exit = sys::reap(*pidfd);
  child.forget();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK(exit->signaled);
  BOOST_CHECK_EQUAL(exit->value, SIGKILL);
  BOOST_CHECK_EQUAL(sys::send_signal(*pidfd, SIGTERM).error().sys_errno, ESRCH);
  BOOST_CHECK_EQUAL(sys::reap(*pidfd).error().sys_errno, ECHILD);
}

BOOST_AUTO_TEST_CASE(exit_codes) {
  Child child([] { return 42; });
  const auto pidfd = sys::open_pidfd(child.pid());
  BOOST_REQUIRE(pidfd.ok());
  const auto exit = sys::reap(*pidfd);
  child.forget();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK(!exit->signaled);
  BOOST_CHECK_EQUAL(exit->value, 42);
}

BOOST_AUTO_TEST_CASE(reap_others_spares_one) {
  Child spared([] { return 7; });
  Child other([] { return 8; });
  const auto spared_fd = sys::open_pidfd(spared.pid());
  const auto other_fd = sys::open_pidfd(other.pid());
  BOOST_REQUIRE(spared_fd.ok() && other_fd.ok());
  BOOST_REQUIRE(sys::wait_ended(*other_fd, milliseconds(5000)).value());
  BOOST_REQUIRE(sys::wait_ended(*spared_fd, milliseconds(5000)).value());
  sys::reap_others(spared.pid());
  const auto exit = sys::reap(*spared_fd);
  spared.forget();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 7);
  sys::reap_others(-1);
  other.forget();
  BOOST_CHECK_EQUAL(sys::reap(*other_fd).error().sys_errno, ECHILD);
}

BOOST_AUTO_TEST_CASE(blocked_signals_are_put_back) {
  sigset_t before, during, after;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    sys::BlockedSignals blocked;
    sys::BlockedSignals moved(std::move(blocked));
    pthread_sigmask(SIG_SETMASK, nullptr, &during);
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  BOOST_CHECK_EQUAL(sigismember(&during, SIGTERM), 1);
  for (int s = 1; s < 32; ++s) BOOST_CHECK_EQUAL(sigismember(&before, s), sigismember(&after, s));
}

BOOST_AUTO_TEST_SUITE_END()
