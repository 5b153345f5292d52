#include "lib/runtime/user_namespace.h"

#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>

#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

constexpr unsigned long kGetNamespaceType = 0xb703;  // NS_GET_NSTYPE, ioctl_ns(2)

bool is_root() {
  if (::geteuid() == 0) return true;
  BOOST_TEST_MESSAGE("SKIPPED: needs root");
  return false;
}

// What a process in the namespace reads there.
std::string seen_inside(int ns, const char* path) {
  auto pipe = sys::make_pipe();
  BOOST_REQUIRE(pipe);
  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool joined = ::setns(ns, CLONE_NEWUSER) == 0;
    const auto text = sys::read_file(path);
    if (joined && text) (void)!::write(pipe->write.get(), text->data(), text->size());
    ::_exit(0);
  }
  pipe->write.reset();
  const auto text = sys::read_all(pipe->read);
  ::waitpid(pid, nullptr, 0);
  std::string out;
  for (const char c : text ? *text : std::string())
    if (c != ' ' || (!out.empty() && out.back() != ' ')) out += c;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(user_namespace)

BOOST_AUTO_TEST_CASE(with_maps_and_without_a_process) {
  if (!is_root()) return;
  const auto made = make_user_namespace({{{0, 5000, 10}, {20, 0, 1}}, {{0, 6000, 10}}, false});
  BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().text));
  BOOST_CHECK_EQUAL(::ioctl(made->get(), kGetNamespaceType), CLONE_NEWUSER);
  BOOST_CHECK_EQUAL(seen_inside(made->get(), "/proc/self/uid_map"), "0 5000 10\n 20 0 1\n");
  BOOST_CHECK_EQUAL(seen_inside(made->get(), "/proc/self/gid_map"), "0 6000 10\n");
  BOOST_CHECK_EQUAL(::waitpid(-1, nullptr, __WALL | WNOHANG), -1);
  BOOST_CHECK_EQUAL(errno, ECHILD);
}

BOOST_AUTO_TEST_CASE(maps_that_the_kernel_refuses) {
  if (!is_root()) return;
  const auto made = make_user_namespace({{{0, 5000, 10}, {5, 6000, 1}}, {{0, 0, 1}}, false});
  BOOST_REQUIRE(!made);
  BOOST_CHECK_EQUAL(made.error().sys_errno, EINVAL);
  BOOST_CHECK(made.error().text.find("uid_map") != std::string::npos);
  BOOST_CHECK_EQUAL(::waitpid(-1, nullptr, __WALL | WNOHANG), -1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::runtime
