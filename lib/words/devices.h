// The devices that every container has. Spec: config-linux.md#default-devices
#pragma once

#include <array>
#include <cstdint>

namespace oci::words {

struct DefaultDevice {
  const char* path;
  std::int64_t major, minor;
};
inline constexpr std::array<DefaultDevice, 6> kDefaultDevices{{{"/dev/null", 1, 3},
                                                               {"/dev/zero", 1, 5},
                                                               {"/dev/full", 1, 7},
                                                               {"/dev/random", 1, 8},
                                                               {"/dev/urandom", 1, 9},
                                                               {"/dev/tty", 5, 0}}};

}  // namespace oci::words
