// The state root: a directory with one directory for each container. Everything goes through
// descriptors.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/runtime/record.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

inline constexpr std::chrono::seconds kLockTimeout{60};

// The opened directory of one container. Move-only; gives up the lock when it ends.
class Entry {
 public:
  Entry(Entry&& other) noexcept
      : id_(std::move(other.id_)),
        dir_(std::move(other.dir_)),
        locked_(std::exchange(other.locked_, false)) {}
  Entry& operator=(Entry&& other) noexcept;
  ~Entry() { unlock(); }

  const std::string& id() const { return id_; }
  FdRef dir() const { return FdRef(dir_); }

  // Waits for whoever changes this container now. Errors: kNotFound when it was removed meanwhile;
  // kSystem with ETIMEDOUT. Locks of two Entries exclude each other, also in one process.
  Status lock(std::chrono::milliseconds timeout = kLockTimeout);
  void unlock() noexcept;
  bool locked() const { return locked_; }

  // Of whichever runtime made the container. Errors: kNotFound without a record (a create that was
  // killed at once), kCorruptState.
  Result<Record> load() const;
  // As much as a record that load() refuses still tells of what there is to remove.
  Record remains() const;
  // Replaces the record in one step: readers see the old one or the new one. Leaves that of another
  // runtime as it is.
  Status save(const Record& record) const;
  // The compiled seccomp filter beside the record.
  Status save_seccomp(std::span<const std::byte> program) const;
  Result<std::vector<std::byte>> load_seccomp() const;

 private:
  friend class Store;
  Entry(std::string id, UniqueFd dir) : id_(std::move(id)), dir_(std::move(dir)) {}
  std::string id_;
  UniqueFd dir_;
  bool locked_ = false;
};

class Store {
 public:
  // With `create` a missing root is made (0700; parents 0755). Without, a missing root is a Store
  // without containers. Errors: kInvalidArgument for a root that is not the caller's or that others
  // may write to, kSystem.
  static Result<Store> open(const std::string& root, bool create);

  bool exists() const { return static_cast<bool>(root_); }
  const std::string& path() const { return path_; }
  // Host path of a container's directory, for messages and bind mounts. Precondition: the id was
  // checked.
  std::string path_of(std::string_view id) const { return path_ + "/" + std::string(id); }

  // Makes the directory, locked. Errors: kAlreadyExists, kInvalidArgument (id).
  Result<Entry> reserve(std::string_view id) const;
  // Errors: kNotFound (`container does not exist`), kInvalidArgument (id).
  Result<Entry> find(std::string_view id) const;
  // find() and load(), for calls that only read.
  Result<Record> load(std::string_view id) const;
  // find() and lock().
  Result<Entry> find_locked(std::string_view id) const;
  // Sorted; with containers whose record is missing or broken. ENOENT for a missing root.
  Result<std::vector<std::string>> ids() const;
  // Removes the directory and all in it. Removing what is gone is fine.
  Status remove(const Entry& entry) const;

 private:
  Store(std::string path, UniqueFd root) : path_(std::move(path)), root_(std::move(root)) {}
  std::string path_;  // absolute
  UniqueFd root_;
};

}  // namespace oci::runtime
