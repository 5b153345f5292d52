// What `create` and `run` have in common.
#pragma once

#include "oci/result.h"
#include "oci/runtime.h"
#include "tools/ocirun/command.h"

namespace ocirun {

inline constexpr Flag kBundleFlag{"bundle", "b", kDirectory,
                                  "directory of the bundle; the current one unless given"};
inline constexpr Flag kConsoleSocketFlag{
    "console-socket", "", kSocket,
    "AF_UNIX socket that receives the master side of the new terminal"};
inline constexpr Flag kPidfdSocketFlag{"pidfd-socket", "", kSocket,
                                       "AF_UNIX socket that receives a pidfd of the new process"};
inline constexpr Flag kPidFileFlag{"pid-file", "", kFile, "file to write the new process's id to"};
inline constexpr Flag kNoPivotFlag{
    "no-pivot", "", FlagType::kBool,
    "move the root file system into place where pivot_root cannot be used (ramdisk)"};
inline constexpr Flag kNoNewKeyringFlag{"no-new-keyring", "", FlagType::kBool,
                                        "keep the caller's session keyring instead of making one"};
inline constexpr Flag kPreserveFdsFlag{
    "preserve-fds", "", kNumber,
    "pass on N more descriptors after 0, 1, 2 and those of $LISTEN_FDS", "0"};
inline constexpr Flag kDetachFlag{"detach", "d", FlagType::kBool,
                                  "return as soon as the process runs"};

// The id and number of descriptors that systemd's protocol passes: the value of LISTEN_FDS, if
// LISTEN_PID is `self`. Spec: sd_listen_fds(3)
int listen_fds(const char* fds, const char* pid, pid_t self);

// Fills in what the flags and the environment say, and takes NOTIFY_SOCKET and LISTEN_* out of the
// environment.
void fill_create_options(const FlagValues& flags, oci::CreateOptions& options);

}  // namespace ocirun
