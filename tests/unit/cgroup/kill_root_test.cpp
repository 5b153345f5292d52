// Real cgroups: freezing and killing.
#include <fcntl.h>
#include <sched.h>

#include "tests/unit/cgroup/root_fixture.h"

namespace oci::cgroup {

namespace {

using namespace std::chrono_literals;

constexpr auto kBoth = {Cgroup::KillBy::kBest, Cgroup::KillBy::kPids};

[[noreturn]] void sleep_for_ever() {
  for (;;) ::pause();
}

// Always on the run: each process forks the next one and ends. Ends by itself after a while.
[[noreturn]] void run_away() {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < end)
    if (::fork() != 0) ::_exit(0);
  ::_exit(0);
}

bool is_gone(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string id, name, state;
  return !(stat >> id >> name >> state) || state == "Z";
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cgroup_root_kill, test::RootFixture)

BOOST_AUTO_TEST_CASE(freeze_and_thaw) {
  OCI_NEEDS_ROOT();
  Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
  const sys::Pipe pipe = sys::make_pipe().value();
  const test::Inmate writer(cgroup, [&] {
    for (;;)
      if (::write(pipe.write.get(), "x", 1) != 1) return 1;
  });
  const auto pause_until_written = [&] {
    char buffer[4096];
    return ::read(pipe.read.get(), buffer, sizeof buffer);
  };
  BOOST_TEST(pause_until_written() > 0);
  cgroup.freeze().value();
  BOOST_TEST(cgroup.frozen().value());
  BOOST_REQUIRE(::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) == 0);
  while (pause_until_written() > 0) {
  }
  ::usleep(20000);
  BOOST_TEST(pause_until_written() == -1);  // nothing came
  cgroup.freeze().value();
  cgroup.thaw().value();
  BOOST_TEST(!cgroup.frozen().value());
  BOOST_REQUIRE(::fcntl(pipe.read.get(), F_SETFL, 0) == 0);
  BOOST_TEST(pause_until_written() > 0);
  cgroup.thaw().value();
  cgroup.kill_all(5s).value();
}

BOOST_AUTO_TEST_CASE(all_processes_end) {
  OCI_NEEDS_ROOT();
  for (const Cgroup::KillBy by : kBoth) {
    Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
    const test::Inmate one(cgroup), two(cgroup, [] {
      ::fork();
      sleep_for_ever();
      return 0;
    });
    // One of them in a cgroup below, which it has made itself.
    Cgroup inner = Cgroup::make(bare_plan("/box/inner")).value();
    const test::Inmate three(inner);
    BOOST_TEST(cgroup.processes(true).value().size() >= 3u);
    BOOST_TEST(cgroup.populated().value());
    cgroup.kill_all(5s, by).value();
    BOOST_TEST(!cgroup.populated().value());
    BOOST_TEST(cgroup.processes(true).value().empty());
    for (const pid_t pid : {one.pid(), two.pid(), three.pid()}) BOOST_TEST(is_gone(pid));
    cgroup.remove().value();  // with the one below
    BOOST_TEST(!exist(cgroup.dirs()));
  }
}

BOOST_AUTO_TEST_CASE(frozen_processes_end) {
  OCI_NEEDS_ROOT();
  for (const Cgroup::KillBy by : kBoth) {
    Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
    const test::Inmate inmate(cgroup);
    cgroup.freeze().value();
    cgroup.kill_all(5s, by).value();
    BOOST_TEST(is_gone(inmate.pid()));
    BOOST_TEST(!cgroup.populated().value());
    cgroup.remove().value();
  }
}

BOOST_AUTO_TEST_CASE(what_runs_away_is_caught) {
  OCI_NEEDS_ROOT();
  for (const Cgroup::KillBy by : kBoth) {
    Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
    // Its children become the test's if it is a subreaper, else init's: nothing has to reap them
    // here.
    const test::Inmate inmate(cgroup, [] {
      for (int i = 0; i < 3; ++i)
        if (::fork() == 0) run_away();
      sleep_for_ever();
      return 0;
    });
    const auto begin = std::chrono::steady_clock::now();
    cgroup.kill_all(8s, by).value();
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 5s));
    BOOST_TEST(!cgroup.populated().value());
    cgroup.remove().value();
  }
}

BOOST_AUTO_TEST_CASE(an_empty_one_is_dead_already) {
  OCI_NEEDS_ROOT();
  for (const Cgroup::KillBy by : kBoth) {
    Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
    cgroup.kill_all(0ms, by).value();
    cgroup.remove().value();
  }
}

// The guard of S306: whatever asks for it, the caller's own cgroup is not touched.
BOOST_AUTO_TEST_CASE(the_caller_does_not_end_itself) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  Cgroup below = Cgroup::make(bare_plan("/box/below")).value();
  test::Inmate inmate(below, [&] {
    Cgroup own =
        Cgroup::open(plan.dirs, plan.mode, std::vector<bool>(plan.dirs.size(), true)).value();
    for (const Status& status :
         {own.kill_all(1s), own.kill_all(1s, Cgroup::KillBy::kPids), own.freeze(), own.remove()})
      if (status || !status.error().text.starts_with("refusing to ")) return 1;
    return 7;
  });
  BOOST_TEST(inmate.join() == 7);
  BOOST_TEST(exist(plan.dirs));
}

// Where the paths in /proc do not tell, the list of processes does.
BOOST_AUTO_TEST_CASE(the_caller_is_found_by_its_pid) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  test::Inmate inmate(cgroup, [&] {
    // In a cgroup namespace of its own the caller's path is "/".
    if (::unshare(CLONE_NEWCGROUP) != 0) return 1;
    Cgroup own = Cgroup::open(plan.dirs, plan.mode).value();
    const Status status = own.kill_all(1s);
    return !status && status.error().text.starts_with("refusing to kill cgroup ") ? 7 : 2;
  });
  BOOST_TEST(inmate.join() == 7);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
