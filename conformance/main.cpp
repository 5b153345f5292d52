// conformance_tests RUNTIME KNOWN-LIST [BOOST.TEST OPTION...]: runs the cases on a runtime and
// writes TAP. conformance/run is made for people. Runs in pid and mount namespaces of its own and
// over an empty /run, so that it meets no container of anybody else.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "tests/support/jail.h"

#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/included/unit_test.hpp>

#include "conformance/suite.h"
#include "tests/support/tap.h"

// The leak check at the end of a sanitized build looks for this process in the /proc of another pid
// namespace.
extern "C" [[gnu::visibility("default")]] int __lsan_is_turned_off() { return 1; }

namespace oci::conformance {
namespace {

test::Tap* tap = nullptr;

// Lines "suite/case reason"; '#' begins a comment.
std::map<std::string, std::string> read_known(const char* path) {
  std::map<std::string, std::string> all;
  for (const std::string& line : test::lines(test::read_file(path))) {
    const auto end = line.find_first_of(" \t");
    if (line.empty() || line[0] == '#' || end == std::string::npos) continue;
    all[line.substr(0, end)] = line.substr(line.find_first_not_of(" \t", end));
  }
  return all;
}

bool start_suite() {
  namespace ut = boost::unit_test;
  ut::framework::master_test_suite().p_name.value = "conformance";
  ut::framework::register_observer(*tap);
  ut::unit_test_log.set_stream(tap->log());
  return true;
}

// A runtime that can run nothing here refuses all that it has to refuse, and that says nothing.
bool runs_anything() {
  Container plain;
  const Outcome created = plain.create(), started = plain.start();
  if (created.ok() && started.ok()) return true;
  std::cout << "Bail out! the plainest container does not run: "
            << (created.ok() ? started : created).err << std::endl;
  return false;
}

int run_cases(int argc, char** argv) {
  if (::unshare(CLONE_NEWNET) != 0) return 125;  // devices that cases make are nobody else's
  if (::mount("tmpfs", "/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") != 0) return 125;
  if (!runs_anything()) return 2;
  test::Tap writer(std::cout, read_known(argv[2]));
  tap = &writer;
  argv[2] = argv[0];
  const int code = boost::unit_test::unit_test_main(&start_suite, argc - 2, argv + 2);
  boost::unit_test::unit_test_log.set_stream(std::cerr);
  if (code != 0 && code != boost::exit_test_failure) return code;
  return writer.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace oci::conformance

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: conformance_tests RUNTIME KNOWN-LIST [BOOST.TEST OPTION...]\n", stderr);
    return 2;
  }
  if (::geteuid() != 0 || ::access("/bin/busybox", X_OK) != 0) {
    std::puts("1..0 # SKIP root and /bin/busybox are needed (package busybox-static)");
    return 77;
  }
  if (argv[1][0] != '/' || ::access(argv[1], X_OK) != 0) {
    std::fprintf(stderr, "%s is not the absolute path of a program\n", argv[1]);
    return 2;
  }
  oci::conformance::runtime() = argv[1];
  std::fflush(nullptr);
  return oci::test::run_jailed([&] { return oci::conformance::run_cases(argc, argv); });
}
