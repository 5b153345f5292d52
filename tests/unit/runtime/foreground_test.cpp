#include "lib/runtime/foreground.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/socket.h"
#include "tests/support/child.h"
#include "tests/support/proves.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/runtime/foreground_support.h"

using namespace oci;
using namespace oci::test;
using runtime::Foreground;
using std::chrono::seconds;
using std::chrono::steady_clock;

namespace {

// A process as the runtime would start it. `before` runs while its signals are still blocked.
template <class F>
int as_process(const Stdio& stdio, F body) {
  ::dup2(stdio.in, 0);
  ::dup2(stdio.out, 1);
  ::dup2(stdio.err, 2);
  for (int fd = 3; fd < 64; ++fd) ::close(fd);
  no_signals_blocked();
  return body();
}

template <class F>
Result<ExitStatus> run(const ForegroundOptions& options, F body,
                       runtime::NotifyProxy* notify = nullptr) {
  auto foreground = Foreground::prepare(options);
  if (!foreground) return std::move(foreground).error();
  const Stdio stdio = foreground->child_stdio();
  Child child([&] { return as_process(stdio, body); });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  BOOST_REQUIRE(foreground->attach(UniqueFd()).ok());
  auto exit = foreground->wait(child.pid(), pidfd, notify);
  if (exit) child.forget();
  return exit;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(foreground)

BOOST_AUTO_TEST_CASE(pipes_carry_all_three_streams) {
  Caller caller;
  BOOST_REQUIRE(sys::write_all(caller.in.write, "question").ok());
  caller.in.write.reset();
  const auto exit = run(caller.options(), [] {
    char text[64];
    ssize_t n, size = 0;
    while ((n = ::read(0, text + size, sizeof text - static_cast<std::size_t>(size))) > 0)
      size += n;
    say("answer to " + std::string(text, static_cast<std::size_t>(size)));
    return ::write(2, "trouble", 7) == 7 ? 42 : 1;
  });
  BOOST_REQUIRE_MESSAGE(exit.ok(), (exit.ok() ? "" : exit.error().text));
  BOOST_CHECK(!exit->signaled);
  BOOST_CHECK_EQUAL(exit->value, 42);
  BOOST_CHECK_EQUAL(caller.output(), "answer to question");
  BOOST_CHECK_EQUAL(caller.errors(), "trouble");
}

BOOST_AUTO_TEST_CASE(output_beyond_all_buffers_arrives_whole) {
  Caller caller;
  constexpr std::size_t kSize = 3'000'000;
  std::string got;
  std::thread reader([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    std::array<char, 4096> buffer;
    while (got.size() < kSize) {
      const ssize_t n = ::read(caller.out.read.get(), buffer.data(), buffer.size());
      if (n <= 0) return;
      got.append(buffer.data(), static_cast<std::size_t>(n));
    }
  });
  const auto exit = run(caller.options(), [] {
    for (std::size_t left = kSize; left > 0;) {
      // No heap: the child of a process with threads may have been cloned while one held its lock.
      std::array<char, 7000> part;
      part.fill(static_cast<char>('a' + left % 26));
      const ssize_t n = ::write(1, part.data(), std::min(left, part.size()));
      if (n <= 0) return 1;
      left -= static_cast<std::size_t>(n);
    }
    return 0;
  });
  caller.out.write.reset();
  reader.join();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 0);
  BOOST_CHECK_EQUAL(got.size(), kSize);
}

BOOST_AUTO_TEST_CASE(neither_open_stdin_nor_a_child_that_holds_stdout_delays_the_return,
                     *oci::test::proves({"S304"})) {
  Caller caller;
  sys::Pipe alive = sys::make_pipe().value();
  const int alive_fd = alive.write.get();
  const auto start = steady_clock::now();
  auto foreground = Foreground::prepare(caller.options());
  BOOST_REQUIRE(foreground.ok());
  const Stdio stdio = foreground->child_stdio();
  Child child([&] {
    // A grandchild that writes without end to the output it inherited.
    if (::fork() == 0) {
      ::signal(SIGPIPE, SIG_DFL);
      no_signals_blocked();
      ::dup2(stdio.out, 1);
      ::dup2(alive_fd, 2);
      for (int fd = 3; fd < 64; ++fd) ::close(fd);
      const char text[512] = {};
      for (;;)
        if (::write(1, text, sizeof text) < 0) ::_exit(0);
    }
    if (::write(stdio.out, "x", 1) != 1) return 1;
    return 5;
  });
  alive.write.reset();
  std::thread reader([&] {
    std::array<char, 65536> buffer;
    while (::read(caller.out.read.get(), buffer.data(), buffer.size()) > 0) {
    }
  });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  BOOST_REQUIRE(foreground->attach(UniqueFd()).ok());
  const auto exit = foreground->wait(child.pid(), pidfd);
  child.forget();
  BOOST_CHECK(steady_clock::now() - start < seconds(5));
  { const Foreground gone = foreground.take(); }  // closes the pipes: the grandchild gets SIGPIPE
  caller.out.write.reset();
  reader.join();
  char c;
  BOOST_CHECK_EQUAL(::read(alive.read.get(), &c, 1), 0);  // and has ended
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 5);
}

BOOST_AUTO_TEST_CASE(a_reader_that_leaves_ends_the_writer_as_in_a_pipeline) {
  Caller caller;
  caller.out.read.reset();
  const auto exit = run(caller.options(), [] {
    ::signal(SIGPIPE, SIG_DFL);
    for (;;) say("y\n");
    return 0;
  });
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK(exit->signaled);
  BOOST_CHECK_EQUAL(exit->value, SIGPIPE);
}

BOOST_AUTO_TEST_CASE(closed_standard_streams_are_no_trouble) {
  Caller caller;
  ForegroundOptions options = caller.options();
  const int closed =
      ::fcntl(caller.in.read.get(), F_DUPFD_CLOEXEC, 900);  // a number that nothing else gets
  BOOST_REQUIRE_GE(closed, 900);
  ::close(closed);
  options.stdio = {closed, closed, closed};
  const auto exit = run(options, [] {
    char c;
    return ::read(0, &c, 1) == 0 ? 3 : 1;
  });
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 3);
}

BOOST_AUTO_TEST_CASE(signals_reach_the_process) {
  Caller caller;
  auto foreground = Foreground::prepare(caller.options());
  BOOST_REQUIRE(foreground.ok());
  const Stdio stdio = foreground->child_stdio();
  sys::Pipe ready = sys::make_pipe().value();
  Child child([&] {
    const int ready_fd = ready.write.get();
    // Signals stay blocked and are taken one by one, to be told in order of arrival.
    sigset_t all;
    sigfillset(&all);
    for (;;) {
      if (::write(ready_fd, "r", 1) != 1) return 1;
      int signal = 0;
      if (::sigwait(&all, &signal) != 0) return 1;
      if (signal == SIGTERM) return 7;
      const std::string text = std::to_string(signal) + " ";
      if (::write(stdio.out, text.data(), text.size()) < 0) return 1;
    }
  });
  std::thread sender([&, self = ::getpid()] {
    char c;
    for (const int signal : {SIGURG, SIGWINCH, SIGCHLD}) ::kill(self, signal);
    for (const int signal : {SIGUSR1, SIGINT, SIGTSTP, SIGPIPE, SIGCONT, SIGRTMIN + 3, SIGTERM}) {
      if (::read(ready.read.get(), &c, 1) != 1) return;
      // From another process, as the real ones: what we seem to send ourselves may be the kernel's
      // SIGPIPE.
      Child other([&] { return ::kill(self, signal); });
      other.join();
    }
  });
  const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
  const auto exit = foreground->wait(child.pid(), pidfd);
  child.forget();
  sender.join();
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 7);
  std::string expected;
  for (const int signal : {SIGUSR1, SIGINT, SIGTSTP, SIGPIPE, SIGCONT, SIGRTMIN + 3})
    expected += std::to_string(signal) + " ";
  BOOST_CHECK_EQUAL(caller.output(), expected);
}

BOOST_AUTO_TEST_CASE(death_by_signal_is_told) {
  Caller caller;
  const auto exit = run(caller.options(), [] { return ::kill(::getpid(), SIGKILL); });
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK(exit->signaled);
  BOOST_CHECK_EQUAL(exit->shell_code(), 137);
}

BOOST_AUTO_TEST_CASE(the_caller_is_as_before) {
  Caller caller;
  sigset_t before, after;
  int subreaper = -1;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  ForegroundOptions options = caller.options();
  options.subreaper = true;
  {
    auto foreground = Foreground::prepare(options);
    BOOST_REQUIRE(foreground.ok());
    sigset_t during;
    pthread_sigmask(SIG_SETMASK, nullptr, &during);
    BOOST_CHECK_EQUAL(sigismember(&during, SIGINT), 1);
    ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    BOOST_CHECK_EQUAL(subreaper, 1);
    Child child([] { return 0; });
    const UniqueFd pidfd = sys::open_pidfd(child.pid()).value();
    BOOST_REQUIRE(foreground->wait(child.pid(), pidfd).ok());
    child.forget();
    ::kill(::getpid(), SIGINT);  // too late for the process, and not for us: used up
  }
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (int s = 1; s < 32; ++s) BOOST_CHECK_EQUAL(sigismember(&before, s), sigismember(&after, s));
  ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
  BOOST_CHECK_EQUAL(subreaper, 0);
}

BOOST_AUTO_TEST_CASE(a_subreaper_leaves_no_zombies) {
  Caller caller;
  ForegroundOptions options = caller.options();
  options.subreaper = true;
  const auto exit = run(options, [] {
    for (int i = 0; i < 5; ++i)
      if (::fork() == 0) {
        if (::fork() == 0) ::_exit(3);  // an orphan as soon as its parent has gone
        ::_exit(4);
      }
    while (::wait(nullptr) > 0) {
    }
    return 6;
  });
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 6);
  // Orphans that end later than the process are the caller's as any of its children; give them a
  // moment.
  for (int i = 0; i < 100 && ::waitpid(-1, nullptr, WNOHANG) >= 0; ++i) ::usleep(10000);
  BOOST_CHECK_EQUAL(::waitpid(-1, nullptr, WNOHANG), -1);
  BOOST_CHECK_EQUAL(errno, ECHILD);
}

BOOST_AUTO_TEST_CASE(a_process_of_another_parent_is_waited_for_without_a_status) {
  Caller caller;
  sys::Pipe told = sys::make_pipe().value();
  sys::Pipe hold = sys::make_pipe().value();
  Child parent([&] {
    const pid_t pid = ::fork();
    if (pid == 0) {
      hold.write.reset();
      char c;
      ::_exit(::read(hold.read.get(), &c, 1) == 0 ? 0 : 1);
    }
    if (::write(told.write.get(), &pid, sizeof pid) != sizeof pid) return 1;
    return sleep_for_ever();
  });
  pid_t pid = 0;
  BOOST_REQUIRE(::read(told.read.get(), &pid, sizeof pid) == sizeof pid);
  const UniqueFd pidfd = sys::open_pidfd(pid).value();
  auto foreground = Foreground::prepare(caller.options());
  BOOST_REQUIRE(foreground.ok());
  ::kill(parent.pid(), SIGSTOP);
  // Both hold the writing end; the stopped parent's copy goes with it.
  hold.write.reset();
  ::kill(parent.pid(), SIGKILL);
  const auto exit = foreground->wait(pid, pidfd);
  BOOST_REQUIRE(!exit.ok());
  BOOST_CHECK_EQUAL(exit.error().sys_errno, ECHILD);
}

BOOST_AUTO_TEST_CASE(pipes_belong_to_the_containers_root) {
  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: giving pipes to another user needs root rights");
    return;
  }
  Caller caller;
  ForegroundOptions options = caller.options();
  options.owner_uid = 4321;
  options.owner_gid = 1234;
  auto foreground = Foreground::prepare(options);
  BOOST_REQUIRE(foreground.ok());
  const Stdio stdio = foreground->child_stdio();
  for (const int fd : {stdio.in, stdio.out, stdio.err}) {
    struct stat st;
    BOOST_REQUIRE(::fstat(fd, &st) == 0);
    BOOST_CHECK(S_ISFIFO(st.st_mode));
    BOOST_CHECK_EQUAL(st.st_uid, 4321u);
    BOOST_CHECK_EQUAL(st.st_gid, 1234u);
    BOOST_CHECK_EQUAL(::fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
  }
}

BOOST_AUTO_TEST_CASE(readiness_is_passed_on_meanwhile) {
  TempDir temp;
  Caller caller;
  const UniqueFd dir = sys::open(temp.path(), O_PATH | O_DIRECTORY).value();
  const UniqueFd manager = sys::bind_unix_at(dir, "manager", SOCK_DGRAM, 0600).value();
  BOOST_REQUIRE(runtime::make_notify_dir(dir).ok());
  auto proxy = runtime::NotifyProxy::open(dir, temp.path(), temp / "manager");
  BOOST_REQUIRE(proxy.ok());
  const std::string path = temp / "notify/notify.sock";
  const auto exit = run(
      caller.options(),
      [&] {
        auto socket = sys::connect_unix_at(FdRef(sys::kCwd), path, SOCK_DGRAM);
        return socket.ok() && sys::send_message(*socket, "STATUS=x\nREADY=1").ok() ? 0 : 1;
      },
      &*proxy);
  BOOST_REQUIRE(exit.ok());
  BOOST_CHECK_EQUAL(exit->value, 0);
  std::array<char, 64> buffer;
  const auto message = sys::receive_message(manager, buffer, MSG_DONTWAIT);
  BOOST_REQUIRE(message.ok());
  BOOST_CHECK_EQUAL(std::string(buffer.data(), message->size), "READY=1\n");
}

BOOST_AUTO_TEST_SUITE_END()
