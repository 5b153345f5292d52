// The rows are what runc 1.1.5 answers (the same as 1.5.1), by flag grammar C001 to C004.
#include "tools/ocirun/flags.h"

#include <boost/test/unit_test.hpp>

#include "tools/ocirun/app.h"

using ocirun::FlagOrder;
using ocirun::ParsedLine;
using Words = std::vector<std::string>;

namespace {

oci::Result<ParsedLine> parse(const char* command, Words words) {
  const ocirun::Command* found = ocirun::find_command(command);
  BOOST_REQUIRE(found != nullptr);
  return ocirun::parse_line(found->flags, std::move(words), found->order);
}

std::string error_of(const char* command, Words words) {
  const auto line = parse(command, std::move(words));
  return line ? "parsed" : line.error().text;
}

std::string joined(const Words& words) {
  std::string out;
  for (const std::string& word : words) (out += '[') += word + ']';
  return out;
}

struct TextRow {
  const char* command;
  Words words;
  const char* flag;
  const char* value;      // its value after parsing
  const char* arguments;  // what is left
};

}  // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(accepted_lines) {
  const TextRow rows[] = {
      {"create", {"--bundle", "b", "id"}, "bundle", "b", "[id]"},
      {"create", {"--bundle=b", "id"}, "bundle", "b", "[id]"},
      {"create", {"-bundle", "b", "id"}, "bundle", "b", "[id]"},
      {"create", {"-bundle=b=c", "id"}, "bundle", "b=c", "[id]"},
      {"create", {"-b", "b", "id"}, "bundle", "b", "[id]"},
      {"create", {"--b=b", "id"}, "bundle", "b", "[id]"},
      {"create", {"--bundle=", "id"}, "bundle", "", "[id]"},
      {"create", {"--bundle", "--", "id"}, "bundle", "--", "[id]"},
      {"create", {"--bundle", "--no-pivot", "id"}, "bundle", "--no-pivot", "[id]"},
      {"create", {"--bundle", "a", "--bundle", "b", "id"}, "bundle", "b", "[id]"},
      {"create", {"id", "--bundle", "b"}, "bundle", "b", "[id]"},
      {"run", {"-no-subreaper", "--bundle", "b", "id"}, "no-subreaper", "true", "[id]"},
      {"list", {"-f=json"}, "format", "json", ""},
      {"list", {"--quiet", "false"}, "quiet", "true", "[false]"},
      {"list", {"-q=F"}, "quiet", "false", ""},
      {"list", {"--quiet=T"}, "quiet", "true", ""},
      {"delete", {"id", "--force"}, "force", "true", "[id]"},
      {"kill", {"id", "KILL", "--all"}, "all", "true", "[id][KILL]"},
      {"kill", {"--all", "id", "9"}, "all", "true", "[id][9]"},
      {"kill", {"id", "-9"}, "all", "", "[id][-9]"},
      {"kill", {"id", "--", "-9"}, "all", "", "[id][-9]"},
      {"kill", {"id", "--", "--all"}, "all", "", "[id][--all]"},
      {"state", {"id", "--"}, "x", "", "[id]"},
      {"state", {"--", "id"}, "x", "", "[id]"},
      {"state", {"--", "-x"}, "x", "", "[-x]"},
      {"state", {"id", "--nope"}, "x", "", "[id][--nope]"},
      {"state", {"-"}, "x", "", "[-]"},
      {"exec", {"id", "-t", "sh"}, "tty", "", "[id][-t][sh]"},
      {"exec", {"-t", "id", "sh", "-c", "x"}, "tty", "true", "[id][sh][-c][x]"},
      {"exec", {"id", "--", "echo"}, "tty", "", "[id][--][echo]"},
      {"exec", {"--", "id", "echo", "x"}, "tty", "", "[id][echo][x]"},
      {"ps", {"id", "-f", "json"}, "format", "", "[id][-f][json]"},
      {"ps", {"--format", "json", "id"}, "format", "json", "[id]"},
  };
  for (const TextRow& row : rows) {
    BOOST_TEST_CONTEXT(row.command << " " << joined(row.words)) {
      const auto line = parse(row.command, row.words);
      BOOST_REQUIRE_MESSAGE(line.ok(), (line ? "" : line.error().text));
      BOOST_TEST(line->flags.text(row.flag) == row.value);
      BOOST_TEST(joined(line->arguments) == row.arguments);
    }
  }
}

BOOST_AUTO_TEST_CASE(refused_lines) {
  struct Row {
    const char* command;
    Words words;
    const char* text;
  };
  const Row rows[] = {
      {"create", {"--nope"}, "flag provided but not defined: -nope"},
      {"create", {"--nope=1", "id"}, "flag provided but not defined: -nope"},
      {"create", {"--bund", "b", "id"}, "flag provided but not defined: -bund"},
      {"create", {"--pid-file"}, "flag needs an argument: -pid-file"},
      {"list", {"-qf", "json"}, "flag provided but not defined: -qf"},
      {"list", {"-fjson"}, "flag provided but not defined: -fjson"},
      {"list", {"--form", "json"}, "flag provided but not defined: -form"},
      {"list", {"--quiet=maybe"}, "invalid boolean value \"maybe\" for -quiet: parse error"},
      {"list", {"-q=maybe"}, "invalid boolean value \"maybe\" for -q: parse error"},
      {"list", {"-q="}, "invalid boolean value \"\" for -q: parse error"},
      {"run",
       {"--preserve-fds", "x", "a"},
       "invalid value \"x\" for flag -preserve-fds: parse error"},
      {"run", {"--preserve-fds=", "a"}, "invalid value \"\" for flag -preserve-fds: parse error"},
      {"run",
       {"--preserve-fds", "99999999999999999999", "a"},
       "invalid value \"99999999999999999999\" for flag -preserve-fds: value out of range"},
      {"exec",
       {"-g", "0x10", "id", "ls"},
       "invalid value \"0x10\" for flag -g: strconv.ParseInt: parsing \"0x10\": invalid syntax"},
      {"state", {"---x"}, "bad flag syntax: ---x"},
      {"state", {"--=x"}, "bad flag syntax: --=x"},
      {"kill", {"-9", "id"}, "flag provided but not defined: -9"},
  };
  for (const Row& row : rows) BOOST_TEST_CONTEXT(row.command << " " << joined(row.words)) {
      BOOST_TEST(error_of(row.command, row.words) == row.text);
    }
}

BOOST_AUTO_TEST_CASE(an_error_names_its_flag) {
  const auto line = parse("list", {"--quiet=maybe"});
  BOOST_REQUIRE(!line.ok());
  BOOST_TEST((line.error().code == oci::Code::kInvalidArgument));
  BOOST_TEST(line.error().where == "--quiet=maybe");
}

BOOST_AUTO_TEST_CASE(lists_gather_and_do_not_split) {
  const auto line =
      parse("exec", {"-e", "A=1,2", "--env=B=3", "-c", "CAP_KILL", "--env", "", "id", "ls"});
  BOOST_REQUIRE(line.ok());
  BOOST_TEST(joined(line->flags.all("env")) == "[A=1,2][B=3][]");
  BOOST_TEST(joined(line->flags.all("cap")) == "[CAP_KILL]");
  BOOST_TEST(line->flags.all("cgroup").empty());
}

BOOST_AUTO_TEST_CASE(integers) {
  struct Row {
    const char* text;
    int value;
  };
  for (const Row& row : {Row{"0x2", 2}, Row{"1_0", 10}, Row{"-1", -1}, Row{"+3", 3}, Row{"010", 8},
                         Row{"0b11", 3}, Row{"99999999999", 2147483647}}) {
    const auto line = parse("run", {"--preserve-fds", row.text, "id"});
    BOOST_REQUIRE(line.ok());
    BOOST_TEST(line->flags.integer("preserve-fds") == row.value);
  }
  BOOST_TEST(parse("run", {"id"})->flags.integer("preserve-fds") == 0);
}

BOOST_AUTO_TEST_CASE(absent_and_empty_differ) {
  BOOST_TEST(!parse("create", {"id"})->flags.is_set("bundle"));
  BOOST_TEST(parse("create", {"--bundle=", "id"})->flags.is_set("bundle"));
}

BOOST_AUTO_TEST_CASE(global_flags_end_at_the_command) {
  const Words words{"--log=/dev/null", "-debug", "--root", "r", "kill", "--all", "id"};
  const auto line = ocirun::parse_line(ocirun::global_flags(), words, FlagOrder::kBeforeArguments);
  BOOST_REQUIRE(line.ok());
  BOOST_TEST(line->flags.on("debug"));
  BOOST_TEST(line->flags.text("root") == "r");
  BOOST_TEST(joined(line->arguments) == "[kill][--all][id]");
}

BOOST_AUTO_TEST_CASE(each_flag_has_one_meaning) {
  for (const ocirun::Command* command : ocirun::commands()) {
    std::vector<std::string_view> names{"help", "h"};
    for (const ocirun::Flag& flag : command->flags) {
      for (const std::string_view name : {flag.name, flag.short_name}) {
        if (name.empty()) continue;
        BOOST_TEST(std::count(names.begin(), names.end(), name) == 0,
                   command->name << " has " << name << " twice");
        names.push_back(name);
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
