#include "lib/base/names.h"

#include <boost/test/unit_test.hpp>

namespace oci::base {
namespace {

constexpr auto kTable = std::to_array<Named<int>>({{"b", 2}, {"bb", 22}, {"d", 4}});
constexpr auto kUnsorted = std::to_array<Named<int>>({{"d", 4}, {"b", 2}, {"bb", 22}});

BOOST_AUTO_TEST_SUITE(names)

BOOST_AUTO_TEST_CASE(every_entry_is_found_and_nothing_else) {
  for (const auto& entry : kTable) BOOST_TEST(find(kTable, entry.name) == &entry);
  for (const auto* absent : {"", "a", "ba", "bbb", "c", "e", "B"})
    BOOST_TEST(find(kTable, absent) == nullptr, absent);
}

BOOST_AUTO_TEST_CASE(order_is_checked_and_made) {
  static_assert(is_sorted_by_name(kTable) && !is_sorted_by_name(kUnsorted));
  static_assert(is_sorted_by_name(sorted_by_name(kUnsorted)));
  constexpr auto kTwice = std::to_array<Named<int>>({{"b", 2}, {"b", 3}});
  static_assert(!is_sorted_by_name(kTwice));
  BOOST_TEST(find(sorted_by_name(kUnsorted), "bb") != nullptr);
}

BOOST_AUTO_TEST_CASE(value_to_name) {
  BOOST_TEST(name_of(kUnsorted, 22) == "bb");
  BOOST_TEST(name_of(kUnsorted, 3) == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace oci::base
