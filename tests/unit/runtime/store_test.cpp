#include "lib/runtime/store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "lib/runtime/pid_file.h"
#include "lib/sys/file.h"
#include "tests/support/temp_dir.h"

using namespace oci;
using oci::test::TempDir;
using runtime::Entry;
using runtime::Record;
using runtime::Store;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat st;
  BOOST_REQUIRE(::lstat(path.c_str(), &st) == 0);
  return st.st_mode & 07777;
}

Record record_of(const std::string& id) {
  Record record;
  record.id = id;
  record.bundle = "/b";
  return record;
}

Store open_store(const std::string& root) {
  auto store = Store::open(root, true);
  BOOST_REQUIRE_MESSAGE(store.ok(), (store.ok() ? "" : store.error().text));
  return store.take();
}

struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }
  mode_t before;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(store)

BOOST_AUTO_TEST_CASE(modes_do_not_depend_on_the_umask) {
  TempDir temp;
  for (const mode_t mask : {0u, 022u, 077u}) {
    const Umask guard(mask);
    const std::string root = temp / ("parent" + std::to_string(mask) + "/root");
    const Store store = open_store(root);
    BOOST_CHECK_EQUAL(mode_of(root) & 0777, 0700u);
    auto entry = store.reserve("c");
    BOOST_REQUIRE(entry.ok());
    BOOST_CHECK_EQUAL(mode_of(root + "/c"), 0711u);
    BOOST_REQUIRE(entry->save(record_of("c")).ok());
    BOOST_CHECK_EQUAL(mode_of(root + "/c/state.json"), 0600u);
  }
}

BOOST_AUTO_TEST_CASE(a_life) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  const std::byte filter[] = {std::byte{1}, std::byte{0}, std::byte{255}};
  {
    auto entry = store.reserve("c1");
    BOOST_REQUIRE(entry.ok());
    BOOST_CHECK(entry->locked());
    BOOST_CHECK_EQUAL(store.load("c1").error().text,
                      "container does not exist");  // nothing written yet
    BOOST_REQUIRE(entry->save(record_of("c1")).ok());
    BOOST_REQUIRE(entry->save_seccomp(filter).ok());
  }
  BOOST_CHECK_EQUAL(store.load("c1").value().bundle, "/b");
  auto entry = store.find_locked("c1");
  BOOST_REQUIRE(entry.ok());
  BOOST_CHECK(entry->load_seccomp().value() ==
              std::vector<std::byte>(std::begin(filter), std::end(filter)));
  auto again = store.reserve("c1");
  BOOST_REQUIRE(!again.ok());
  BOOST_CHECK(again.error().code == Code::kAlreadyExists);
  BOOST_CHECK_EQUAL(again.error().text, "container with given ID already exists");
  BOOST_REQUIRE(store.remove(*entry).ok());
  BOOST_REQUIRE(store.remove(*entry).ok());
  BOOST_CHECK(!fs::exists(temp / "root/c1"));
  auto gone = store.find("c1");
  BOOST_REQUIRE(!gone.ok());
  BOOST_CHECK(gone.error().code == Code::kNotFound);
  BOOST_CHECK_EQUAL(gone.error().text, "container does not exist");
}

BOOST_AUTO_TEST_CASE(no_id_leaves_the_root) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  fs::create_directory(temp / "victim");
  const std::string ids[] = {"",
                             ".",
                             "..",
                             "../victim",
                             "a/b",
                             "/",
                             "a\nb",
                             "a b",
                             std::string("a\0b", 3),
                             std::string(1025, 'a')};
  for (const std::string& id : ids) {
    BOOST_CHECK(store.reserve(id).error().code == Code::kInvalidArgument);
    BOOST_CHECK(store.find(id).error().code == Code::kInvalidArgument);
    BOOST_CHECK(store.load(id).error().code == Code::kInvalidArgument);
    BOOST_CHECK(store.find_locked(id).error().code == Code::kInvalidArgument);
  }
  // Valid, but no file system takes such a name.
  BOOST_CHECK(store.find(std::string(300, 'a')).error().code == Code::kNotFound);
  BOOST_CHECK_EQUAL(store.reserve(std::string(300, 'a')).error().sys_errno, ENAMETOOLONG);
  BOOST_CHECK(fs::is_empty(temp / "root"));
}

BOOST_AUTO_TEST_CASE(a_link_in_the_root_is_no_container) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  fs::create_directory(temp / "victim");
  { std::ignore = sys::open(temp / "victim/state.json", O_CREAT | O_WRONLY, 0600); }
  fs::create_directory_symlink(temp / "victim", temp / "root/link");
  BOOST_CHECK(store.find("link").error().code == Code::kNotFound);
  BOOST_CHECK(store.ids().value().empty());
  BOOST_CHECK(store.reserve("link").error().code == Code::kAlreadyExists);
  // Links inside a container's directory are removed, never followed.
  auto entry = store.reserve("c");
  BOOST_REQUIRE(entry.ok());
  fs::create_directory_symlink(temp / "victim", temp / "root/c/notify");
  BOOST_REQUIRE(store.remove(*entry).ok());
  BOOST_CHECK(fs::exists(temp / "victim/state.json"));
}

BOOST_AUTO_TEST_CASE(roots_of_others_are_refused) {
  TempDir temp;
  fs::create_directory(temp / "open");
  BOOST_REQUIRE(::chmod((temp / "open").c_str(), 0777) == 0);
  const auto open = Store::open(temp / "open", true);
  BOOST_REQUIRE(!open.ok());
  BOOST_CHECK(open.error().code == Code::kInvalidArgument);
  BOOST_CHECK(open.error().text.find("writable by group or others") != std::string::npos);
  BOOST_CHECK(!Store::open(temp / "open/", false).ok());

  fs::create_directory(temp / "real");
  fs::create_directory_symlink(temp / "real", temp / "link");
  BOOST_CHECK(Store::open(temp / "link", true).error().code == Code::kInvalidArgument);
  BOOST_CHECK(Store::open(temp / "link//", false).error().code == Code::kInvalidArgument);
  BOOST_CHECK_EQUAL(Store::open("/", true).error().text,
                    "Option --root argument should not be set to /");
  BOOST_CHECK(!Store::open("///", false).ok());

  if (::geteuid() != 0) {
    BOOST_TEST_MESSAGE("SKIPPED: a root of another owner needs chown, so root rights");
    return;
  }
  fs::create_directory(temp / "theirs");
  BOOST_REQUIRE(::chown((temp / "theirs").c_str(), 12345, 12345) == 0);
  const auto theirs = Store::open(temp / "theirs", false);
  BOOST_REQUIRE(!theirs.ok());
  BOOST_CHECK(theirs.error().text.find("owned by another user") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_missing_root_holds_no_container) {
  TempDir temp;
  auto store = Store::open(temp / "none", false);
  BOOST_REQUIRE(store.ok());
  BOOST_CHECK(!store->exists());
  BOOST_CHECK_EQUAL(store->load("x").error().text, "container does not exist");
  const auto ids = store->ids();
  BOOST_REQUIRE(!ids.ok());
  BOOST_CHECK_EQUAL(ids.error().sys_errno, ENOENT);
  BOOST_CHECK(!fs::exists(temp / "none"));
}

BOOST_AUTO_TEST_CASE(broken_containers_are_listed_and_removable) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  for (const char* id : {"b", "a"}) BOOST_REQUIRE(store.reserve(id)->save(record_of(id)).ok());
  { std::ignore = store.reserve("empty"); }  // killed before its record was written
  BOOST_REQUIRE(store.reserve("torn").ok());
  const UniqueFd torn = sys::open(temp / "root/torn", O_RDONLY | O_DIRECTORY).value();
  BOOST_REQUIRE(sys::replace_file_at(torn, "state.json", "{\"id\":", 0600).ok());
  { std::ignore = sys::open(temp / "root/file", O_CREAT | O_WRONLY, 0600); }
  fs::create_directory(temp / "root/no id");
  const std::vector<std::string> expected = {"a", "b", "empty", "torn"};
  const auto ids = store.ids();
  BOOST_REQUIRE(ids.ok());
  BOOST_CHECK_EQUAL_COLLECTIONS(ids->begin(), ids->end(), expected.begin(), expected.end());
  BOOST_CHECK_EQUAL(store.load("empty").error().text, "container does not exist");
  const auto broken = store.load("torn");
  BOOST_REQUIRE(!broken.ok());
  BOOST_CHECK(broken.error().code == Code::kCorruptState);
  BOOST_CHECK_EQUAL(broken.error().text, "torn/state.json: unexpected EOF");
  for (const char* id : {"empty", "torn"}) {
    auto entry = store.find_locked(id);
    BOOST_REQUIRE(entry.ok());
    BOOST_CHECK(store.remove(*entry).ok());
  }
  BOOST_CHECK_EQUAL(store.ids()->size(), 2u);
}

BOOST_AUTO_TEST_CASE(of_many_creates_one_wins) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  std::atomic<int> won{0}, taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto entry = store.reserve("same");
      if (entry.ok())
        ++won;
      else if (entry.error().code == Code::kAlreadyExists)
        ++taken;
    });
  for (std::thread& t : threads) t.join();
  BOOST_CHECK_EQUAL(won.load(), 1);
  BOOST_CHECK_EQUAL(taken.load(), 7);
}

BOOST_AUTO_TEST_CASE(locks_exclude_each_other_and_notice_removal) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  auto first = store.reserve("c");
  BOOST_REQUIRE(first.ok());
  auto second = store.find("c");
  BOOST_REQUIRE(second.ok());
  const auto busy = second->lock(std::chrono::milliseconds(30));
  BOOST_REQUIRE(!busy.ok());
  BOOST_CHECK_EQUAL(busy.error().sys_errno, ETIMEDOUT);
  BOOST_CHECK(!second->locked());
  Entry moved = std::move(*first);
  BOOST_CHECK(moved.locked());
  moved.unlock();
  BOOST_CHECK(second->lock(std::chrono::milliseconds(30)).ok());

  std::atomic<bool> waiting{false};
  Status late;
  std::thread other([&] {
    auto entry = store.find("c");
    waiting = true;
    late = entry->lock();
  });
  while (!waiting) std::this_thread::yield();
  BOOST_REQUIRE(store.remove(*second).ok());
  second->unlock();
  other.join();
  BOOST_REQUIRE(!late.ok());
  BOOST_CHECK(late.error().code == Code::kNotFound);
}

BOOST_AUTO_TEST_CASE(removing_an_old_entry_spares_a_new_container_of_the_same_id) {
  TempDir temp;
  const Store store = open_store(temp / "root");
  auto old = store.reserve("c");
  BOOST_REQUIRE(old.ok());
  BOOST_REQUIRE(store.remove(*old).ok());
  auto fresh = store.reserve("c");
  BOOST_REQUIRE(fresh.ok());
  BOOST_REQUIRE(fresh->save(record_of("c")).ok());
  BOOST_CHECK(store.remove(*old).ok());
  BOOST_CHECK(store.load("c").ok());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pid_file)

BOOST_AUTO_TEST_CASE(holds_the_number_and_nothing_else) {
  TempDir temp;
  const Umask guard(022);
  BOOST_REQUIRE(runtime::write_pid_file(temp / "pid", 123).ok());
  BOOST_CHECK_EQUAL(sys::read_file(temp / "pid").value(), "123");
  BOOST_CHECK_EQUAL(mode_of(temp / "pid"), 0644u);
  {
    std::ignore = sys::open(temp / ".pid", O_CREAT | O_WRONLY, 0600);
  }  // what a killed runc leaves
  ::umask(0);
  BOOST_REQUIRE(runtime::write_pid_file(temp / "pid", 45).ok());
  BOOST_CHECK_EQUAL(sys::read_file(temp / "pid").value(), "45");
  BOOST_CHECK_EQUAL(mode_of(temp / "pid"), 0666u);
}

BOOST_AUTO_TEST_CASE(a_link_is_replaced_not_followed) {
  TempDir temp;
  const UniqueFd victim = sys::open(temp / "victim", O_CREAT | O_RDWR, 0600).value();
  fs::create_symlink("victim", temp / "pid");
  BOOST_REQUIRE(runtime::write_pid_file(temp / "pid", 1).ok());
  BOOST_CHECK_EQUAL(fs::file_size(temp / "victim"), 0u);
  BOOST_CHECK_EQUAL(sys::read_file(temp / "pid").value(), "1");
}

BOOST_AUTO_TEST_CASE(errors_name_the_path_as_given) {
  TempDir temp;
  const std::string path = temp / "none/pid";
  BOOST_CHECK_EQUAL(runtime::write_pid_file(path, 1).error().text,
                    "open " + path + ": no such file or directory");
  BOOST_CHECK(!runtime::write_pid_file(temp.path() + "/", 1).ok());
  BOOST_CHECK(!runtime::write_pid_file(temp / "..", 1).ok());
  fs::create_directory(temp / "dir");
  BOOST_CHECK_EQUAL(runtime::write_pid_file(temp / "dir", 1).error().sys_errno, EISDIR);
}

BOOST_AUTO_TEST_SUITE_END()
