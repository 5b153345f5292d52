// The six kinds of hooks, in the order in which they run. Spec: config.md#posix-platform-hooks
#pragma once

#include <array>
#include <string_view>

namespace oci::words {

inline constexpr std::array<std::string_view, 6> kHooks{
    "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"};

}  // namespace oci::words
