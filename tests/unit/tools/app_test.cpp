// Whole command lines that need no container: output, error text and exit code.
#include "tools/ocirun/app.h"

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "oci/parse.h"
#include "oci/version.h"
#include "tests/unit/tools/capture.h"

using Words = std::vector<std::string>;

namespace {

Captured call(Words words, std::string path = "/x/ocirun") {
  const ocirun::Program program{path, path.substr(path.rfind('/') + 1)};
  return capture([&] { return ocirun::run_tool(program, std::move(words)); });
}

// The text of `msg` in a log line of the text form, still quoted.
std::string message(const std::string& line) {
  const std::size_t at = line.find("level=error msg=");
  return at == std::string::npos ? line : line.substr(at + 16);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(app)

BOOST_AUTO_TEST_CASE(usage_errors) {
  struct Row {
    Words words;
    const char* out;  // how standard output begins
    const char* message;
    int code;
  };
  const Row rows[] = {
      {{"create"},
       "Incorrect Usage.\n\nNAME:\n   ocirun create - ",
       "/x/ocirun: \\\"create\\\" requires exactly 1 argument(s)",
       1},
      {{"create", "a", "b"},
       "Incorrect Usage.\n\nNAME:\n",
       "/x/ocirun: \\\"create\\\" requires exactly 1 argument(s)",
       1},
      {{"list", "x"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"list\\\" requires exactly 0 argument(s)",
       1},
      {{"features", "x"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"features\\\" requires exactly 0 argument(s)",
       1},
      {{"kill"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"kill\\\" requires a minimum of 1 argument(s)",
       1},
      {{"kill", "a", "b", "c"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"kill\\\" requires a maximum of 2 argument(s)",
       1},
      {{"exec"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"exec\\\" requires a minimum of 1 argument(s)",
       1},
      {{"--", "state"},
       "Incorrect Usage.\n\n",
       "/x/ocirun: \\\"state\\\" requires exactly 1 argument(s)",
       1},
      {{"exec", "--nope", "a"},
       "Incorrect Usage: flag provided but not defined: -nope\n\nNAME:\n   ocirun exec - ",
       "flag provided but not defined: -nope",
       1},
      {{"--nope"},
       "Incorrect Usage. flag provided but not defined: -nope\n\nNAME:\n   ocirun - ",
       "flag provided but not defined: -nope",
       1},
      {{"-root"},
       "Incorrect Usage. flag needs an argument: -root\n\n",
       "flag needs an argument: -root",
       1},
      {{"foo"}, "", "No help topic for 'foo'\\n", 3},
      {{"foo", "-h"}, "", "No help topic for 'foo'\\n", 3},
      {{"help", "foo"}, "", "No help topic for 'foo'\\n", 3},
      {{"init"}, "", "No help topic for 'init'\\n", 3},
      {{"version"}, "", "No help topic for 'version'\\n", 3},
      {{"--log-format", "x", "list"}, "", "invalid log-format: x", 1},
      {{"--log", "/no-such-dir/l", "list"},
       "",
       "open /no-such-dir/l: no such file or directory",
       1},
      {{"--root", "/", "list"}, "", "Option --root argument should not be set to /", 1},
      {{"--root=//.", "delete", "x"}, "", "Option --root argument should not be set to /", 1},
      {{"spec", "-b", "/no-such-dir"}, "", "chdir /no-such-dir: no such file or directory", 1},
      {{"--root", "/no-such-dir/r", "exec", "-u", "abc", "id"},
       "",
       "exec failed: container does not exist",
       255},
      {{"--root", "/no-such-dir/r", "kill", "id", "FOO"}, "", "container does not exist", 1},
      {{"--root", "/no-such-dir/r", "state", "id"}, "", "container does not exist", 1},
      {{"--root", "/no-such-dir/r", "--cgroup-manager", "x", "list"},
       "",
       "unknown cgroup manager \\\"x\\\"",
       1},
      {{"--root", "/no-such-dir/r", "--rootless", "bogus", "create", "id"},
       "",
       "ocirun create failed: strconv.ParseBool: parsing \\\"bogus\\\": invalid syntax",
       1},
  };
  for (const Row& row : rows) {
    std::string shown;
    for (const std::string& word : row.words) shown += word + " ";
    BOOST_TEST_CONTEXT(shown) {
      const Captured seen = call(row.words);
      BOOST_TEST(seen.code == row.code);
      BOOST_TEST(message(seen.err) == "\"" + std::string(row.message) + "\"\n");
      BOOST_TEST(seen.out.substr(0, std::string_view(row.out).size()) == row.out);
      BOOST_TEST(seen.out.empty() == std::string_view(row.out).empty());
    }
  }
}

BOOST_AUTO_TEST_CASE(help_is_on_standard_output) {
  for (const Words& words :
       {Words{}, Words{"help"}, Words{"h"}, Words{"-h"}, Words{"--help"}, Words{"--debug"}}) {
    const Captured seen = call(words);
    BOOST_TEST(seen.code == 0);
    BOOST_TEST(seen.err == "");
    BOOST_TEST(seen.out.starts_with("NAME:\n   ocirun - "));
    for (const ocirun::Command* command : ocirun::commands())
      BOOST_TEST(seen.out.find("\n   " + std::string(command->name)) != std::string::npos);
    BOOST_TEST(seen.out.find("--criu") == std::string::npos);
  }
  const Captured expected = call({"help", "create"}, "runc");
  BOOST_TEST(expected.out.starts_with(
      "NAME:\n   runc create - create a container\n\nUSAGE:\n   runc create [command "
      "options] <container-id>\n"));
  BOOST_TEST(expected.out.find("\n   --bundle DIR, -b DIR  ") != std::string::npos);
  for (const Words& words :
       {Words{"create", "-h"}, Words{"create", "id", "--help"}, Words{"h", "create"}})
    BOOST_TEST(call(words, "runc").out == expected.out);
}

BOOST_AUTO_TEST_CASE(version_lines) {
  const std::string commit = *oci::commit() != '\0' ? oci::commit() : "unknown";
  const std::string rest = std::string(oci::version()) + "\ncommit: " + commit +
                           "\nspec: " + oci::kSpecVersion +
                           "\nlibseccomp: " + oci::libseccomp_version() + "\n";
  BOOST_TEST(call({"--version"}).out == "ocirun version " + rest);
  BOOST_TEST(call({"-v", "state"}, "/usr/sbin/runc").out == "runc version " + rest);
  BOOST_TEST(call({"--version=false"}).out.starts_with("NAME:\n"));
}

BOOST_AUTO_TEST_CASE(usage_errors_are_in_the_log_of_the_call) {
  TempDir dir;
  const std::string log = dir.path + "/log";
  const Captured seen = call({"--log", log, "--log-format", "json", "start"}, "ocirun");
  BOOST_TEST(seen.code == 1);
  BOOST_TEST(seen.err == "ocirun: \"start\" requires exactly 1 argument(s)\n");
  BOOST_TEST(read_all(log).starts_with(
      R"x({"level":"error","msg":"ocirun: \"start\" requires exactly 1 argument(s)")x"));
  const Captured unknown = call({"--log", log, "--log-format", "json", "foo"});
  BOOST_TEST(unknown.err == "No help topic for 'foo'\n");
}

BOOST_AUTO_TEST_CASE(old_flags_are_taken_with_a_warning) {
  const Captured seen = call({"--criu", "/bin/criu", "features"});
  BOOST_TEST(seen.code == 0);
  BOOST_TEST(seen.err.find("level=warning msg=\"--criu has no effect\"") != std::string::npos);
  BOOST_TEST(call({"--criu=x", "--log", "/dev/null", "--log-format=json", "features"}).err == "");
}

BOOST_AUTO_TEST_CASE(features_is_the_librarys_document) {
  const Captured seen = call({"features"});
  BOOST_TEST(seen.code == 0);
  BOOST_TEST(seen.out == oci::render_features() + "\n");
}

BOOST_AUTO_TEST_CASE(spec_writes_once) {
  TempDir dir;
  for (const bool rootless : {false, true}) {
    const std::string bundle = dir.path + (rootless ? "/rootless" : "/root");
    std::filesystem::create_directory(bundle);
    Words words{"spec", "--bundle", bundle};
    if (rootless) words.push_back("--rootless");
    const Captured first = call(words);
    BOOST_TEST(first.code == 0);
    BOOST_TEST(first.out + first.err == "");
    const std::string text = read_all(bundle + "/config.json");
    const auto spec = oci::parse_spec(text);
    BOOST_REQUIRE(spec.ok());
    BOOST_TEST(text.ends_with('}'));
    const Captured second = call(words);
    BOOST_TEST(second.code == 1);
    BOOST_TEST(message(second.err) == "\"File config.json exists. Remove it first\"\n");
    BOOST_TEST(read_all(bundle + "/config.json") == text);
  }
}

BOOST_AUTO_TEST_CASE(spec_does_not_write_through_links) {
  TempDir dir;
  std::filesystem::create_symlink(dir.path + "/target", dir.path + "/config.json");
  BOOST_TEST(call({"spec", "-b", dir.path}).code == 1);
  BOOST_TEST(!std::filesystem::exists(dir.path + "/target"));
}

BOOST_AUTO_TEST_CASE(an_empty_root_lists_nothing) {
  TempDir dir;
  const Words root{"--root", dir.path, "list"};
  const auto with = [&](Words more) {
    Words words = root;
    words.insert(words.end(), more.begin(), more.end());
    return call(words);
  };
  BOOST_TEST(with({}).out == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n");
  BOOST_TEST(with({"-f", "json"}).out == "null\n");
  BOOST_TEST(with({"-q"}).out == "");
  // A wrong value is an error only where it is used.
  BOOST_TEST(call({"--rootless", "bogus", "--root", dir.path, "list"}).code == 0);
  const Captured refused = call({"--root", dir.path, "list", "-f", "x"});
  BOOST_TEST(refused.code == 1);
  BOOST_TEST(message(refused.err) == "\"invalid format option\"\n");
  BOOST_TEST(call({"--root", dir.path, "delete", "--force", "nope"}).code == 0);
}

BOOST_AUTO_TEST_CASE(broken_containers_are_told_of_and_skipped) {
  TempDir dir;
  std::filesystem::create_directory(dir.path + "/broken");
  const Captured seen = call({"--root", dir.path, "list", "-q"});
  BOOST_TEST(seen.code == 0);
  BOOST_TEST(seen.out == "");
  BOOST_TEST(seen.err.starts_with("load container broken: "));
}

BOOST_AUTO_TEST_SUITE_END()
