#include "tools/ocirun/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <string>

#include "tests/unit/tools/capture.h"

using namespace ocirun;

namespace {

constexpr std::string_view kTime = "2026-11-25T05:44:10Z";

oci::Error sample() {
  return {oci::Code::kNotFound, "container does not exist", 2, "/run/x", "open record"};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(log_lines)

BOOST_AUTO_TEST_CASE(text_form) {
  BOOST_TEST(text_line("error", "container does not exist", kTime) ==
             "time=\"2026-11-25T05:44:10Z\" level=error msg=\"container does not exist\"\n");
  BOOST_TEST(text_line("error", "EOF", kTime) ==
             "time=\"2026-11-25T05:44:10Z\" level=error msg=EOF\n");
  BOOST_TEST(text_line("error", "", kTime) == "time=\"2026-11-25T05:44:10Z\" level=error msg=\n");
  BOOST_TEST(text_line("error", "No help topic for 'foo'\n", kTime) ==
             "time=\"2026-11-25T05:44:10Z\" level=error msg=\"No help topic for 'foo'\\n\"\n");
  BOOST_TEST(text_line("warning", "a-._/@^+Z9", kTime).ends_with("level=warning msg=a-._/@^+Z9\n"));
}

BOOST_AUTO_TEST_CASE(json_form) {
  BOOST_TEST(
      json_line("error", "a <b>\n", kTime) ==
      "{\"level\":\"error\",\"msg\":\"a \\u003cb\\u003e\\n\",\"time\":\"2026-11-25T05:44:10Z\"}\n");
  const oci::Error error = sample();
  BOOST_TEST(
      json_line("error", error.text, kTime, &error) ==
      "{\"level\":\"error\",\"msg\":\"container does not exist\",\"time\":\"2026-11-25T05:44:10Z\","
      "\"code\":\"not-found\",\"where\":\"/run/x\",\"step\":\"open record\",\"errno\":2}\n");
  const oci::Error bare{oci::Code::kHook, "x", 0, {}, {}};
  BOOST_TEST(json_line("error", "x", kTime, &bare).ends_with("Z\",\"code\":\"hook\"}\n"));
}

BOOST_AUTO_TEST_CASE(terminal_form) {
  BOOST_TEST(terminal_line("error", "No help topic for 'foo'\n", 0) ==
             "\x1b[31mERRO\x1b[0m[0000] No help topic for 'foo'                      \n");
  BOOST_TEST(terminal_line("warning", std::string(60, 'x'), 12) ==
             "\x1b[33mWARN\x1b[0m[0012] " + std::string(60, 'x') + " \n");
}

BOOST_AUTO_TEST_CASE(errors_go_to_the_file_and_bare_to_standard_error) {
  TempDir dir;
  const std::string path = dir.path + "/log";
  const Captured seen = capture([&] {
    Log log;
    BOOST_REQUIRE(log.set_format("json").ok());
    BOOST_REQUIRE(log.open(path).ok());
    log.error(sample());
    log.message(oci::LogLevel::kWarning, "not for a JSON log");
    return 0;
  });
  BOOST_TEST(seen.err == "container does not exist\n");
  const std::string text = read_all(path);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 1);
  BOOST_TEST(
      text.starts_with("{\"level\":\"error\",\"msg\":\"container does not exist\",\"time\":\"20"));
}

BOOST_AUTO_TEST_CASE(a_log_is_appended_to_and_made_0644) {
  TempDir dir;
  const std::string path = dir.path + "/log";
  const mode_t old = ::umask(0);
  (void)capture([&] {
    for (int i = 0; i < 2; ++i) {
      Log log;
      BOOST_REQUIRE(log.open(path).ok());
      log.message(oci::LogLevel::kWarning, "once");
      log.message(oci::LogLevel::kDebug, "only with --debug");
    }
    return 0;
  });
  ::umask(old);
  const std::string text = read_all(path);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2);
  BOOST_TEST(text.find("level=warning msg=once") != std::string::npos);
  struct stat info {};
  BOOST_REQUIRE(::stat(path.c_str(), &info) == 0);
  BOOST_TEST((info.st_mode & 07777) == 0644);
}

BOOST_AUTO_TEST_CASE(debug_opens_the_json_log_to_messages) {
  const Captured seen = capture([] {
    Log log;
    BOOST_TEST(log.set_level("debug").ok());
    BOOST_REQUIRE(log.set_format("json").ok());
    log.message(oci::LogLevel::kDebug, "step");
    return 0;
  });
  BOOST_TEST(seen.err.starts_with("{\"level\":\"debug\",\"msg\":\"step\",\"time\":"));
}

BOOST_AUTO_TEST_CASE(the_log_keeps_clear_of_low_descriptors) {
  TempDir dir;
  const int free_before = ::dup(0);
  ::close(free_before);
  Log log;
  BOOST_REQUIRE(log.open(dir.path + "/log").ok());
  const int free_after = ::dup(0);
  ::close(free_after);
  BOOST_TEST(free_after == free_before);
}

BOOST_AUTO_TEST_CASE(refused_settings) {
  Log log;
  BOOST_TEST(log.set_format("x").error().text == "invalid log-format: x");
  BOOST_TEST(log.set_format("").ok());
  BOOST_TEST(log.open("/no-such-directory/l").error().text ==
             "open /no-such-directory/l: no such file or directory");
}

BOOST_AUTO_TEST_CASE(datagrams_for_services) {
  BOOST_TEST(syslog_datagram("error", "box", 7, "Nov  5 05:44:10", "a\nb") ==
             "<11>Nov  5 05:44:10 box[7]: a\nb");
  BOOST_TEST(syslog_datagram("warning", "", 7, "T", "x") == "<12>T [7]: x");
  BOOST_TEST(journal_datagram("debug", "box", "x", nullptr) ==
             "MESSAGE=x\nPRIORITY=7\nSYSLOG_IDENTIFIER=box\n");
  const oci::Error error = sample();
  BOOST_TEST(
      journal_datagram("error", "box", "a\nb", &error) ==
      std::string("MESSAGE\n\x03\0\0\0\0\0\0\0a\nb\nPRIORITY=3\nSYSLOG_IDENTIFIER=box\n", 53) +
          "OCI_CODE=not-found\nOCI_WHERE=/run/x\nOCI_STEP=open record\nERRNO=2\n");
}

BOOST_AUTO_TEST_SUITE_END()
