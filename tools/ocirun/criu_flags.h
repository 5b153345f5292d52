// What `checkpoint` and `restore` have in common.
#pragma once

#include "oci/result.h"
#include "oci/runtime.h"
#include "tools/ocirun/command.h"

namespace ocirun {

inline constexpr std::string_view kCgroupModes[] = {"soft", "full", "strict", "ignore"};
inline constexpr std::string_view kNetworkLocks[] = {"iptables", "nftables", "skip"};

inline constexpr Flag kWorkPathFlag{"work-path", "", kDirectory,
                                    "directory for CRIU's log; that of the images unless given"};
inline constexpr Flag kTcpEstablishedFlag{"tcp-established", "", FlagType::kBool,
                                          "take established TCP connections along"};
inline constexpr Flag kExtUnixSkFlag{"ext-unix-sk", "", FlagType::kBool,
                                     "allow unix sockets whose other end is outside"};
inline constexpr Flag kShellJobFlag{"shell-job", "", FlagType::kBool,
                                    "allow a session and a terminal that belong to a shell"};
inline constexpr Flag kFileLocksFlag{"file-locks", "", FlagType::kBool, "take file locks along"};
inline constexpr Flag kManageCgroupsFlag{
    "manage-cgroups-mode", "", {"MODE", kCgroupModes}, "what to do with cgroups", "\"soft\""};
inline constexpr Flag kEmptyNsFlag{
    "empty-ns", "", {FlagType::kStrings, "TYPE"}, "leave this namespace empty: network"};
inline constexpr Flag kAutoDedupFlag{"auto-dedup", "", FlagType::kBool,
                                     "free memory pages of images that a later image holds, too"};
inline constexpr Flag kLazyPagesFlag{"lazy-pages", "", FlagType::kBool,
                                     "move memory when it is touched first (userfaultfd)"};

inline constexpr Flag kNetworkLockFlag{
    "network-lock",
    "",
    {"METHOD", kNetworkLocks},
    "what holds up packets to established TCP connections meanwhile"};

// Fills in what the flags say.
oci::Status fill_criu_options(const FlagValues& flags, oci::CriuOptions& options);

}  // namespace ocirun
