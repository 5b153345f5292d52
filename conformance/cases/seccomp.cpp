// Filters of system calls. Spec: config-linux.md#seccomp
#include <unistd.h>

#include "conformance/suite.h"
#include "tests/support/console_socket.h"
#include "tests/support/seccomp_agent.h"

using namespace oci::conformance;

namespace {

// A profile that allows all but what `rules` say.
Container& filter(Container& c, const std::string& rules, const std::string& more = "") {
  c.config.set("/linux/seccomp",
               R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[)" + rules + "]" + more + "}");
  return c;
}

bool refused(const std::string& profile) {
  Container c;
  c.config.set("/linux/seccomp", profile);
  return c.refused();
}

// Of the modes 0600, 0700 and 0777 those that chmod may still set.
std::string modes_left(const std::string& op, const std::string& values) {
  std::string rules;
  for (const auto& [name, index] : {std::pair{"chmod", "1"}, {"fchmodat", "2"}})
    rules += (rules.empty() ? "" : ",") + (R"({"names":[")" + std::string(name)) +
             R"("],"action":"SCMP_ACT_ERRNO","args":[{"index":)" + index + R"(,"op":"SCMP_CMP_)" +
             op + R"(",)" + values + "}]}";
  Container c;
  filter(c, rules).shell(
      "touch /tmp/f; for m in 600 700 777; do chmod $m /tmp/f 2>/dev/null && echo -n \"$m \"; "
      "done");
  return c.output();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seccomp)

BOOST_AUTO_TEST_CASE(a_filter_is_there, *proves({"S212"})) {
  Container c;
  BOOST_TEST(filter(c, "").probe()["Seccomp"] == "2");
}

BOOST_AUTO_TEST_CASE(errno_is_eperm_by_default, *proves({"S219", "S220", "S218"})) {
  Container c;
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"})");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Operation not permitted");
}

BOOST_AUTO_TEST_CASE(errno_as_given, *proves({"S219", "S220"})) {
  Container c;
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO","errnoRet":22})");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Invalid argument");
}

BOOST_AUTO_TEST_CASE(killing, *proves({"S219"})) {
  for (const char* action : {"SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD"}) {
    Container c;
    filter(c, R"({"names":["mkdir","mkdirat"],"action":")" + std::string(action) + R"("})");
    BOOST_TEST(c.shell("mkdir /tmp/x 2>/dev/null; echo $?").output() == "159\n", action);
  }
}

BOOST_AUTO_TEST_CASE(trap_and_log, *proves({"S219"})) {
  Container trap, log;
  filter(trap, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_TRAP"})");
  BOOST_TEST(trap.shell("mkdir /tmp/x 2>/dev/null; echo $?").output() == "159\n");
  filter(log, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_LOG"})");
  BOOST_TEST(log.shell("mkdir /tmp/x; echo $?").output() == "0\n");
}

BOOST_AUTO_TEST_CASE(unknown_calls_are_left_out, *proves({"S218"})) {
  Container c;
  filter(c, R"({"names":["no_such_call","mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"})");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Operation not permitted");
}

BOOST_AUTO_TEST_CASE(arguments, *proves({"S221"})) {
  // 384 is 0600, 448 is 0700, 511 is 0777.
  BOOST_TEST(modes_left("EQ", R"("value":448)") == "600 777 ");
  BOOST_TEST(modes_left("NE", R"("value":448)") == "700 ");
  BOOST_TEST(modes_left("LT", R"("value":448)") == "700 777 ");
  BOOST_TEST(modes_left("LE", R"("value":448)") == "777 ");
  BOOST_TEST(modes_left("GE", R"("value":448)") == "600 ");
  BOOST_TEST(modes_left("GT", R"("value":448)") == "600 700 ");
  BOOST_TEST(modes_left("MASKED_EQ", R"("value":64,"valueTwo":64)") == "600 ");
}

BOOST_AUTO_TEST_CASE(architectures, *proves({"S214"})) {
  Container c;
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"})",
         R"(,"architectures":["SCMP_ARCH_X86_64","SCMP_ARCH_X86","SCMP_ARCH_AARCH64"])");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Operation not permitted");
}

BOOST_AUTO_TEST_CASE(with_no_new_privileges_and_without, *proves({"S212", "S224"})) {
  for (const char* value : {"true", "false"}) {
    Container c;
    c.config.set("/process/noNewPrivileges", value).set("/process/user/uid", "1000");
    auto f = filter(c, "").probe();
    BOOST_TEST(f["Seccomp"] == "2", value);
    BOOST_TEST(f["NoNewPrivs"] == (value[0] == 't' ? "1" : "0"));
  }
}

BOOST_AUTO_TEST_CASE(default_errno, *proves({"S213"})) {
  // What a shell needs; and a runtime that loads the filter last needs hardly more.
  Container c;
  c.config.set("/process/noNewPrivileges", "true");
  c.config.set("/linux/seccomp", R"({"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":13,
    "syscalls":[{"names":["read","write","open","openat","close","stat","fstat","lstat","newfstatat",
    "mmap","mprotect","munmap","brk","rt_sigaction","rt_sigprocmask","rt_sigreturn","ioctl","access",
    "faccessat","faccessat2","dup","dup2","dup3","getpid","getppid","getuid","geteuid","getgid",
    "getegid","getgroups","getcwd","fork","vfork","clone","clone3","execve","exit","exit_group",
    "wait4","uname","fcntl","umask","arch_prctl","set_tid_address","set_robust_list","rseq",
    "prlimit64","getrandom","futex","prctl","sigaltstack","readlink","readlinkat","capset","capget",
    "chdir","setuid","setgid","setgroups","setresuid","setresgid","fchdir","getdents64","epoll_ctl",
    "epoll_pwait","epoll_create1","nanosleep","tgkill","gettid","statfs","fstatfs","close_range",
    "poll","ppoll","pread64","seccomp","sched_yield","sched_getaffinity","statx","pipe","pipe2",
    "lseek","writev","sendmsg","recvmsg","sendto","recvfrom","getpgrp","getpgid","setsid",
    "setpgid","eventfd2","madvise","timer_create","timer_settime","timer_delete","kill",
    "openat2","fchown","umount2","keyctl"],"action":"SCMP_ACT_ALLOW"}]})");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Permission denied");
}

BOOST_AUTO_TEST_CASE(words_that_do_not_exist_are_refused,
                     *proves({"S212", "S214", "S219", "S221", "S006"})) {
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_NO_SUCH"})"));
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_NO_SUCH"],
    "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]})"));
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW",
    "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_NO_SUCH"}]})"));
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],
    "action":"SCMP_ACT_ERRNO","args":[{"index":1,"value":1,"op":"SCMP_CMP_NO_SUCH"}]}]})"));
}

BOOST_AUTO_TEST_CASE(an_unknown_flag_is_refused, *proves({"S215", "S006"})) {
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","flags":["SECCOMP_FILTER_FLAG_NO_SUCH"],
    "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]})"));
}

BOOST_AUTO_TEST_CASE(flags, *proves({"S215"})) {
  for (const char* flag : {"SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"}) {
    Container c;
    filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"})",
           R"(,"flags":[")" + std::string(flag) + R"("])");
    CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Operation not permitted");
  }
}

BOOST_AUTO_TEST_CASE(metadata_without_a_listener_is_refused, *proves({"S217"})) {
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","listenerMetadata":"x",
    "syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]})"));
}

BOOST_AUTO_TEST_CASE(errno_with_an_action_that_has_none_is_refused, *proves({"S213", "S220"})) {
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","syscalls":[
    {"names":["mkdir"],"action":"SCMP_ACT_KILL","errnoRet":5}]})"));
  BOOST_TEST(refused(R"({"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":5,"syscalls":[
    {"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]})"));
}

BOOST_AUTO_TEST_CASE(an_agent_decides, *proves({"S216", "S219"})) {
  Container c;
  const oci::test::SeccompAgent agent(c.scratch("agent"));
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"})",
         R"(,"listenerPath":")" + agent.path() + "\"");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "No medium found");
}

BOOST_AUTO_TEST_CASE(a_listener_without_its_agent_is_refused, *proves({"S216"})) {
  Container c;
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"})",
         R"(,"listenerPath":")" + c.scratch("agent") + "\"");
  BOOST_TEST(c.refused());
}

BOOST_AUTO_TEST_CASE(a_listener_that_is_not_needed, *proves({"S216"})) {
  Container c;
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_ERRNO"})",
         R"(,"listenerPath":")" + c.scratch("agent") + "\"");
  CHECK_HAS(c.shell("mkdir /tmp/x 2>&1").output(), "Operation not permitted");
}

BOOST_AUTO_TEST_CASE(a_listener_is_told, *proves({"S216", "S217", "S225"})) {
  Container c;
  oci::test::ConsoleSocket listener(c.scratch("listener"));
  filter(c, R"({"names":["mkdir","mkdirat"],"action":"SCMP_ACT_NOTIFY"})",
         R"(,"listenerPath":")" + c.scratch("listener") + R"(","listenerMetadata":"about it")");
  c.sleeper();
  REQUIRE_OK(c.create());
  REQUIRE_OK(c.start());
  std::string text;
  const int fd = listener.receive(&text);
  BOOST_REQUIRE(fd >= 0);
  ::close(fd);
  rapidjson::Document told;
  told.Parse(text.c_str());
  BOOST_REQUIRE_MESSAGE(told.IsObject(), text);
  BOOST_TEST(told["pid"].GetInt() == c.pid());
  BOOST_TEST(std::string(told["metadata"].GetString()) == "about it");
  BOOST_TEST(std::string(told["fds"][0].GetString()) == "seccompFd");
  BOOST_TEST(std::string(told["state"]["id"].GetString()) == c.id());
}

BOOST_AUTO_TEST_SUITE_END()
