// Annotations that change what is done: crun's, as far as engines use them.
#pragma once

#include <array>
#include <string_view>

namespace oci::words {

// No setgroups(2): the container's process keeps the caller's supplementary groups.
inline constexpr std::string_view kKeepOriginalGroups = "run.oci.keep_original_groups";
// AF_UNIX socket that receives a pidfd of the container's init, like --pidfd-socket.
inline constexpr std::string_view kPidfdReceiver = "run.oci.pidfd_receiver";

inline constexpr std::array kActingAnnotations{kKeepOriginalGroups, kPidfdReceiver};

}  // namespace oci::words
