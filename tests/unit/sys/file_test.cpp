#include "lib/sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "lib/sys/tree.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::TempDir;
namespace fs = std::filesystem;

namespace {
UniqueFd directory(const std::string& path) {
  return sys::open(path, O_RDONLY | O_DIRECTORY).value();
}
Result<UniqueFd> touch(const std::string& path) {
  return sys::open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
}
}  // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(errors_name_the_call_and_the_file) {
  const auto missing = sys::open("/nonexistent/x", O_RDONLY);
  BOOST_REQUIRE(!missing.ok());
  BOOST_CHECK_EQUAL(missing.error().text, "open /nonexistent/x: no such file or directory");
  BOOST_CHECK_EQUAL(missing.error().sys_errno, ENOENT);
}

BOOST_AUTO_TEST_CASE(everything_is_close_on_exec) {
  TempDir temp;
  const UniqueFd dir = directory(temp.path());
  auto made = sys::open_at(dir, "f", O_WRONLY | O_CREAT, 0600);
  BOOST_REQUIRE(made.ok());
  auto copy = sys::duplicate(*made);
  auto pipe = sys::make_pipe();
  BOOST_REQUIRE(copy.ok() && pipe.ok());
  for (const int fd : {dir.get(), made->get(), copy->get(), pipe->read.get(), pipe->write.get()})
    BOOST_CHECK((::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
}

BOOST_AUTO_TEST_CASE(reads_whole_files_up_to_a_limit) {
  TempDir temp;
  const UniqueFd dir = directory(temp.path());
  const std::string text(100000, 'x');
  BOOST_REQUIRE(sys::replace_file_at(dir, "f", text, 0600).ok());
  BOOST_CHECK(sys::read_file_at(dir, "f").value() == text);
  BOOST_CHECK(sys::read_file(temp / "f", text.size()).value() == text);
  BOOST_CHECK_EQUAL(sys::read_file_at(dir, "f", text.size() - 1).error().sys_errno, EFBIG);
  // A file of procfs says that its size is 0.
  BOOST_CHECK(!sys::read_file("/proc/self/stat").value().empty());
}

BOOST_AUTO_TEST_CASE(replacing_never_writes_through_a_link) {
  TempDir temp;
  const UniqueFd dir = directory(temp.path());
  BOOST_REQUIRE(sys::replace_file_at(dir, "victim", "old", 0600).ok());
  fs::create_symlink("victim", temp / "link");
  BOOST_REQUIRE(sys::replace_file_at(dir, "link", "new", 0600).ok());
  BOOST_CHECK_EQUAL(sys::read_file_at(dir, "victim").value(), "old");
  BOOST_CHECK(!fs::is_symlink(temp / "link"));
  BOOST_CHECK_EQUAL(sys::read_file_at(dir, "link").value(), "new");
  // No temporary file stays, also when the rename cannot succeed.
  fs::create_directories(temp / "folder/inner");
  BOOST_CHECK(!sys::replace_file_at(dir, "folder", "x", 0600).ok());
  BOOST_CHECK_EQUAL(sys::list_directory(dir).value().size(), 3u);
}

BOOST_AUTO_TEST_CASE(readers_see_the_old_or_the_new_content) {
  TempDir temp;
  const UniqueFd dir = directory(temp.path());
  const std::string a(20000, 'a'), b(30000, 'b');
  BOOST_REQUIRE(sys::replace_file_at(dir, "f", a, 0600).ok());
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i)
      if (!sys::replace_file_at(dir, "f", i % 2 == 0 ? b : a, 0600)) return;
  });
  bool whole = true;
  for (int i = 0; i < 400; ++i) {
    const auto text = sys::read_file_at(dir, "f");
    whole = whole && text.ok() && (*text == a || *text == b);
  }
  writer.join();
  BOOST_CHECK(whole);
}

BOOST_AUTO_TEST_CASE(makes_missing_parents) {
  TempDir temp;
  const mode_t before = ::umask(0);
  const auto made = sys::make_directories(temp / "a/b/c", 0700);
  ::umask(before);
  BOOST_REQUIRE(made.ok());
  BOOST_CHECK(sys::make_directories(temp / "a/b/c", 0700).ok());
  BOOST_CHECK(fs::status(temp / "a/b/c").permissions() == fs::perms(0700));
  BOOST_CHECK(fs::status(temp / "a/b").permissions() == fs::perms(0755));
  BOOST_REQUIRE(touch(temp / "file").ok());
  BOOST_CHECK_EQUAL(sys::make_directories(temp / "file", 0700).error().sys_errno, EEXIST);
  BOOST_CHECK_EQUAL(sys::make_directories(temp / "file/x", 0700).error().sys_errno, ENOTDIR);
}

BOOST_AUTO_TEST_CASE(lists_names_again_and_again) {
  TempDir temp;
  const UniqueFd dir = directory(temp.path());
  fs::create_directory(temp / "d");
  BOOST_REQUIRE(sys::replace_file_at(dir, "f", "", 0600).ok());
  for (int i = 0; i < 2; ++i) BOOST_CHECK_EQUAL(sys::list_directory(dir).value().size(), 2u);
  const auto directories = sys::list_directory(dir, true).value();
  BOOST_REQUIRE_EQUAL(directories.size(), 1u);
  BOOST_CHECK_EQUAL(directories[0], "d");
}

BOOST_AUTO_TEST_CASE(removing_a_tree_follows_no_link) {
  TempDir temp;
  fs::create_directories(temp / "outside");
  BOOST_REQUIRE(touch(temp / "outside/precious").ok());
  fs::create_directories(temp / "tree/a/b");
  fs::create_directory_symlink(temp / "outside", temp / "tree/link");
  fs::create_directory_symlink(temp / "outside", temp / "tree/a/link");
  BOOST_REQUIRE(::mkfifo((temp / "tree/a/fifo").c_str(), 0600) == 0);
  const UniqueFd tree = directory(temp / "tree");
  BOOST_REQUIRE(sys::remove_children(tree).ok());
  BOOST_CHECK(fs::is_empty(temp / "tree"));
  BOOST_CHECK(fs::exists(temp / "outside/precious"));
}

BOOST_AUTO_TEST_SUITE_END()
