// With OCI_TAP=FILE in the environment a test program also writes TAP there. For one file of each
// program, after Boost.Test's headers.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <boost/test/tree/test_case_counter.hpp>
#include <boost/test/tree/traverse.hpp>
#include <cstdlib>
#include <fstream>

#include "tests/support/tap.h"

namespace oci::test {

struct TapFile {
  TapFile() {
    const char* path = std::getenv("OCI_TAP");
    if (path == nullptr || *path == 0) return;
    const int next = ::dup(0);  // the number that the file gets: no child of a test may have it
    ::close(next);
    static std::ofstream file(path);
    ::fcntl(next, F_SETFD, FD_CLOEXEC);
    ::unsetenv("OCI_TAP");  // it is not for the same program as a child
    static Tap tap(file, {});
    namespace ut = boost::unit_test;
    ut::framework::register_observer(tap);
    // The run has begun when this is constructed.
    ut::test_case_counter cases;
    ut::traverse_test_tree(ut::framework::master_test_suite().p_id, cases);
    tap.test_start(cases.p_count, ut::framework::master_test_suite().p_id);
  }
};
BOOST_TEST_GLOBAL_CONFIGURATION(TapFile);

}  // namespace oci::test
