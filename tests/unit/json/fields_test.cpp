#include "lib/json/fields.h"

#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

namespace {

struct Inner {
  std::uint32_t id = 0;
  std::string name = "unnamed";
};

struct Everything {
  bool flag = false;
  std::int32_t i32 = 0;
  std::int64_t i64 = 0;
  std::uint16_t u16 = 0;
  std::uint32_t u32 = 0;
  std::uint64_t u64 = 0;
  std::string text;
  std::optional<std::uint32_t> maybe;
  std::vector<std::string> list;
  std::vector<Inner> inners;
  std::map<std::string, std::string> map;
  std::map<std::string, Inner> inner_map;
  Inner inner;
  std::optional<Inner> maybe_inner;
  std::optional<std::vector<std::string>> maybe_list;
};

}  // namespace

template <>
struct oci::json::Table<Inner> {
  static constexpr Row rows[] = {field<&Inner::id>("id", Keep::kAlways),
                                 field<&Inner::name>("name")};
};

template <>
struct oci::json::Table<Everything> {
  using S = Everything;
  static constexpr Row rows[] = {
      field<&S::flag>("flag"),
      field<&S::i32>("i32"),
      field<&S::i64>("i64"),
      field<&S::u16>("u16"),
      field<&S::u32>("u32"),
      field<&S::u64>("u64"),
      field<&S::text>("text"),
      field<&S::maybe>("maybe"),
      field<&S::list>("list"),
      field<&S::inners>("inners"),
      field<&S::map>("map"),
      field<&S::inner_map>("innerMap"),
      field<&S::inner>("inner"),
      field<&S::maybe_inner>("maybeInner"),
      field<&S::maybe_list>("maybeList"),
      ignored("legacy"),
  };
};

namespace {

namespace json = oci::json;

Everything good(const std::string& text, json::Notes* notes = nullptr) {
  auto result = json::decode<Everything>(text, notes);
  BOOST_REQUIRE_MESSAGE(result.ok(), text << ": " << (result.ok() ? "" : result.error().text));
  return result.take();
}

oci::Error bad(const std::string& text) {
  auto result = json::decode<Everything>(text);
  BOOST_REQUIRE_MESSAGE(!result.ok(), text << " was accepted");
  return result.error();
}

struct Scalar {
  const char* member;
  const char* words;
  std::vector<const char*> accepted;
  std::vector<const char*> rejected;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(fields)

BOOST_AUTO_TEST_CASE(scalars_are_strict) {
  const std::vector<Scalar> matrix = {
      {"flag", "a boolean", {"true", "false"}, {"0", "1", "\"true\"", "[]", "{}"}},
      {"i32",
       "a signed 32-bit integer",
       {"-2147483648", "2147483647", "0"},
       {"2147483648", "-2147483649", "1.0", "1e3", "\"1\"", "true", "[]", "{}"}},
      {"i64",
       "a signed 64-bit integer",
       {"-9223372036854775808", "9223372036854775807"},
       {"9223372036854775808", "-9223372036854775809", "0.5", "\"-1\"", "false"}},
      {"u16", "an unsigned 16-bit integer", {"0", "65535"}, {"65536", "-1", "1.0", "\"1\"", "[1]"}},
      {"u32",
       "an unsigned 32-bit integer",
       {"4294967295"},
       {"4294967296", "-1", "1.0", "1e3", "\"0\"", "true", "{}"}},
      {"u64",
       "an unsigned 64-bit integer",
       {"18446744073709551615"},
       {"18446744073709551616", "-1", "1e0", "\"1\"", "[]"}},
      {"text", "a string", {"\"\"", "\"x\""}, {"0", "true", "[]", "{}"}},
      {"maybe", "an unsigned 32-bit integer", {"0", "7"}, {"-1", "\"7\"", "{}"}},
      {"list", "an array", {"[]", "[\"a\"]"}, {"\"a\"", "{}", "1", "true"}},
      {"map", "an object", {"{}", "{\"a\":\"b\"}"}, {"[]", "\"a\"", "1"}},
      {"inner", "an object", {"{}", "{\"id\":1}"}, {"[]", "\"a\"", "1", "false"}},
  };
  for (const Scalar& row : matrix) {
    const auto document = [&](const char* value) {
      return std::string("{\"") + row.member + "\":" + value + "}";
    };
    for (const char* value : row.accepted) good(document(value));
    good(document("null"));
    for (const char* value : row.rejected) {
      const oci::Error error = bad(document(value));
      BOOST_TEST((error.code == oci::Code::kInvalidConfig));
      BOOST_TEST(error.where == std::string("/") + row.member);
      BOOST_TEST(error.text.starts_with("/" + std::string(row.member) + ": expected " + row.words +
                                        ", found "),
                 error.text);
    }
  }
}

BOOST_AUTO_TEST_CASE(deep_errors_name_the_way) {
  BOOST_TEST(bad(R"({"list":["a",1]})").text == "/list/1: expected a string, found number 1");
  BOOST_TEST(bad(R"({"inners":[{},{"id":"0"}]})").text ==
             "/inners/1/id: expected an unsigned 32-bit integer, found string \"0\"");
  BOOST_TEST(bad(R"({"map":{"a/b":1}})").where == "/map/a~1b");
  BOOST_TEST(bad(R"({"innerMap":{"k":{"id":-1}}})").where == "/innerMap/k/id");
  BOOST_TEST(bad("[]").text == "expected an object, found an array");
}

BOOST_AUTO_TEST_CASE(null_is_absent_everywhere) {
  const Everything value = good(
      R"({"flag":null,"u32":null,"text":null,"maybe":null,"list":null,"map":null,"inner":null,)"
      R"("maybeInner":null,"maybeList":null})");
  BOOST_TEST((!value.maybe && !value.maybe_inner && !value.maybe_list && value.list.empty()));
  const Everything elements =
      good(R"({"list":[null,"b"],"inners":[null],"map":{"k":null},"innerMap":{"k":null}})");
  BOOST_TEST(elements.list[0] == "");
  BOOST_TEST(elements.inners.at(0).name == "unnamed");
  BOOST_TEST(elements.map.at("k") == "");
  BOOST_TEST(elements.inner_map.at("k").id == 0u);
}

BOOST_AUTO_TEST_CASE(absent_and_empty_differ_in_an_optional) {
  BOOST_TEST(!good("{}").maybe_list.has_value());
  BOOST_TEST(good(R"({"maybeList":[]})").maybe_list->empty());
  BOOST_TEST(
      json::encode(good(R"({"maybeList":[],"maybe":0,"maybeInner":{}})")) ==
      R"({"maybe":0,"inner":{"id":0,"name":"unnamed"},"maybeInner":{"id":0,"name":"unnamed"},"maybeList":[]})");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_noted_and_skipped) {
  json::Notes notes;
  const Everything value = good(
      R"({"Flag":true,"legacy":{"x":1},"inners":[{"id":1,"x":[{"y":1}]}],"innerMap":{"a/b":{"z":1}}})",
      &notes);
  BOOST_TEST(!value.flag);
  const std::vector<std::string> expected = {"/Flag", "/inners/0/x", "/innerMap/a~1b/z"};
  BOOST_TEST(notes.unknown == expected, boost::test_tools::per_element());
  BOOST_TEST(notes.duplicate.empty());
}

BOOST_AUTO_TEST_CASE(the_last_duplicate_counts) {
  json::Notes notes;
  const Everything value = good(
      R"({"u32":1,"list":["a","b"],"inner":{"id":1,"name":"x"},"map":{"k":"1","k":"2"},"u32":2,"list":["c"],)"
      R"("inner":{"id":2},"legacy":1,"legacy":2,"maybe":1,"maybe":null})",
      &notes);
  BOOST_TEST(value.u32 == 2u);
  BOOST_TEST(value.list.size() == 1u);
  BOOST_TEST(value.inner.id == 2u);
  BOOST_TEST(value.inner.name == "unnamed");
  BOOST_TEST(value.map.at("k") == "2");
  BOOST_TEST(!value.maybe.has_value());
  const std::vector<std::string> expected = {"/map/k", "/u32",    "/list",
                                             "/inner", "/legacy", "/maybe"};
  BOOST_TEST(notes.duplicate == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(order_of_members_does_not_matter) {
  const Everything value = good(R"({"maybeList":["z"],"u64":9,"flag":true,"text":"t","i32":-1})");
  BOOST_TEST((value.flag && value.u64 == 9 && value.i32 == -1 && value.text == "t"));
  BOOST_TEST(value.maybe_list->at(0) == "z");
}

BOOST_AUTO_TEST_CASE(encoding_is_the_inverse) {
  const std::string text =
      R"({"flag":true,"i32":-1,"i64":-2,"u16":3,"u32":4,"u64":5,"text":"\u003ct\u003e","maybe":0,"list":["a",""],)"
      R"("inners":[{"id":0,"name":"n"}],"map":{"a":"","b":"x"},"innerMap":{"k":{"id":1,"name":"m"}},)"
      R"("inner":{"id":9},"maybeInner":{"id":0},"maybeList":[]})";
  Everything value = good(text);
  BOOST_TEST(value.inner.name == "unnamed");
  value.inner.name.clear();
  value.maybe_inner->name.clear();
  BOOST_TEST(json::encode(value) == text);
}

BOOST_AUTO_TEST_SUITE_END()
