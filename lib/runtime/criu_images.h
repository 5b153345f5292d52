// The directories that a checkpoint goes into and comes from, and what lies in them beside CRIU's
// images. An image directory may come from anywhere: nothing in it is trusted.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "lib/criu/rpc.h"
#include "oci/fd.h"
#include "oci/result.h"
#include "oci/runtime.h"

namespace oci::runtime {

struct CriuDirectories {
  UniqueFd images, work;  // `work` is empty where CRIU is to use `images`
  std::string log;        // path of the log, for people
};
// With `create` a missing image directory is made. `log`: "dump.log" or "restore.log".
Result<CriuDirectories> open_criu_directories(const CriuOptions& options, bool create,
                                              const std::string& log);

// What both directions say in the same way.
criu::Options common_criu_options(const CriuOptions& options, const CriuDirectories& directories,
                                  const std::string& log);

// `criu failed: type DUMP errno 0`, where the log is and what CRIU's first error was.
Error criu_error(criu::Kind kind, const criu::Response& response,
                 const CriuDirectories& directories);
// The first error in the text of a log, or nothing: those that follow tell what failed for that.
std::string first_error_line(std::string_view log);

// descriptors.json: what the standard streams were. "pipe:[4711]" is CRIU's name of a pipe and
// "file[1c:2a]" that of a file which the container cannot see, by mount and inode: restore puts the
// caller's streams in their place. Everything else is a path for people.
using StreamNames = std::array<std::string, 3>;
Result<StreamNames> read_streams_of(pid_t pid);
bool is_pipe_name(std::string_view name);
bool is_file_name(std::string_view name);
Status save_streams(FdRef images, const StreamNames& names);
Result<StreamNames> load_streams(FdRef images);

}  // namespace oci::runtime
