#include "lib/cgroup/convert.h"

#include <boost/test/unit_test.hpp>

namespace oci::cgroup {

BOOST_AUTO_TEST_SUITE(cgroup_convert)

BOOST_AUTO_TEST_CASE(shares_become_weight_as_measured) {
  struct {
    std::uint64_t shares, weight;
  } static constexpr kTable[] = {
      {0, 0},    {1, 1},      {2, 1},          {100, 17},       {256, 35},
      {512, 59}, {1024, 100}, {262144, 10000}, {300000, 10000}, {~std::uint64_t{0}, 10000}};
  for (const auto& row : kTable)
    BOOST_TEST(weight_of_shares(row.shares) == row.weight, "shares " << row.shares);
}

BOOST_AUTO_TEST_CASE(weight_rises_with_shares) {
  std::uint64_t last = 0;
  for (std::uint64_t shares = 2; shares <= 262144; ++shares) {
    const std::uint64_t weight = weight_of_shares(shares);
    if (weight < last || weight < 1 || weight > 10000)
      BOOST_FAIL("shares " << shares << ": " << weight);
    last = weight;
  }
  BOOST_TEST(last == 10000u);
}

BOOST_AUTO_TEST_CASE(block_weight_becomes_io_weight) {
  BOOST_TEST(io_weight_of(10) == 1u);
  BOOST_TEST(io_weight_of(100) == 910u);
  BOOST_TEST(io_weight_of(500) == 4950u);
  BOOST_TEST(io_weight_of(1000) == 10000u);
}

BOOST_AUTO_TEST_CASE(swap_is_what_memory_and_swap_has_beyond_memory) {
  const auto value = [](std::int64_t limit, std::int64_t swap) {
    const auto result = swap_max(limit, swap);
    return result ? result->value_or("unset") : result.error().text;
  };
  BOOST_TEST(value(0, 0) == "unset");
  BOOST_TEST(value(1000, 0) == "unset");
  BOOST_TEST(value(-1, 0) == "max");
  BOOST_TEST(value(1000, -1) == "max");
  BOOST_TEST(value(0, -1) == "max");
  BOOST_TEST(value(1000, 1000) == "0");
  BOOST_TEST(value(1000, 1500) == "500");
  BOOST_TEST(value(0, 1000) == "unable to set swap limit without memory limit");
  BOOST_TEST(value(-1, 1000) == "unable to set swap limit without memory limit");
  BOOST_TEST(value(1000, 999) == "memory+swap limit should be >= memory limit");
  BOOST_TEST(value(-5, 999) == "invalid memory value: -5");
}

BOOST_AUTO_TEST_CASE(page_sizes) {
  for (const char* good : {"2MB", "64KB", "1GB", "1024MB"}) BOOST_TEST(is_page_size(good), good);
  for (const char* bad :
       {"", "MB", "B", "2", "0MB", "02MB", "2mb", "2TB", "2MB ", "../2MB", "-2MB", "2.5MB", "2 MB"})
    BOOST_TEST(!is_page_size(bad), bad);
}

BOOST_AUTO_TEST_CASE(pointer_tokens_are_escaped) {
  BOOST_TEST(pointer_token("a/b~c") == "a~1b~0c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
