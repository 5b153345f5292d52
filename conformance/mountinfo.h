// What /proc/self/mountinfo says of a mount point: proc(5).
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace oci::conformance {

struct MountEntry {
  std::string root, point, options, propagation, type, super_options;
  // Of the mount or of its filesystem; "ro" and "rw" of the mount alone.
  bool has(const std::string& option) const {
    std::string all = "," + options + ",";
    if (option != "ro" && option != "rw") all += super_options + ",";
    return all.find("," + option + ",") != std::string::npos;
  }
};

// The topmost mount there.
inline std::optional<MountEntry> find_mount(const std::string& mountinfo,
                                            const std::string& point) {
  std::optional<MountEntry> found;
  for (const std::string& line : test::lines(mountinfo)) {
    std::istringstream in(line);
    std::string id, parent, device, word, source;
    MountEntry entry;
    in >> id >> parent >> device >> entry.root >> entry.point >> entry.options;
    while (in >> word && word != "-") entry.propagation += word + " ";
    in >> entry.type >> source >> entry.super_options;
    if (entry.point == point) found = entry;
  }
  return found;
}

}  // namespace oci::conformance
