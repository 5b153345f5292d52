#include "lib/runtime/criu_images.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "lib/runtime/restore_mounts.h"
#include "lib/sys/file.h"
#include "lib/sys/path.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using namespace oci::runtime;

BOOST_AUTO_TEST_SUITE(criu_images)

BOOST_AUTO_TEST_CASE(first_error_of_a_log) {
  BOOST_TEST(first_error_line("") == "");
  BOOST_TEST(first_error_line("(00.1) all is well\n") == "");
  BOOST_TEST(first_error_line("(00.000001) Nothing yet\n"
                              "(00.000002) Error (criu/a.c:1): one\n"
                              "(00.000003) Error (criu/cr-dump.c:2111): Dumping FAILED.\n") ==
             "Error (criu/a.c:1): one");
  BOOST_TEST(first_error_line("Error (criu/a.c:1): no end of line") ==
             "Error (criu/a.c:1): no end of line");
}

BOOST_AUTO_TEST_CASE(names_of_streams) {
  const test::TempDir dir;
  const UniqueFd images = sys::open(dir.path(), O_RDONLY | O_DIRECTORY).value();
  const StreamNames names{"/dev/null", "pipe:[12]", "a \"b\""};
  BOOST_REQUIRE(save_streams(images, names).ok());
  const auto loaded = load_streams(images);
  BOOST_REQUIRE_MESSAGE(loaded.ok(), (loaded.ok() ? "" : loaded.error().text));
  BOOST_TEST((*loaded == names));
}

BOOST_AUTO_TEST_CASE(streams_that_are_no_names) {
  const test::TempDir dir;
  const UniqueFd images = sys::open(dir.path(), O_RDONLY | O_DIRECTORY).value();
  BOOST_TEST(load_streams(images).error().sys_errno == ENOENT);
  for (const char* text : {"", "{}", "[1]", "[\"a\"", "[null]", "7"}) {
    BOOST_REQUIRE(sys::replace_file_at(images, "descriptors.json", text, 0600).ok());
    const auto loaded = load_streams(images);
    BOOST_REQUIRE_MESSAGE(!loaded.ok(), text);
    BOOST_TEST(loaded.error().text.starts_with("descriptors.json: "));
  }
  // Neither more than three nor a link to elsewhere.
  BOOST_REQUIRE(
      sys::replace_file_at(images, "descriptors.json", R"(["a","b","c","d"])", 0600).ok());
  BOOST_TEST((load_streams(images).value() == StreamNames{"a", "b", "c"}));
  BOOST_REQUIRE(::unlinkat(images.get(), "descriptors.json", 0) == 0);
  BOOST_REQUIRE(::symlinkat("/etc/hostname", images.get(), "descriptors.json") == 0);
  BOOST_TEST(load_streams(images).error().sys_errno == ELOOP);
}

BOOST_AUTO_TEST_CASE(names_that_get_a_stream_of_the_caller) {
  BOOST_TEST(is_pipe_name("pipe:[4711]"));
  for (const char* name : {"", "pipe:[]", "pipe:[1]x", "x/pipe:[1]", "pipe:[1", "pipe:[1]/../[2]"})
    BOOST_TEST(!is_pipe_name(name), name);
  BOOST_TEST(is_file_name("file[1c:2af]"));
  for (const char* name : {"", "/etc/shadow", "file[]", "file[1:2]/x", "pipe:[1]"})
    BOOST_TEST(!is_file_name(name), name);
}

BOOST_AUTO_TEST_CASE(directories) {
  const test::TempDir dir;
  CriuOptions options;
  BOOST_TEST(open_criu_directories(options, true, "dump.log").error().text ==
             "invalid directory to save checkpoint");
  BOOST_TEST(open_criu_directories(options, false, "restore.log").error().text ==
             "invalid directory to restore checkpoint");
  options.image_path = dir.path() + "/a/images";
  BOOST_TEST(open_criu_directories(options, false, "restore.log").error().sys_errno == ENOENT);
  auto opened = open_criu_directories(options, true, "dump.log");
  BOOST_REQUIRE(opened.ok());
  BOOST_TEST(opened->log == options.image_path + "/dump.log");
  BOOST_TEST(!opened->work);
  options.work_path = dir.path() + "/work";
  opened = open_criu_directories(options, true, "dump.log");
  BOOST_REQUIRE(opened.ok());
  BOOST_TEST(opened->log == options.work_path + "/dump.log");
  BOOST_TEST(static_cast<bool>(opened->work));
}

// Mount points are made where create would have made them, and no symlink leads out.
BOOST_AUTO_TEST_CASE(mount_points) {
  const test::TempDir dir;
  const std::string root = dir.path() + "/rootfs", data = dir.path() + "/data";
  for (const std::string& made : {root, data}) BOOST_REQUIRE(::mkdir(made.c_str(), 0755) == 0);
  BOOST_REQUIRE(::symlink("/../../..", (root + "/out").c_str()) == 0);
  BOOST_REQUIRE(::mknod((dir.path() + "/file").c_str(), S_IFREG | 0600, 0) == 0);
  spec::Spec spec;
  spec.mounts = {
      {"/proc", "proc", "proc", {}, {}, {}},     {"/dev", "tmpfs", "tmpfs", {}, {}, {}},
      {"/dev/shm", "tmpfs", "shm", {}, {}, {}},  // lies in a tmpfs
      {"/srv/data", "bind", data, {}, {}, {}},   {"/srv/data/file", "", "file", {"bind"}, {}, {}},
      {"/out/a/b", "tmpfs", "tmpfs", {}, {}, {}}};
  const auto made = make_mount_points(spec, dir.path(), root);
  BOOST_REQUIRE_MESSAGE(made.ok(), (made.ok() ? "" : made.error().text));
  const auto is = [](const std::string& path, mode_t type) {
    struct stat st;
    return ::lstat(path.c_str(), &st) == 0 && (st.st_mode & S_IFMT) == type;
  };
  BOOST_TEST(is(root + "/proc", S_IFDIR));
  BOOST_TEST(is(root + "/dev", S_IFDIR));
  BOOST_TEST(!is(root + "/dev/shm", S_IFDIR));
  BOOST_TEST(is(root + "/srv/data", S_IFDIR));
  BOOST_TEST(is(data + "/file", S_IFREG));
  BOOST_TEST(is(root + "/a/b", S_IFDIR));
  BOOST_TEST((external_sources(spec, dir.path())[1].value == dir.path() + "/file"));
  BOOST_TEST((bound_destinations(spec)[0] == "/srv/data"));
  BOOST_TEST(make_mount_points(spec, dir.path(), root).ok());
}

BOOST_AUTO_TEST_SUITE_END()
