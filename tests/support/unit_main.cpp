// The main() of every unit test program.
#define BOOST_TEST_MODULE OCI_UNIT_NAME
#include <boost/test/unit_test.hpp>

#include "tests/support/tap_file.h"

// For sanitized builds. libseccomp 2.5 loses nodes of the rules that it drops as it merges them.
extern "C" [[gnu::visibility("default")]] const char* __lsan_default_suppressions() {
  return "leak:libseccomp.so\n";
}
