#include "lib/sys/cgroupfs.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>

#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/raw.h"
#include "tests/support/child.h"
#include "tests/support/temp_dir.h"

namespace oci::sys {

namespace {

int error_of(FdRef top, const std::string& path) {
  const auto fd = open_beneath(top, path, O_RDONLY);
  return fd ? 0 : fd.error().sys_errno;
}

// From here on the calling process has no openat2(2), as on a host with an old seccomp filter.
bool take_openat2_away() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog program{4, code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

// 0, or the number of the first check that fails.
int check_opening(const oci::test::TempDir& dir) {
  const UniqueFd top = open(dir.path(), O_PATH | O_DIRECTORY).value();
  const UniqueFd root = open("/", O_PATH | O_DIRECTORY).value();
  if (error_of(top, "a/b/file") != 0) return 1;
  if (error_of(top, ".") != 0) return 2;
  if (error_of(top, "a/none") != ENOENT) return 3;
  if (error_of(top, "a/link") != ELOOP) return 4;
  // Whether the link or what it is not (a directory) is named differs.
  if (error_of(top, "a/link/passwd") == 0) return 5;
  if (error_of(top, "a/../..") != EXDEV) return 6;
  if (error_of(root, "proc/self") == 0) return 7;
  if (error_of(root, "proc/version") != EXDEV) return 8;
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(sys_cgroupfs)

BOOST_AUTO_TEST_CASE(opening_stays_beneath_with_and_without_openat2) {
  const oci::test::TempDir dir;
  std::filesystem::create_directories(dir / "a/b");
  std::ofstream(dir / "a/b/file") << "x";
  std::filesystem::create_symlink("/etc", dir / "a/link");
  BOOST_TEST(check_opening(dir) == 0);
  oci::test::Child without([&] { return take_openat2_away() ? check_opening(dir) : 100; });
  BOOST_TEST(without.join() == 0);
}

BOOST_AUTO_TEST_CASE(walking_shows_children_before_parents) {
  const oci::test::TempDir dir;
  std::filesystem::create_directories(dir / "a/b/c");
  std::filesystem::create_directories(dir / "a/d");
  std::ofstream(dir / "a/file") << "x";
  std::vector<std::string> left;
  int entered = 0;
  const UniqueFd top = open(dir.path(), O_RDONLY | O_DIRECTORY).value();
  walk_directories(
      top,
      [&](FdRef) {
        ++entered;
        return Status();
      },
      [&](FdRef parent, const std::string& name) -> Status {
        left.push_back(name);
        return ::unlinkat(parent.get(), name.c_str(), AT_REMOVEDIR) == 0 || name == "a"
                   ? Status()
                   : last_error("rmdir", name);
      })
      .value();
  BOOST_TEST(entered == 5);
  BOOST_REQUIRE(left.size() == 4u);
  BOOST_TEST(left.back() == "a");  // with the file in it still
}

BOOST_AUTO_TEST_CASE(an_error_ends_the_walk) {
  const oci::test::TempDir dir;
  std::filesystem::create_directories(dir / "a/b");
  const UniqueFd top = open(dir.path(), O_RDONLY | O_DIRECTORY).value();
  const auto walked = walk_directories(top, {}, [](FdRef, const std::string& name) -> Status {
    return call_error("test", name, EPERM);
  });
  BOOST_REQUIRE(!walked);
  BOOST_TEST(walked.error().where == "b");
}

BOOST_AUTO_TEST_CASE(kinds_of_file_systems) {
  BOOST_TEST((cgroup_filesystem("/proc") == CgroupFs::kNone));
  BOOST_TEST((cgroup_filesystem("/no/such/place") == CgroupFs::kNone));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::sys
