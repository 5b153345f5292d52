// UniqueFd owns a file descriptor, FdRef borrows one.
#pragma once

#include <utility>

namespace [[gnu::visibility("default")]] oci {

// Move-only owner of a file descriptor; closes it when it ends. No implicit conversion to int.
class [[nodiscard]] UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd() { reset(); }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  int release() noexcept { return std::exchange(fd_, -1); }
  void reset() noexcept;  // close(2); errors are ignored, errno is kept

 private:
  int fd_ = -1;
};

// A borrowed descriptor; valid as long as its owner is. AT_FDCWD is allowed where a directory is
// meant.
class FdRef {
 public:
  FdRef(const UniqueFd& owner) noexcept : fd_(owner.get()) {}  // NOLINT: implicit by design
  FdRef(UniqueFd&&) = delete;
  explicit FdRef(int fd) noexcept : fd_(fd) {}
  int get() const noexcept { return fd_; }

 private:
  int fd_;
};

}  // namespace oci
