// The parts of single commands that are pure.
#include <boost/test/unit_test.hpp>

#include "oci/signals.h"
#include "tests/unit/tools/capture.h"
#include "tools/ocirun/exec_options.h"
#include "tools/ocirun/host_ps.h"
#include "tools/ocirun/launch.h"

using namespace ocirun;

namespace {

oci::Result<oci::ExecOptions> exec_with(std::vector<std::string> words) {
  auto line = parse_line(kExec.flags, std::move(words), kExec.order);
  BOOST_REQUIRE(line.ok());
  return exec_options(line->flags);
}

std::string user_error(std::string_view text) {
  const auto user = parse_user(text);
  return user ? "parsed" : user.error().text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(commands)

BOOST_AUTO_TEST_CASE(users) {
  BOOST_TEST(parse_user("1000")->uid == 1000);
  BOOST_TEST(!parse_user("1000")->gid.has_value());
  BOOST_TEST(parse_user("0:5")->gid.value() == 5);
  BOOST_TEST(parse_user("4294967294")->uid == 4294967294u);
  BOOST_TEST(user_error("abc") == "bad uid: strconv.Atoi: parsing \"abc\": invalid syntax");
  BOOST_TEST(user_error("1:") == "bad gid: strconv.Atoi: parsing \"\": invalid syntax");
  BOOST_TEST(user_error("1:2:3") == "bad gid: strconv.Atoi: parsing \"2:3\": invalid syntax");
  BOOST_TEST(user_error("abc:def") == "bad gid: strconv.Atoi: parsing \"def\": invalid syntax");
  // These are root, or "no change", to looser parsers.
  for (const char* text : {"4294967296", "4294967295", "99999999999999999999"})
    BOOST_TEST(user_error(text) ==
               "bad uid: strconv.Atoi: parsing \"" + std::string(text) + "\": value out of range");
  for (const char* text : {"-1", "+1", " 1", "1 ", "0x0", "1_0", "root"})
    BOOST_TEST(user_error(text).ends_with("invalid syntax"), text);
}

BOOST_AUTO_TEST_CASE(exec_flags) {
  const auto options = exec_with({"-t",
                                  "-d",
                                  "--cwd",
                                  "/w",
                                  "-e",
                                  "A=1",
                                  "-e",
                                  "B=2",
                                  "-u",
                                  "7:8",
                                  "-g",
                                  "9",
                                  "-g",
                                  "10",
                                  "-c",
                                  "CAP_KILL",
                                  "--no-new-privs=false",
                                  "--cgroup",
                                  "cpu:x",
                                  "--preserve-fds",
                                  "2",
                                  "--pid-file",
                                  "p",
                                  "--console-socket",
                                  "s",
                                  "--pidfd-socket",
                                  "q",
                                  "--ignore-paused",
                                  "id",
                                  "ls"});
  BOOST_REQUIRE(options.ok());
  BOOST_TEST(options->tty);
  BOOST_TEST(options->detach);
  BOOST_TEST(options->ignore_paused);
  BOOST_TEST(options->cwd == "/w");
  BOOST_TEST(options->env == (oci::spec::Strings{"A=1", "B=2"}), boost::test_tools::per_element());
  BOOST_TEST(options->uid.value() == 7u);
  BOOST_TEST(options->gid.value() == 8u);
  BOOST_TEST(options->additional_gids == (std::vector<std::uint32_t>{9, 10}),
             boost::test_tools::per_element());
  BOOST_TEST(options->no_new_privs.value() == false);
  BOOST_TEST(options->cgroups.at(0) == "cpu:x");
  BOOST_TEST(options->preserve_fds == 2);
  BOOST_TEST(options->pid_file == "p");
  BOOST_TEST(options->console_socket == "s");
  BOOST_TEST(options->pidfd_socket == "q");
  BOOST_TEST(!exec_with({"id", "ls"})->no_new_privs.has_value());
  BOOST_TEST(exec_with({"--preserve-fds=-1", "id", "ls"})->preserve_fds == 0);
  BOOST_TEST(exec_with({"-g", "4294967296", "id", "ls"}).error().text ==
             "bad additional gid: strconv.ParseInt: parsing \"4294967296\": value out of range");
}

BOOST_AUTO_TEST_CASE(process_files) {
  TempDir dir;
  const std::string path = dir.path + "/process.json";
  std::ofstream(path) << R"({"args":["ls","-l"],"cwd":"/","user":{"uid":3,"gid":4}})";
  const auto options = exec_with({"-p", path, "id"});
  BOOST_REQUIRE(options.ok());
  BOOST_REQUIRE(options->process.has_value());
  BOOST_TEST(options->process->args.at(1) == "-l");
  BOOST_TEST(options->process->user.gid == 4u);
  BOOST_TEST(!exec_with({"-p", "", "id"})->process.has_value());
  BOOST_TEST(exec_with({"-p", "/no-such-file", "id"}).error().text ==
             "open /no-such-file: no such file or directory");
  std::ofstream(path) << "{";
  BOOST_TEST(!exec_with({"-p", path, "id"}).ok());
}

BOOST_AUTO_TEST_CASE(socket_activation) {
  BOOST_TEST(listen_fds("2", "100", 100) == 2);
  BOOST_TEST(listen_fds("2", "101", 100) == 0);
  BOOST_TEST(listen_fds("2", nullptr, 100) == 0);
  BOOST_TEST(listen_fds(nullptr, "100", 100) == 0);
  BOOST_TEST(listen_fds("x", "100", 100) == 0);
  BOOST_TEST(listen_fds("-2", "100", 100) == 0);
  BOOST_TEST(listen_fds("99999999999", "100", 100) == 2147483647);
}

BOOST_AUTO_TEST_CASE(create_options_take_the_environment) {
  ::setenv("LISTEN_FDS", "1", 1);
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDNAMES", "a", 1);
  ::setenv("NOTIFY_SOCKET", "/run/n", 1);
  auto line = parse_line(kCreate.flags, {"-b", "B", "--no-pivot", "--preserve-fds", "3", "id"},
                         kCreate.order);
  BOOST_REQUIRE(line.ok());
  oci::CreateOptions options;
  fill_create_options(line->flags, options);
  BOOST_TEST(options.bundle == "B");
  BOOST_TEST(options.no_pivot);
  BOOST_TEST(!options.no_new_keyring);
  BOOST_TEST(options.preserve_fds == 3);
  BOOST_TEST(options.listen_fds == 1);
  BOOST_TEST(options.notify_socket == "/run/n");
  for (const char* name : {"LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"})
    BOOST_TEST(::getenv(name) == nullptr, name);
}

BOOST_AUTO_TEST_CASE(signals) {
  BOOST_TEST(oci::parse_signal("").value() == 15);
  BOOST_TEST(oci::parse_signal("KILL").value() == 9);
  BOOST_TEST(oci::parse_signal("sigkill").value() == 9);
  BOOST_TEST(oci::parse_signal("SIGUSR1").value() == 10);
  BOOST_TEST(oci::parse_signal("0").value() == 0);
  BOOST_TEST(oci::parse_signal("-9").value() == -9);
  BOOST_TEST(oci::parse_signal("34").value() == 34);
  for (const char* text : {"FOO", "RTMIN", "SIGRTMIN+3", "0x9", "SIG", "9 ", "SIGSIGTERM"})
    BOOST_TEST(!oci::parse_signal(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(ps_lines_of_the_container) {
  const std::string_view output =
      "UID          PID    PPID CMD\n"
      "root          10       1 init\n"
      "root         101      10 sh -c 10\n"
      "\n"
      "root          11      10 other\n";
  BOOST_TEST(*filter_ps(output, {10, 11}) ==
             "UID          PID    PPID CMD\nroot          10       1 init\nroot          11      "
             "10 other\n");
  BOOST_TEST(*filter_ps(output, {}) == "UID          PID    PPID CMD\n");
  BOOST_TEST(*filter_ps("PID\n 7\n8", {8}) == "PID\n8\n");
  BOOST_TEST(filter_ps("UID PPID\n", {}).error().text == "couldn't find PID field in ps output");
  BOOST_TEST(filter_ps("", {}).error().text == "couldn't find PID field in ps output");
  BOOST_TEST(filter_ps("A PID\nx y\n", {}).error().text ==
             "unable to parse pid: strconv.Atoi: parsing \"y\": invalid syntax");
}

BOOST_AUTO_TEST_CASE(the_hosts_ps) {
  if (::access("/usr/bin/ps", X_OK) != 0 && ::access("/bin/ps", X_OK) != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: this machine has no ps");
    return;
  }
  const auto output = run_ps({"-o", "pid,comm", "-p", std::to_string(::getpid())});
  BOOST_REQUIRE_MESSAGE(output.ok(), (output ? "" : output.error().text));
  const auto lines = filter_ps(*output, {::getpid()});
  BOOST_REQUIRE(lines.ok());
  BOOST_TEST(std::count(lines->begin(), lines->end(), '\n') == 2);
  const auto refused = run_ps({"--no-such-option"});
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST(refused.error().text.starts_with("exit status 1: error: "));
}

BOOST_AUTO_TEST_SUITE_END()
