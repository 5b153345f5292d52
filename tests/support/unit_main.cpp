// The main() of every unit test program.
#define BOOST_TEST_MODULE OCI_UNIT_NAME
#include <boost/test/unit_test.hpp>
