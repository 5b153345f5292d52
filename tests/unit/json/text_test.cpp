#include "lib/json/text.h"

#include <boost/test/unit_test.hpp>
#include <string>

using oci::json::find_fault;
using oci::json::TextFault;

BOOST_AUTO_TEST_SUITE(text)

// Every position, so that both the word-wise and the byte-wise path meet the fault.
BOOST_AUTO_TEST_CASE(faults_are_found_at_every_position) {
  for (std::size_t size = 1; size <= 24; ++size)
    for (std::size_t i = 0; i < size; ++i) {
      std::string sample(size, 'a');
      BOOST_TEST((find_fault(sample) == TextFault::kNone));
      sample[i] = '\0';
      BOOST_TEST((find_fault(sample) == TextFault::kNul));
      sample[i] = '\x80';
      BOOST_TEST((find_fault(sample) == TextFault::kNotUtf8));
    }
}

BOOST_AUTO_TEST_CASE(utf8_is_strict) {
  for (const char* good : {"\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80",
                           "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    BOOST_TEST((find_fault(good) == TextFault::kNone), good);
  for (const char* bad :
       {"\x80", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2 ", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"})
    BOOST_TEST((find_fault(bad) == TextFault::kNotUtf8));
}

BOOST_AUTO_TEST_SUITE_END()
