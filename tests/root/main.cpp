// The program's main().
#include <unistd.h>

#include <cstdio>

#include "tests/support/jail.h"

#define BOOST_TEST_NO_MAIN
#define BOOST_TEST_ALTERNATIVE_INIT_API
#include <boost/test/included/unit_test.hpp>

#include "tests/support/tap_file.h"

// The leak check at the end of a sanitized build looks for this process in the /proc of another pid
// namespace.
extern "C" [[gnu::visibility("default")]] int __lsan_is_turned_off() { return 1; }

namespace {

int run_tests(int argc, char** argv) {
  return boost::unit_test::unit_test_main(
      +[] {
        boost::unit_test::framework::master_test_suite().p_name.value = "root";
        return true;
      },
      argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  if (::geteuid() != 0 || ::access("/bin/busybox", X_OK) != 0) {
    std::puts("SKIPPED: the root tests need root and /bin/busybox (package busybox-static)");
    return 77;
  }
  std::fflush(nullptr);
  return oci::test::run_jailed([&] { return run_tests(argc, argv); });
}
