#include "lib/base/numbers.h"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace oci::base {
namespace {

BOOST_AUTO_TEST_SUITE(numbers)

BOOST_AUTO_TEST_CASE(strict_takes_the_whole_range) {
  BOOST_TEST(parse_number<std::uint64_t>("18446744073709551615").value() == ~std::uint64_t{0});
  BOOST_TEST(parse_number<std::int64_t>("-9223372036854775808").value() ==
             std::numeric_limits<std::int64_t>::min());
  BOOST_TEST(parse_number<std::uint32_t>("4294967295").value() == 4294967295u);
  BOOST_TEST(parse_number<int>("0").value() == 0);
  BOOST_TEST(parse_number<int>("-7").value() == -7);
}

BOOST_AUTO_TEST_CASE(strict_refuses_everything_else) {
  for (const auto* text : {"", "-", "+1", " 1", "1 ", "1\n", "01", "00", "-0", "-01", "0x1", "1e3",
                           "1.0", "1_0", "a", "--1", "18446744073709551616"})
    BOOST_TEST(!parse_number<std::int64_t>(text).has_value(), text);
  BOOST_TEST(!parse_number<std::uint64_t>("18446744073709551616").has_value());
  BOOST_TEST(!parse_number<std::uint64_t>("-1").has_value());
  BOOST_TEST(!parse_number<std::uint32_t>("4294967296").has_value());
  BOOST_TEST(!parse_number<std::uint16_t>("65536").has_value());
  BOOST_TEST(!parse_number<int>(std::string_view("1\0", 2)).has_value());
}

BOOST_AUTO_TEST_CASE(go_atoi) {
  BOOST_TEST(parse_go_atoi("+015").value() == 15);
  BOOST_TEST(parse_go_atoi("-9223372036854775808").value() ==
             std::numeric_limits<std::int64_t>::min());
  for (const auto* text :
       {"", "+", "-", "+-1", "0x9", "1_0", "9223372036854775808", "-9223372036854775809", " 1"})
    BOOST_TEST(!parse_go_atoi(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(go_base_zero) {
  BOOST_TEST(parse_go_int("0x1F").value() == 31);
  BOOST_TEST(parse_go_int("-0b101").value() == -5);
  BOOST_TEST(parse_go_int("0o17").value() == 15);
  BOOST_TEST(parse_go_int("017").value() == 15);
  BOOST_TEST(parse_go_int("0").value() == 0);
  BOOST_TEST(parse_go_int("0x_f_f").value() == 255);
  BOOST_TEST(parse_go_int("0_7").value() == 7);
  BOOST_TEST(parse_go_uint("1_000").value() == 1000u);
  BOOST_TEST(parse_go_uint("18446744073709551615").value() == ~std::uint64_t{0});
  for (const auto* text :
       {"", "08", "0x", "0b2", "1__0", "1_", "_1", "0x_", "0xg", "-", "9223372036854775808"})
    BOOST_TEST(!parse_go_int(text).has_value(), text);
  BOOST_TEST(!parse_go_uint("-1").has_value());
  BOOST_TEST(!parse_go_uint("+1").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace oci::base
