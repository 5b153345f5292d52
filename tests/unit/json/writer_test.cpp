#include "lib/json/writer.h"

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <limits>
#include <string>

using oci::json::quoted;
using oci::json::Writer;

namespace {

std::string sample(std::string_view indent) {
  Writer out(indent);
  out.begin_object();
  out.key("a").integer(1);
  out.key("b").begin_array();
  out.string("x").boolean(true).null();
  out.begin_object().end_object();
  out.begin_array().end_array();
  out.end_array();
  out.key("c").begin_object();
  out.key("d").raw("[1]");
  out.end_object();
  out.end_object();
  return out.take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(writer)

BOOST_AUTO_TEST_CASE(compact) {
  BOOST_TEST(sample("") == R"({"a":1,"b":["x",true,null,{},[]],"c":{"d":[1]}})");
}

BOOST_AUTO_TEST_CASE(indented_like_go) {
  BOOST_TEST(sample("\t") ==
             "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t\"x\",\n\t\ttrue,\n\t\tnull,\n\t\t{},\n\t\t[]\n\t],\n"
             "\t\"c\": {\n\t\t\"d\": [1]\n\t}\n}");
  BOOST_TEST(sample("  ").find("\n    \"x\",\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(escapes_like_go) {
  BOOST_TEST(quoted("<a&b>") == R"("\u003ca\u0026b\u003e")");
  BOOST_TEST(quoted("\xe2\x80\xa8\xe2\x80\xa9") == R"("\u2028\u2029")");
  BOOST_TEST(quoted("\"\\/\b\f\n\r\t\x01\x1f\x7f") ==
             "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
  BOOST_TEST(quoted("\xc3\xa4\xf0\x9f\x90\xb3") == "\"\xc3\xa4\xf0\x9f\x90\xb3\"");
  BOOST_TEST(quoted("a\xff\xc3") == R"("a\ufffd\ufffd")");
}

BOOST_AUTO_TEST_CASE(integers_over_their_whole_range) {
  Writer out;
  out.begin_array();
  out.integer(std::numeric_limits<std::int64_t>::min())
      .integer(std::numeric_limits<std::uint64_t>::max());
  out.integer(std::uint16_t{65535});
  out.end_array();
  BOOST_TEST(out.text() == "[-9223372036854775808,18446744073709551615,65535]");
}

BOOST_AUTO_TEST_SUITE_END()
