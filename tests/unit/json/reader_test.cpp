#include "lib/json/reader.h"
#include "tests/support/proves.h"

#include <boost/test/unit_test.hpp>
#include <string>

using oci::Code;
using oci::json::Cursor;
using oci::json::Document;
using oci::json::Kind;
using oci::json::Limits;

namespace {

std::string fault(std::string text, const Limits& limits = {}) {
  auto document = Document::parse(std::move(text), limits);
  BOOST_REQUIRE(!document.ok());
  BOOST_TEST((document.error().code == Code::kInvalidConfig));
  return document.error().text;
}

std::string nested(unsigned levels) { return std::string(levels, '[') + std::string(levels, ']'); }

}  // namespace

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(empty_and_truncated_texts_are_told_as_go_does) {
  BOOST_TEST(fault("") == "EOF");
  BOOST_TEST(fault(" \n") == "EOF");
  for (const char* text : {"{", "{\"a\"", "{\"a\":", "[1,", "\"abc", "tru", "[{\"a\":1}", "-"})
    BOOST_TEST(fault(text) == "unexpected EOF", text);
}

BOOST_AUTO_TEST_CASE(syntax_errors_name_the_byte) {
  BOOST_TEST(fault("{]") ==
             "invalid character ']' looking for beginning of object key string (byte 2)");
  BOOST_TEST(fault("{\"a\" 1}") == "invalid character '1' after object key (byte 6)");
  BOOST_TEST(fault("{\"a\":1 \"b\":2}") ==
             "invalid character '\"' after object key:value pair (byte 8)");
  BOOST_TEST(fault("[1 2]") == "invalid character '2' after array element (byte 4)");
  BOOST_TEST(fault("x") == "invalid character 'x' looking for beginning of value (byte 1)");
  BOOST_TEST(fault("\"\\q\"").find("in string escape code") != std::string::npos);
  BOOST_TEST(fault("\"\\ud800x\"").find("surrogate") != std::string::npos);
  BOOST_TEST(fault("[1,]").starts_with("invalid character ']'"));
  BOOST_TEST(fault("[01]").starts_with("invalid character '1'"));
}

BOOST_AUTO_TEST_CASE(nothing_may_follow_the_document) {
  BOOST_TEST(fault("{} x") == "invalid character 'x' after top-level value (byte 4)");
  BOOST_TEST(fault("{}{}") == "invalid character '{' after top-level value (byte 3)");
  BOOST_TEST(Document::parse("{} \n\t").ok());
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_refused) {
  BOOST_TEST(fault("\xef\xbb\xbf{}") ==
             "invalid character '\\ufeff' looking for beginning of value");
}

BOOST_AUTO_TEST_CASE(nul_is_refused_wherever_it_stands) {
  BOOST_TEST(fault(std::string("{}\0x", 4)) == "invalid character '\\x00' (byte 3)");
  BOOST_TEST(fault(R"({"a":[{"b/c":"x\u0000y"}]})") ==
             "/a/0/b~1c: the string contains a NUL character");
  BOOST_TEST(fault(R"({"a":{"k\u0000":1}})").ends_with(": the name contains a NUL character"));
  const auto error = Document::parse(R"(["ok","\u0000"])").error();
  BOOST_TEST(error.where == "/1");
}

BOOST_AUTO_TEST_CASE(strings_must_be_utf8) {
  BOOST_TEST(fault("[\"\xff\"]") == "/0: the string is not valid UTF-8");
  BOOST_TEST(fault(R"(["\udc00"])") == "/0: the string is not valid UTF-8");
  BOOST_TEST(Document::parse("[\"\xc3\xa4 \xf0\x9f\x90\xb3 \\ud83d\\udc33\"]").ok());
}

BOOST_AUTO_TEST_CASE(depth_is_limited_without_recursion, *oci::test::proves({"S009"})) {
  BOOST_TEST(Document::parse(nested(512)).ok());
  BOOST_TEST(fault(nested(513)) == "exceeded max depth: more than 512 levels");
  BOOST_TEST(fault(std::string(4'000'000, '[')) == "exceeded max depth: more than 512 levels");
  BOOST_TEST(fault(nested(4), {.bytes = 100, .depth = 3}) ==
             "exceeded max depth: more than 3 levels");
}

BOOST_AUTO_TEST_CASE(size_is_limited, *oci::test::proves({"S009"})) {
  BOOST_TEST(Document::parse("[10]", {.bytes = 4}).ok());
  BOOST_TEST(fault("[100]", {.bytes = 4}) == "the document is larger than 4 bytes");
}

BOOST_AUTO_TEST_CASE(cursors_read_values_of_their_kind_only) {
  const auto document = Document::parse(
      R"({"b":true,"i":-3,"u":18446744073709551615,"s":"x","d":1.0,"e":1e3,"n":null})");
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  bool flag = false;
  std::int64_t number = 0;
  std::uint64_t natural = 0;
  std::string_view text;
  BOOST_TEST((root.find("b")->get(flag) && flag));
  BOOST_TEST((root.find("i")->get(number) && number == -3));
  BOOST_TEST(!root.find("i")->get(natural));
  BOOST_TEST((root.find("u")->get(natural) && natural == UINT64_MAX));
  BOOST_TEST(!root.find("u")->get(number));
  BOOST_TEST((root.find("s")->get(text) && text == "x"));
  for (const char* name : {"d", "e"}) {
    BOOST_TEST(!root.find(name)->get(number), name);
    BOOST_TEST(!root.find(name)->get(natural), name);
  }
  BOOST_TEST(!root.find("n").has_value());
  BOOST_TEST(!root.find("absent").has_value());
  BOOST_TEST(!root.find("s")->get(flag));
}

BOOST_AUTO_TEST_CASE(find_takes_the_last_of_two) {
  const auto document = Document::parse(R"({"a":1,"a":2})");
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  std::int64_t number = 0;
  BOOST_TEST((root.find("a")->get(number) && number == 2));
}

BOOST_AUTO_TEST_CASE(pointers_are_escaped) {
  const auto document = Document::parse(R"({"a~b":{"c/d":[0,[1]]}})");
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  const Cursor a = root.child(0);
  const Cursor c = a.child(0);
  const Cursor inner = c.child(1);
  BOOST_TEST(root.pointer() == "");
  BOOST_TEST(inner.child(0).pointer() == "/a~0b/c~1d/1/0");
  BOOST_TEST((inner.kind() == Kind::kArray));
  BOOST_TEST(inner.error("no").text == "/a~0b/c~1d/1: no");
  BOOST_TEST(root.error("no").text == "no");
}

BOOST_AUTO_TEST_CASE(what_was_found_is_shown_shortened) {
  const std::string big(100, 'x');
  const auto document = Document::parse("[\"" + big + "\",1.5,-7,{},[],false,null]");
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  const auto words = [&](std::size_t i) { return root.child(i).expected("a y").text; };
  BOOST_TEST(words(0) == "/0: expected a y, found string \"" + big.substr(0, 40) + "\"...");
  BOOST_TEST(words(1) == "/1: expected a y, found number 1.5");
  BOOST_TEST(words(2) == "/2: expected a y, found number -7");
  BOOST_TEST(words(3) == "/3: expected a y, found an object");
  BOOST_TEST(words(4) == "/4: expected a y, found an array");
  BOOST_TEST(words(5) == "/5: expected a y, found false");
  BOOST_TEST(words(6) == "/6: expected a y, found null");
}

BOOST_AUTO_TEST_CASE(cursors_outlive_a_move_of_their_document) {
  auto document = Document::parse(R"(["a string that is too long for the small buffer"])");
  BOOST_REQUIRE(document.ok());
  const Cursor root = document->root();
  const Document moved = document.take();
  std::string_view text;
  BOOST_TEST(root.child(0).get(text));
  BOOST_TEST(text == "a string that is too long for the small buffer");
  BOOST_TEST(moved.root().size() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
