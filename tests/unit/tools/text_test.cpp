#include <boost/test/unit_test.hpp>

#include "tools/ocirun/go_text.h"
#include "tools/ocirun/info_json.h"
#include "tools/ocirun/json_out.h"
#include "tools/ocirun/tabwriter.h"

using namespace ocirun;

BOOST_AUTO_TEST_SUITE(text)

BOOST_AUTO_TEST_CASE(quoting_is_gos) {
  BOOST_TEST(quote("plain 'x'") == "\"plain 'x'\"");
  BOOST_TEST(quote("a\"b\\c\n\t\a") == R"("a\"b\\c\n\t\a")");
  BOOST_TEST(quote(std::string_view("\0\x1b\x7f", 3)) == R"("\x00\x1b\x7f")");
  BOOST_TEST(quote("gr\xc3\xbc\xc3\x9f") == "\"gr\xc3\xbc\xc3\x9f\"");
  BOOST_TEST(quote("\xff\xc3") == R"("\xff\xc3")");
  BOOST_TEST(quote("\xe2\x80\xa8\xc2\xa0") == R"("\u2028\u00a0")");
  BOOST_TEST(quote("\xed\xa0\x80") == R"("\xed\xa0\x80")");  // a surrogate is no character
}

BOOST_AUTO_TEST_CASE(json_strings_are_gos) {
  const auto json = [](std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
  };
  BOOST_TEST(json("<a> & \"b\"\\") == R"("\u003ca\u003e \u0026 \"b\"\\")");
  BOOST_TEST(json(std::string_view("\n\r\t\x01\x7f\0", 6)) == "\"\\n\\r\\t\\u0001\x7f\\u0000\"");
  BOOST_TEST(json("\xe2\x80\xa8\xe2\x80\xa9/") == R"("\u2028\u2029/")");
  BOOST_TEST(json("a\xff"
                  "b") == R"("a\ufffdb")");
  BOOST_TEST(json("\xf0\x9f\x90\xa7") == "\"\xf0\x9f\x90\xa7\"");
}

BOOST_AUTO_TEST_CASE(json_objects) {
  std::string compact, indented;
  for (auto [out, indent] : {std::pair{&compact, 0}, std::pair{&indented, 2}}) {
    JsonObject object(*out, indent);
    object.member("a", "b");
    JsonObject inner = object.object("c");
    inner.member("d", std::int64_t{1});
    inner.end();
    object.member("e", std::int64_t{-1});
    object.end();
  }
  BOOST_TEST(compact == R"({"a":"b","c":{"d":1},"e":-1})");
  BOOST_TEST(indented == "{\n  \"a\": \"b\",\n  \"c\": {\n    \"d\": 1\n  },\n  \"e\": -1\n}");
}

BOOST_AUTO_TEST_CASE(booleans) {
  for (const char* word : {"1", "t", "T", "TRUE", "true", "True"})
    BOOST_TEST(parse_bool(word).value());
  for (const char* word : {"0", "f", "F", "FALSE", "false", "False"})
    BOOST_TEST(!parse_bool(word).value());
  for (const char* word : {"", "yes", "tRUE", " true", "2"})
    BOOST_TEST(!parse_bool(word).has_value());
}

BOOST_AUTO_TEST_CASE(integers) {
  BOOST_TEST(parse_int("-9223372036854775808", 10).value == INT64_MIN);
  BOOST_TEST((parse_int("9223372036854775808", 10).error == NumberError::kRange));
  BOOST_TEST((parse_int("123456789012345678901234567890x", 10).error == NumberError::kSyntax));
  for (const char* bad : {"", "-", "+", "1 ", "0x10", "1_0", "a"})
    BOOST_TEST((parse_int(bad, 10).error == NumberError::kSyntax), bad);
  for (const char* bad : {"0x", "08", "1__0", "_1", "1_", "0b2", "0x_"})
    BOOST_TEST((parse_int(bad, 0).error == NumberError::kSyntax), bad);
  BOOST_TEST(parse_int("0x_fF", 0).value == 255);
  BOOST_TEST(parse_int("0o17", 0).value == 15);
  BOOST_TEST(parse_int("0", 0).value == 0);
}

BOOST_AUTO_TEST_CASE(paths_are_cleaned) {
  BOOST_TEST(absolute_path("", "/a/b") == "/a/b");
  BOOST_TEST(absolute_path("r", "/a/b") == "/a/b/r");
  BOOST_TEST(absolute_path("../r/.//x/", "/a/b") == "/a/r/x");
  for (const char* root : {"/", "//", "/.", "/a/..", "/../.."})
    BOOST_TEST(absolute_path(root, "/a/b") == "/");
  BOOST_TEST(absolute_path("..", "/a") == "/");
  BOOST_TEST(absolute_path("..a", "/") == "/..a");
}

BOOST_AUTO_TEST_CASE(tables) {
  const std::vector<Row> rows{{"ID", "PID", "STATUS", "OWNER"},
                              {"a-long-name-1", "7", "running", "root"}};
  BOOST_TEST(table_text(rows, 12, 3) ==
             "ID              PID         STATUS      OWNER\n"
             "a-long-name-1   7           running     root\n");
  BOOST_TEST(table_text({{"nine-char", "x"}}, 12, 3) == "nine-char   x\n");
  BOOST_TEST(table_text({{"ten-chars-", "x"}}, 12, 3) == "ten-chars-   x\n");
  BOOST_TEST(table_text({{"\xc3\xbc", "x"}}, 4, 1) == "\xc3\xbc   x\n");
}

BOOST_AUTO_TEST_CASE(owners) {
  const std::string_view passwd =
      "root:x:0:0:root:/root:/bin/sh\n# note\nbroken\n:x:7:\nme:x:1000:1000::/:/bin/sh";
  BOOST_TEST(owner_name(passwd, 0) == "root");
  BOOST_TEST(owner_name(passwd, 1000) == "me");
  BOOST_TEST(owner_name(passwd, 100) == "#100");
  BOOST_TEST(owner_name("", 0) == "#0");
}

BOOST_AUTO_TEST_CASE(state_document) {
  oci::ContainerInfo info;
  info.oci_version = "1.3.0";
  info.id = "c1";
  info.pid = 42;
  info.status = oci::ContainerStatus::kRunning;
  info.bundle = "/b<>";
  info.rootfs = "/b/rootfs";
  info.created = "2026-11-23T17:00:00.123456789Z";
  BOOST_TEST(
      info_json(info, "root", 0) ==
      R"({"ociVersion":"1.3.0","id":"c1","pid":42,"status":"running","bundle":"/b\u003c\u003e",)"
      R"("rootfs":"/b/rootfs","created":"2026-11-23T17:00:00.123456789Z","owner":"root"})");
  info.annotations = {{"z", "1"}, {"bundle", "/elsewhere"}, {"a", "2"}};
  BOOST_TEST(info_json(info, "", 2) ==
             "{\n  \"ociVersion\": \"1.3.0\",\n  \"id\": \"c1\",\n  \"pid\": 42,\n  \"status\": "
             "\"running\",\n"
             "  \"bundle\": \"/b\\u003c\\u003e\",\n  \"rootfs\": \"/b/rootfs\",\n"
             "  \"created\": \"2026-11-23T17:00:00.123456789Z\",\n  \"annotations\": {\n    \"a\": "
             "\"2\",\n"
             "    \"z\": \"1\"\n  },\n  \"owner\": \"\"\n}");
  info.annotations = {{"bundle", "/elsewhere"}};
  BOOST_TEST(info_json(info, "", 0).find("annotations") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
