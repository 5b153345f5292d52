#include "lib/base/text.h"

#include <boost/test/unit_test.hpp>

namespace oci::base {

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(pieces_one_by_one) {
  std::string_view rest = "a,,bc";
  BOOST_TEST(take_until(rest, ',') == "a");
  BOOST_TEST(take_until(rest, ',') == "");
  BOOST_TEST(rest == "bc");
  BOOST_TEST(take_until(rest, ',') == "bc");
  BOOST_TEST(rest.empty());
  BOOST_TEST(take_until(rest, ',') == "");
}

BOOST_AUTO_TEST_CASE(a_separator_at_the_end_leaves_nothing) {
  std::string_view rest = "line\n";
  BOOST_TEST(take_until(rest, '\n') == "line");
  BOOST_TEST(rest.empty());
}

BOOST_AUTO_TEST_CASE(bytes_in_octal) {
  BOOST_TEST(unescape_octal("/a\\040b\\134") == "/a b\\");
  BOOST_TEST(unescape_octal("\\04") == "\\04");
  BOOST_TEST(unescape_octal("\\089") == "\\089");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::base
