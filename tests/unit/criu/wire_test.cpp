#include "lib/criu/wire.h"

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

using namespace oci::criu;

namespace {

std::string bytes(std::initializer_list<int> list) {
  std::string text;
  for (const int byte : list) text.push_back(static_cast<char>(byte));
  return text;
}

bool is_broken(const std::string& message) {
  Decoder in(message);
  while (in.next()) {
  }
  return in.broken();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire)

// The examples of the specification of the encoding.
BOOST_AUTO_TEST_CASE(known_encodings) {
  Encoder number;
  number.number(1, 150);
  BOOST_TEST((std::move(number).take() == bytes({0x08, 0x96, 0x01})));
  Encoder text;
  text.text(2, "testing");
  BOOST_TEST((std::move(text).take() == bytes({0x12, 0x07}) + "testing"));
  Encoder inner, outer;
  inner.number(1, 150);
  outer.message(3, inner);
  BOOST_TEST((std::move(outer).take() == bytes({0x1a, 0x03, 0x08, 0x96, 0x01})));
  Encoder negative;  // int32 is sign-extended to ten bytes
  negative.number(1, -1);
  BOOST_TEST((std::move(negative).take() ==
              bytes({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})));
  Encoder far;  // a field number that needs two bytes
  far.flag(63, true);
  BOOST_TEST((std::move(far).take() == bytes({0xf8, 0x03, 0x01})));
}

BOOST_AUTO_TEST_CASE(round_trip) {
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  const std::int64_t values[] = {0, 1, 127, 128, 16383, 16384, -1, kMax, -kMax - 1};
  for (const std::int64_t value : values) {
    Encoder out;
    out.number(7, value);
    out.text(8, std::string(300, 'x'));
    const std::string message = std::move(out).take();
    Decoder in(message);
    const auto number = in.next();
    BOOST_REQUIRE(number);
    BOOST_TEST(number->number == 7u);
    BOOST_TEST(static_cast<std::int64_t>(number->value) == value);
    const auto text = in.next();
    BOOST_REQUIRE(text);
    BOOST_TEST(text->number == 8u);
    BOOST_TEST(text->bytes == std::string(300, 'x'));
    BOOST_TEST(!in.next());
    BOOST_TEST(!in.broken());
  }
}

BOOST_AUTO_TEST_CASE(fields_of_fixed_width_are_passed_over) {
  const std::string message = bytes({0x09, 1, 2, 3, 4, 5, 6, 7, 8, 0x15, 1, 2, 3, 4, 0x18, 0x05});
  Decoder in(message);
  const auto field = in.next();
  BOOST_REQUIRE(field);
  BOOST_TEST(field->number == 3u);
  BOOST_TEST(field->int32() == 5);
  BOOST_TEST(!in.next());
  BOOST_TEST(!in.broken());
}

BOOST_AUTO_TEST_CASE(broken_messages) {
  BOOST_TEST(!is_broken(""));
  BOOST_TEST(is_broken(bytes({0x08})));             // no value
  BOOST_TEST(is_broken(bytes({0x08, 0x96})));       // half a varint
  BOOST_TEST(is_broken(bytes({0x12, 0x07, 'a'})));  // less than it says
  BOOST_TEST(is_broken(bytes({0x09, 1, 2, 3})));    // half a fixed64
  BOOST_TEST(is_broken(bytes({0x0b})));             // groups are long gone
  BOOST_TEST(is_broken(bytes({0x00, 0x01})));       // field 0
  BOOST_TEST(is_broken(bytes({0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})));
  BOOST_TEST(is_broken(bytes({0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02})));
  BOOST_TEST(
      is_broken(bytes({0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00})));
}

BOOST_AUTO_TEST_SUITE_END()
