#include "lib/runtime/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>
#include <utility>

#include "lib/base/try.h"
#include "lib/runtime/foreign.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/tree.h"
#include "oci/validate.h"

namespace oci::runtime {

namespace {

constexpr const char* kRecordName = "state.json";
constexpr const char* kSeccompName = "seccomp.bpf";
constexpr std::size_t kMaxSeccompBytes = 65536 * 8;  // BPF_MAXINSNS is far below

Error no_such_container() {
  return Error{Code::kNotFound, "container does not exist", ENOENT, {}, {}};
}

Error bad_root(const std::string& root, std::string_view why) {
  return Error{Code::kInvalidArgument, "state root " + root + " " + std::string(why), 0, root, {}};
}

// Absolute, without the trailing slashes that would make O_NOFOLLOW follow.
Result<std::string> absolute_root(const std::string& root) {
  std::string path = root;
  if (path.empty() || path[0] != '/') {
    std::error_code failed;
    const std::string here = std::filesystem::current_path(failed).string();
    if (failed) return sys::call_error("getcwd", "", failed.value());
    path = path.empty() ? here : here + "/" + path;
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  if (path == "/")
    return Error{
        Code::kInvalidArgument, "Option --root argument should not be set to /", 0, path, {}};
  return path;
}

// DR-10: who can write to the root decides what we kill and remove (CVE-2015-1331).
Status check_root(FdRef dir, const std::string& root) {
  struct stat st;
  if (::fstat(dir.get(), &st) < 0) return sys::last_error("stat", root);
  if (st.st_uid != ::geteuid()) return bad_root(root, "is owned by another user");
  if ((st.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return bad_root(root, "is writable by group or others");
  return {};
}

}  // namespace

Entry& Entry::operator=(Entry&& other) noexcept {
  if (this != &other) {
    unlock();
    id_ = std::move(other.id_);
    dir_ = std::move(other.dir_);
    locked_ = std::exchange(other.locked_, false);
  }
  return *this;
}

Status Entry::lock(std::chrono::milliseconds timeout) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + timeout;
  auto pause = std::chrono::milliseconds(1);
  // flock(2) has no time limit of its own, and a library must not use alarm signals.
  while (::flock(dir_.get(), LOCK_EX | LOCK_NB) < 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return sys::last_error("flock", id_);
    if (Clock::now() >= deadline)
      return Error{
          Code::kSystem, "container " + id_ + " is in use by another call", ETIMEDOUT, id_, {}};
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(20));
  }
  locked_ = true;
  struct stat st;
  if (::fstat(dir_.get(), &st) < 0) return sys::last_error("stat", id_);
  // Whoever had the lock before may have removed the container.
  if (st.st_nlink == 0) {
    unlock();
    return no_such_container();
  }
  return {};
}

void Entry::unlock() noexcept {
  // Said explicitly: a child being cloned just now still shares this open file description for a
  // moment.
  if (locked_) ::flock(dir_.get(), LOCK_UN);
  locked_ = false;
}

Result<Record> Entry::load() const {
  const auto text = read_record_file(dir_, id_, kRecordName);
  if (text) {
    auto record = parse_record(*text, id_ + "/" + kRecordName);
    if (record || text->find("\"ocirun\":") != std::string::npos) return record;
  }
  Foreign foreign = read_foreign(dir_, id_, text);
  if (!foreign.fault) return std::move(foreign.record);
  if (foreign.fault->code == Code::kNotFound) return no_such_container();
  return std::move(*foreign.fault);
}

Record Entry::remains() const {
  return read_foreign(dir_, id_, read_record_file(dir_, id_, kRecordName)).record;
}

Status Entry::save(const Record& record) const {
  if (record.maker != Maker::kOcirun) return {};
  return sys::replace_file_at(dir_, kRecordName, render_record(record), 0600);
}

Status Entry::save_seccomp(std::span<const std::byte> program) const {
  return sys::replace_file_at(
      dir_, kSeccompName, {reinterpret_cast<const char*>(program.data()), program.size()}, 0600);
}

Result<std::vector<std::byte>> Entry::load_seccomp() const {
  const std::string text = TRY(sys::read_file_at(dir_, kSeccompName, kMaxSeccompBytes));
  std::vector<std::byte> program(text.size());
  if (!text.empty()) std::memcpy(program.data(), text.data(), text.size());
  return program;
}

Result<Store> Store::open(const std::string& root, bool create) {
  std::string path = TRY(absolute_root(root));
  if (create) {
    // The sticky bit keeps tmpfiles(5) from tidying away a user's root below $XDG_RUNTIME_DIR.
    const mode_t mode = ::geteuid() == 0 ? 0700 : 01700;
    TRY(sys::make_directories(path, mode));
  }
  auto opened = sys::open_at(FdRef(sys::kCwd), path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!opened) {
    const int err = opened.error().sys_errno;
    if (err == ENOENT && !create) return Store(std::move(path), UniqueFd());
    if (err == ELOOP || err == ENOTDIR) return bad_root(path, "is not a directory");
    return std::move(opened).error();
  }
  UniqueFd dir = opened.take();
  TRY(check_root(dir, path));
  return Store(std::move(path), std::move(dir));
}

Result<Entry> Store::reserve(std::string_view id) const {
  TRY(check_container_id(id));
  std::string name(id);
  if (!root_) return sys::call_error("open", path_, ENOENT);
  // Exclusive: of several creates of one id exactly one wins.
  if (::mkdirat(root_.get(), name.c_str(), 0711) < 0) {
    if (errno == EEXIST)
      return Error{Code::kAlreadyExists, "container with given ID already exists", EEXIST, {}, {}};
    return sys::last_error("mkdir", path_of(id));
  }
  auto dir = sys::open_at(root_, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  // Not 0700 and whatever the umask: the container's root may be another user, who opens the start
  // gate below.
  if (!dir || ::fchmod(dir->get(), 0711) < 0) {
    Error error = dir ? sys::last_error("chmod", path_of(id)) : std::move(dir).error();
    ::unlinkat(root_.get(), name.c_str(), AT_REMOVEDIR);
    return error;
  }
  Entry entry(std::move(name), dir.take());
  TRY(entry.lock());
  return entry;
}

Result<Entry> Store::find(std::string_view id) const {
  TRY(check_container_id(id));
  if (!root_) return no_such_container();
  std::string name(id);
  auto dir = sys::open_at(root_, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!dir) {
    const int err = dir.error().sys_errno;
    // A file or a link of that name is no container; nor is a name that no directory can have.
    if (err == ENOENT || err == ENOTDIR || err == ELOOP || err == ENAMETOOLONG)
      return no_such_container();
    return std::move(dir).error();
  }
  return Entry(std::move(name), dir.take());
}

Result<Record> Store::load(std::string_view id) const {
  const Entry entry = TRY(find(id));
  return entry.load();
}

Result<Entry> Store::find_locked(std::string_view id) const {
  Entry entry = TRY(find(id));
  TRY(entry.lock());
  return entry;
}

Result<std::vector<std::string>> Store::ids() const {
  if (!root_) return sys::call_error("open", path_, ENOENT);
  std::vector<std::string> ids = TRY(sys::list_directory(root_, true));
  std::erase_if(ids, [](const std::string& id) { return !check_container_id(id).ok(); });
  std::sort(ids.begin(), ids.end());
  return ids;
}

Status Store::remove(const Entry& entry) const {
  if (!root_) return {};
  TRY(sys::remove_children(entry.dir()));
  // The name may belong to a new container by now: ours goes only if it still is the one we hold.
  struct stat mine, named;
  if (::fstat(entry.dir().get(), &mine) < 0) return sys::last_error("stat", path_of(entry.id()));
  if (::fstatat(root_.get(), entry.id().c_str(), &named, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return {};
    return sys::last_error("stat", path_of(entry.id()));
  }
  if (mine.st_dev != named.st_dev || mine.st_ino != named.st_ino) return {};
  if (::unlinkat(root_.get(), entry.id().c_str(), AT_REMOVEDIR) < 0 && errno != ENOENT)
    return sys::last_error("rmdir", path_of(entry.id()));
  return {};
}

}  // namespace oci::runtime
