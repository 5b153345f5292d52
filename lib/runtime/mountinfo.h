// What the kernel says of mounts. proc_pid_mountinfo(5)
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace oci::runtime {

struct MountLine {
  std::string id, point, options, type;
  bool id_mapped() const;
};
std::vector<MountLine> parse_mountinfo(std::string_view text);

// The mount that `path` is on, as this process sees it, and with `below` those below `path` after
// it. Empty where it cannot be told.
std::vector<MountLine> mounts_at(const std::string& path, bool below);

}  // namespace oci::runtime
