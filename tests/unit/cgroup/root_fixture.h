// For tests that make real cgroups: they need root, and leave none behind.
#pragma once

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "lib/cgroup/cgroup.h"
#include "lib/cgroup/probe.h"
#include "lib/sys/file.h"
#include "oci/parse.h"
#include "tests/support/child.h"
#include "tests/support/proves.h"

// Ends the test case, loudly, where it cannot run.
#define OCI_SKIP_UNLESS(condition, why)     \
  if (!(condition)) {                       \
    BOOST_TEST_MESSAGE("SKIPPED: " << why); \
    ::oci::test::skip_reason() = why;       \
    return;                                 \
  }
#define OCI_NEEDS_ROOT()                                      \
  OCI_SKIP_UNLESS(::geteuid() == 0, "cgroup tests need root") \
  OCI_SKIP_UNLESS(layout.mode != Mode::kNone, "there are no cgroups on this host")

namespace oci::cgroup::test {

class RootFixture {
 public:
  RootFixture() : layout(probe().value()), root("/oci-unit-cgroup-" + std::to_string(::getpid())) {
    if (layout.mode == Mode::kV2)
      enabled_ = words(read(layout.unified_mount_point + "/cgroup.subtree_control"));
  }
  RootFixture(const RootFixture&) = delete;
  RootFixture& operator=(const RootFixture&) = delete;
  ~RootFixture() {
    if (::geteuid() != 0) return;
    auto all = plan_at("", "{}");
    Cgroup cgroup =
        Cgroup::open(all.dirs, all.mode, std::vector<bool>(all.dirs.size(), true)).value();
    static_cast<void>(cgroup.kill_all(std::chrono::seconds(5)));
    static_cast<void>(cgroup.thaw());
    BOOST_CHECK_MESSAGE(cgroup.remove().ok(), "the test leaves cgroups behind");
    // What make() has switched on at the top of the host's hierarchy.
    if (layout.mode != Mode::kV2) return;
    for (const std::string& word :
         words(read(layout.unified_mount_point + "/cgroup.subtree_control")))
      if (std::find(enabled_.begin(), enabled_.end(), word) == enabled_.end())
        std::ofstream(layout.unified_mount_point + "/cgroup.subtree_control") << "-" << word;
  }

  // For a container at `below` the test's own part of the tree: "/box".
  Plan plan_at(const std::string& below, const std::string& resources) const {
    const spec::Resources parsed = parse_resources(resources).value();
    return cgroup::plan(root + below, "box", &parsed, false, layout, nullptr).value();
  }
  Plan bare_plan(const std::string& below) const {
    Plan out = plan_at(below, "{}");
    out.writes.clear();
    out.device_program.clear();
    return out;
  }

  static std::string read(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  static void write(const std::string& path, const std::string& value) {
    std::ofstream(path) << value << std::flush;
  }
  static std::string path_of(const Dir& dir) { return dir.mount_point + dir.path; }
  static bool exist(const std::vector<Dir>& dirs) {
    return std::any_of(dirs.begin(), dirs.end(),
                       [](const Dir& dir) { return std::filesystem::exists(path_of(dir)); });
  }
  // The directory with that v1 controller, or empty.
  static std::string dir_of(const std::vector<Dir>& dirs, const std::string& controller) {
    for (const Dir& dir : dirs)
      if (std::find(dir.controllers.begin(), dir.controllers.end(), controller) !=
          dir.controllers.end())
        return path_of(dir);
    return {};
  }

  const Layout layout;
  const std::string root;  // the test's part of each hierarchy

 private:
  static std::vector<std::string> words(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> out;
    for (std::string word; in >> word;) out.push_back(word);
    return out;
  }
  std::vector<std::string> enabled_;
};

// A child in the cgroup that runs `body` there; the constructor returns when it has arrived. It
// does not outlive the test.
class Inmate {
 public:
  template <class F>
  Inmate(const Cgroup& cgroup, F body) : Inmate(cgroup, sys::make_pipe().value(), body) {}
  explicit Inmate(const Cgroup& cgroup)
      : Inmate(cgroup, [] {
          for (;;) ::pause();
          return 0;
        }) {}
  Inmate(const Inmate&) = delete;
  Inmate& operator=(const Inmate&) = delete;
  // A test that fails while it is frozen must not hang.
  ~Inmate() { static_cast<void>(cgroup_.thaw()); }
  pid_t pid() const { return child_.pid(); }
  int join() { return child_.join(); }

 private:
  template <class F>
  Inmate(const Cgroup& cgroup, sys::Pipe pipe, F body)
      : cgroup_(Cgroup::open(cgroup.dirs(), Mode::kNone).value()), child_([&]() -> int {
          ::prctl(PR_SET_PDEATHSIG, SIGKILL);
          for (std::size_t i = 0; i < cgroup.dirs().size(); ++i) {
            const auto enter = cgroup.open_enter(i);
            if (!enter || ::write(enter->get(), "0", 1) != 1) return 99;
          }
          if (::write(pipe.write.get(), "x", 1) != 1) return 98;
          return body();
        }) {
    pipe.write.reset();
    char byte;
    BOOST_REQUIRE(::read(pipe.read.get(), &byte, 1) == 1);
  }
  Cgroup cgroup_;
  oci::test::Child child_;
};

}  // namespace oci::cgroup::test
