// The options of one mount, sorted by what they act on.
// Spec: config.md#mounts, #linux-mount-options
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "oci/result.h"
#include "oci/spec.h"

namespace oci::plan {

// MOUNT_ATTR_* to set and to clear. An atime mode in `set` always comes with the whole field in
// `clear`.
struct AttrChange {
  std::uint64_t set = 0, clear = 0;
  bool empty() const { return set == 0 && clear == 0; }
};

// idmap and ridmap, or maps alone.
struct IdMapOption {
  bool below = false;   // ridmap: all that is mounted below as well
  std::string maps;     // extension: "uids=0-1000-10#...;gids=..." as crun takes it after `idmap=`
  std::string pointer;  // to the option, or to the mount that has maps without one
};

struct MountOptions {
  bool bind = false, recursive = false;  // bind; rbind sets both
  bool copy_up = false;
  bool remount = false;
  bool source_no_follow = false, destination_no_follow = false;
  bool copy_symlink = false;  // a symlink as source becomes a symlink of the root
  bool readonly = false;
  std::optional<IdMapOption> id_map;
  AttrChange named;                        // of the mount, only what the options name: for binds
  std::uint64_t attr = 0;                  // of the mount, as a new mount gets them
  AttrChange below;                        // of the mount and all below it
  std::vector<std::uint64_t> propagation;  // MS_*, in the order given
  std::vector<std::pair<std::string, std::string>>
      keys;  // for fsconfig(2), in order; empty value: a flag

  bool has_key(std::string_view key) const;
};

// `warnings` gets what has no effect on today's kernels. Errors: kInvalidConfig for filesystem
// options on a bind mount.
Result<MountOptions> read_mount_options(const spec::Mount& mount, const std::string& pointer,
                                        std::vector<std::string>& warnings);

// One option string as filesystem keys: split at commas outside of double quotes, which SELinux
// contexts need, and not at `\,`, which overlay paths need.
void split_filesystem_option(std::string_view option,
                             std::vector<std::pair<std::string, std::string>>& keys);

}  // namespace oci::plan
