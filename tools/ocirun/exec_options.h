// From the flags of `exec` to oci::ExecOptions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "oci/result.h"
#include "oci/runtime.h"
#include "tools/ocirun/flags.h"

namespace ocirun {

struct UserArgument {
  std::uint32_t uid = 0;
  std::optional<std::uint32_t> gid;
};
// `UID[:GID]`: digits only, below 2^32-1, which the kernel reads as "no change". Anything looser
// can turn into root. Errors: `bad uid: strconv.Atoi: parsing "x": invalid syntax`, `bad gid: ...`.
oci::Result<UserArgument> parse_user(std::string_view text);

// Everything but the arguments.
oci::Result<oci::ExecOptions> exec_options(const FlagValues& flags);

}  // namespace ocirun
