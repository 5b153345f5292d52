#include "oci/parse.h"

#include <boost/test/unit_test.hpp>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

using oci::Code;
using oci::Error;

namespace {

oci::spec::Spec good(const std::string& text, oci::ParseNotes* notes = nullptr) {
  auto spec = oci::parse_spec(text, notes);
  BOOST_REQUIRE_MESSAGE(spec.ok(), text << ": " << (spec.ok() ? "" : spec.error().text));
  return spec.take();
}

Error bad(const std::string& text) {
  auto spec = oci::parse_spec(text);
  BOOST_REQUIRE_MESSAGE(!spec.ok(), text << " was accepted");
  return spec.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(parse)

BOOST_AUTO_TEST_CASE(a_wrong_type_names_its_pointer) {
  const Error error = bad(R"({"process":{"user":{"uid":"0"}}})");
  BOOST_TEST(error.text ==
             R"(/process/user/uid: expected an unsigned 32-bit integer, found string "0")");
  BOOST_TEST(error.where == "/process/user/uid");
  BOOST_TEST((error.code == Code::kInvalidConfig));
}

// S008: what runc measured as refused for a 32-bit number.
BOOST_AUTO_TEST_CASE(numbers_are_in_range) {
  for (const char* value : {"1.0", "1e3", "-1", "4294967296", "\"0\"", "true"})
    BOOST_TEST(bad(std::string(R"({"process":{"user":{"uid":)") + value + "}}}").where ==
               "/process/user/uid");
  BOOST_TEST(
      bad(R"({"process":{"rlimits":[{"type":"RLIMIT_NOFILE","hard":-1,"soft":1}]}})").where ==
      "/process/rlimits/0/hard");
  BOOST_TEST(
      good(R"({"process":{"rlimits":[{"hard":18446744073709551615}]}})").process->rlimits[0].hard ==
      UINT64_MAX);
  BOOST_TEST(bad(R"({"process":{"oomScoreAdj":2147483648}})").where == "/process/oomScoreAdj");
  BOOST_TEST(bad(R"({"linux":{"resources":{"blockIO":{"weight":65536}}}})").where ==
             "/linux/resources/blockIO/weight");
  BOOST_TEST(bad(R"({"process":{"terminal":"false"}})").where == "/process/terminal");
  BOOST_TEST(bad(R"({"ociVersion":1})").where == "/ociVersion");
}

BOOST_AUTO_TEST_CASE(negative_numbers_where_the_spec_has_them) {
  const auto spec = good(
      R"({"linux":{"resources":{"memory":{"limit":-1,"swap":-1},"cpu":{"quota":-1},"pids":{"limit":-1}},)"
      R"("timeOffsets":{"monotonic":{"secs":-5,"nanosecs":1}}},"process":{"oomScoreAdj":-1000}})");
  BOOST_TEST(*spec.linux_->resources->memory->limit == -1);
  BOOST_TEST(*spec.linux_->resources->cpu->quota == -1);
  BOOST_TEST(*spec.linux_->resources->pids->limit == -1);
  BOOST_TEST(spec.linux_->time_offsets.at("monotonic").secs == -5);
  BOOST_TEST(*spec.process->oom_score_adj == -1000);
}

BOOST_AUTO_TEST_CASE(absent_and_empty_differ_where_it_matters) {
  const auto spec = good(
      R"({"process":{"env":[],"capabilities":{}},"hooks":{"prestart":[{"path":"/a","env":[]},{"path":"/b"}]},)"
      R"("linux":{"seccomp":{"flags":[]},"resources":{"devices":[{"major":0},{}],"pids":{"limit":0}}}})");
  BOOST_TEST((spec.process->env && spec.process->env->empty() && spec.process->capabilities));
  BOOST_TEST((spec.hooks.prestart[0].env && !spec.hooks.prestart[1].env));
  BOOST_TEST((spec.linux_->seccomp->flags && spec.linux_->seccomp->flags->empty()));
  BOOST_TEST(
      (spec.linux_->resources->devices[0].major == 0 && !spec.linux_->resources->devices[1].major));
  BOOST_TEST(*spec.linux_->resources->pids->limit == 0);
  const auto plain = good(R"({"process":{"user":{"umask":0}},"linux":{"seccomp":{}}})");
  BOOST_TEST(
      (!plain.process->env && !plain.process->capabilities && !plain.linux_->seccomp->flags));
  BOOST_TEST(*plain.process->user.umask == 0u);
  const std::string text = oci::render_spec(spec);
  BOOST_TEST(oci::render_spec(good(text)) == text);
  BOOST_TEST(text.find(R"("env":[])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(null_is_absent) {
  const auto spec = good(
      R"({"ociVersion":null,"process":null,"root":null,"mounts":null,"hooks":null,"annotations":null,)"
      R"("linux":{"resources":null,"seccomp":null,"namespaces":null,"sysctl":null}})");
  BOOST_TEST((!spec.process && !spec.root && !spec.linux_->resources && !spec.linux_->seccomp));
  BOOST_TEST(good(R"({"process":{"args":["a",null]}})").process->args.at(1) == "");
}

BOOST_AUTO_TEST_CASE(unknown_and_repeated_members_are_noted) {
  oci::ParseNotes notes;
  const auto spec = good(
      R"({"ociVersion":"1.0.0","Root":{},"hostname":"a","hostname":"b","linux":{"future":{"x":1}},)"
      R"("windows":{"layerFolders":[]},"solaris":1,"vm":{},"zos":{},"freebsd":{"jail":{}}})",
      &notes);
  BOOST_TEST(spec.hostname == "b");
  const std::vector<std::string> unknown = {"/Root", "/linux/future"};
  const std::vector<std::string> duplicate = {"/hostname"};
  const std::vector<std::string> ignored = {"/windows", "/solaris", "/vm", "/zos", "/freebsd"};
  BOOST_TEST(notes.unknown == unknown, boost::test_tools::per_element());
  BOOST_TEST(notes.duplicate == duplicate, boost::test_tools::per_element());
  BOOST_TEST(notes.ignored == ignored, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(documents_that_are_none) {
  BOOST_TEST(bad("").text == "EOF");
  BOOST_TEST(bad("{\"ociVersion\":").text == "unexpected EOF");
  BOOST_TEST(bad("null").text == "config cannot be null");
  BOOST_TEST(bad("[]").text == "expected an object, found an array");
  BOOST_TEST(bad("{} {}").text == "invalid character '{' after top-level value (byte 4)");
  BOOST_TEST(bad(R"({"hostname":"a\u0000b"})").text ==
             "/hostname: the string contains a NUL character");
  BOOST_TEST(bad(std::string(600, '[')).text == "exceeded max depth: more than 512 levels");
  BOOST_TEST(!oci::parse_process("null").ok());
  BOOST_TEST(!oci::parse_resources("").ok());
}

BOOST_AUTO_TEST_CASE(a_too_large_document_is_refused) {
  std::string text = "{}";
  text.resize(oci::kMaxDocumentBytes + 1, ' ');
  BOOST_TEST(bad(text).text == "the document is larger than 16777216 bytes");
  text.pop_back();
  good(text);
}

BOOST_AUTO_TEST_CASE(load_reads_the_bundle) {
  const oci::test::TempDir bundle;
  auto missing = oci::load_spec(bundle.path());
  BOOST_REQUIRE(!missing.ok());
  BOOST_TEST(missing.error().text == "JSON specification file config.json not found");
  BOOST_TEST(missing.error().sys_errno == ENOENT);
  std::ofstream(bundle / "config.json") << R"({"ociVersion":"1.3.0","hostname":"h","extra":1})";
  oci::ParseNotes notes;
  auto spec = oci::load_spec(bundle.path(), &notes);
  BOOST_REQUIRE(spec.ok());
  BOOST_TEST(spec->hostname == "h");
  BOOST_TEST(notes.unknown.at(0) == "/extra");
}

BOOST_AUTO_TEST_CASE(load_tells_what_cannot_be_read) {
  const oci::test::TempDir bundle;
  std::filesystem::create_directory(bundle / "config.json");
  auto spec = oci::load_spec(bundle.path());
  BOOST_REQUIRE(!spec.ok());
  BOOST_TEST(spec.error().text == "read " + (bundle / "config.json") + ": is a directory");
  BOOST_TEST((spec.error().code == Code::kSystem));
}

BOOST_AUTO_TEST_CASE(state_is_compact_and_in_order) {
  oci::spec::State state{"1.3.0", "c1", "creating", 42, "/b", {{"k", "<v>"}}};
  BOOST_TEST(oci::render_state(state) ==
             R"({"ociVersion":"1.3.0","id":"c1","status":"creating","pid":42,"bundle":"/b",)"
             R"("annotations":{"k":"\u003cv\u003e"}})");
  state.pid = 0;
  state.annotations.clear();
  state.status = "stopped";
  BOOST_TEST(oci::render_state(state) ==
             R"({"ociVersion":"1.3.0","id":"c1","status":"stopped","bundle":"/b"})");
}

BOOST_AUTO_TEST_SUITE_END()
