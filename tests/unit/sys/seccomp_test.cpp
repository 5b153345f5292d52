#include "lib/sys/seccomp.h"

#include <boost/test/unit_test.hpp>

#include "lib/words/seccomp.h"

using namespace oci;

BOOST_AUTO_TEST_SUITE(seccomp)

BOOST_AUTO_TEST_CASE(what_the_kernel_has) {
  BOOST_CHECK(sys::has_filter_flags(0));
  BOOST_CHECK(sys::has_filter_flags(words::kFilterFlagTsync | words::kFilterFlagLog |
                                    words::kFilterFlagSpecAllow));
  BOOST_CHECK(sys::has_filter_flags(words::kFilterFlagNewListener));
  BOOST_CHECK(!sys::has_filter_flags(1u << 30));
  // The kernel takes this one together with a listener only.
  BOOST_CHECK(!sys::has_filter_flags(words::kFilterFlagWaitKillableRecv));
}

BOOST_AUTO_TEST_SUITE_END()
