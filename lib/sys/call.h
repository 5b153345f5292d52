// Thin typed system calls over raw(): values or negative errno, never errno itself. Usable in both
// worlds.
#pragma once

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <linux/stat.h>

#include <cstddef>
#include <cstdint>

#include "lib/sys/raw.h"

namespace oci::sys {

inline constexpr int kEmptyPath = 0x1000;      // AT_EMPTY_PATH
inline constexpr int kRecursiveTree = 0x8000;  // AT_RECURSIVE
inline constexpr std::uint64_t kInRoot = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;

struct Res {
  Word v = 0;
  constexpr bool ok() const noexcept { return v >= 0; }
  constexpr int err() const noexcept { return v < 0 ? static_cast<int>(-v) : 0; }
  constexpr int fd() const noexcept { return static_cast<int>(v); }
};

namespace call {
inline Res close(int fd) noexcept { return {raw(__NR_close, fd)}; }
inline Res openat(int dir, const char* path, int flags, unsigned mode = 0) noexcept {
  return {raw(__NR_openat, dir, word(path), flags | O_CLOEXEC, static_cast<Word>(mode))};
}
// EAGAIN (a rename raced with the look-up) is retried here and nowhere else.
inline Res openat2(int dir, const char* path, std::uint64_t flags, std::uint64_t resolve,
                   std::uint64_t mode = 0) noexcept {
  open_how how{flags | O_CLOEXEC, mode, resolve};
  Word r;
  do r = raw(__NR_openat2, dir, word(path), word(&how), sizeof how);
  while (r == -11);
  return {r};
}
inline Res open_tree(int dir, const char* path, unsigned flags) noexcept {
  return {raw(__NR_open_tree, dir, word(path), static_cast<Word>(flags | OPEN_TREE_CLOEXEC))};
}
inline Res fsopen(const char* type) noexcept {
  return {raw(__NR_fsopen, word(type), FSOPEN_CLOEXEC)};
}
inline Res fsconfig_string(int fd, const char* key, const char* value) noexcept {
  return {raw(__NR_fsconfig, fd, FSCONFIG_SET_STRING, word(key), word(value), 0)};
}
inline Res fsconfig_flag(int fd, const char* key) noexcept {
  return {raw(__NR_fsconfig, fd, FSCONFIG_SET_FLAG, word(key), 0, 0)};
}
inline Res fspick(int fd) noexcept {
  return {raw(__NR_fspick, fd, word(""), FSPICK_CLOEXEC | FSPICK_EMPTY_PATH)};
}
inline Res fsconfig_reconfigure(int fd) noexcept {
  return {raw(__NR_fsconfig, fd, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0)};
}
inline Res fsconfig_create(int fd) noexcept {
  return {raw(__NR_fsconfig, fd, FSCONFIG_CMD_CREATE, 0, 0, 0)};
}
inline Res fsmount(int fd, std::uint64_t attributes) noexcept {
  return {raw(__NR_fsmount, fd, FSMOUNT_CLOEXEC, static_cast<Word>(attributes))};
}
inline Res move_mount(int from, int to_dir, const char* to_path) noexcept {
  return {raw(__NR_move_mount, from, word(""), to_dir, word(to_path),
              MOVE_MOUNT_F_EMPTY_PATH | (*to_path != 0 ? 0 : MOVE_MOUNT_T_EMPTY_PATH))};
}
inline Res mount_setattr(int dir, const char* path, unsigned at, const mount_attr& attr) noexcept {
  return {
      raw(__NR_mount_setattr, dir, word(path), static_cast<Word>(at), word(&attr), sizeof attr)};
}
inline Res mkdirat(int dir, const char* path, unsigned mode) noexcept {
  return {raw(__NR_mkdirat, dir, word(path), static_cast<Word>(mode))};
}
inline Res mknodat(int dir, const char* path, unsigned mode, std::uint64_t dev) noexcept {
  return {raw(__NR_mknodat, dir, word(path), static_cast<Word>(mode), static_cast<Word>(dev))};
}
inline Res symlinkat(const char* target, int dir, const char* path) noexcept {
  return {raw(__NR_symlinkat, word(target), dir, word(path))};
}
inline Res readlinkat(int dir, const char* path, char* buffer, std::size_t size) noexcept {
  return {raw(__NR_readlinkat, dir, word(path), word(buffer), static_cast<Word>(size))};
}
inline Res statx(int dir, const char* path, int flags, unsigned mask, struct statx* st) noexcept {
  return {raw(__NR_statx, dir, word(path), flags, static_cast<Word>(mask), word(st))};
}
inline Res write(int fd, const void* data, std::size_t size) noexcept {
  return {raw(__NR_write, fd, word(data), static_cast<Word>(size))};
}
inline Res read(int fd, void* data, std::size_t size) noexcept {
  return {raw(__NR_read, fd, word(data), static_cast<Word>(size))};
}
inline Res prctl(int option, Word a = 0, Word b = 0, Word c = 0, Word d = 0) noexcept {
  return {raw(__NR_prctl, option, a, b, c, d)};
}
inline Res ioctl(int fd, unsigned long request, Word argument) noexcept {
  return {raw(__NR_ioctl, fd, static_cast<Word>(request), argument)};
}
inline Res close_range(unsigned first, unsigned last, unsigned flags) noexcept {
  return {raw(__NR_close_range, static_cast<Word>(first), static_cast<Word>(last),
              static_cast<Word>(flags))};
}
inline Res execve(const char* path, const char* const* argv, const char* const* envp) noexcept {
  return {raw(__NR_execve, word(path), word(argv), word(envp))};
}
inline Res fchownat(int dir, const char* path, std::uint32_t uid, std::uint32_t gid,
                    int flags) noexcept {
  return {
      raw(__NR_fchownat, dir, word(path), static_cast<Word>(uid), static_cast<Word>(gid), flags)};
}
inline Res fchmod(int fd, unsigned mode) noexcept {
  return {raw(__NR_fchmod, fd, static_cast<Word>(mode))};
}
inline Res dup3(int from, int to, int flags) noexcept { return {raw(__NR_dup3, from, to, flags)}; }
}  // namespace call

}  // namespace oci::sys
