// Files through descriptors: open, read whole, write whole, replace atomically. Everything is
// O_CLOEXEC.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "oci/fd.h"
#include "oci/result.h"

namespace oci::sys {

inline constexpr int kCwd = -100;  // AT_FDCWD

Result<UniqueFd> open_at(FdRef dir, const std::string& path, int flags, mode_t mode = 0);
Result<UniqueFd> open(const std::string& path, int flags, mode_t mode = 0);
// All of it, at most `limit` bytes (an error beyond).
Result<std::string> read_all(FdRef file, std::size_t limit = std::size_t{64} << 20);
Result<std::string> read_file_at(FdRef dir, const std::string& path,
                                 std::size_t limit = std::size_t{64} << 20);
Result<std::string> read_file(const std::string& path, std::size_t limit = std::size_t{64} << 20);
// What a symlink, or a magic link of /proc, says. Errors: `readlink PATH: ...`.
Result<std::string> read_link(const std::string& path);
// One write(2) of everything, as cgroup and proc files want it.
Status write_file_at(FdRef dir, const std::string& path, std::string_view data);
Status write_all(FdRef file, std::string_view data);
// `name` in `dir` becomes a new file with this content: an unnamed temporary, then rename.
Status replace_file_at(FdRef dir, const std::string& name, std::string_view data, mode_t mode);
Result<UniqueFd> duplicate(FdRef fd);
struct Pipe {
  UniqueFd read, write;
};
Result<Pipe> make_pipe();

}  // namespace oci::sys
