// The container's files as they will be, seen from outside: the root filesystem with its bind
// mounts. Only looks.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "oci/spec.h"

namespace oci::check_rules {

class RootView {
 public:
  // `rootfs` and `bundle` are absolute.
  RootView(std::string rootfs, const std::string& bundle, const std::vector<spec::Mount>& mounts);

  struct Found {
    enum class Kind {
      kThere,
      kMissing,
      kUnknown
    };  // kUnknown: in a filesystem that is yet to come
    Kind kind = Kind::kMissing;
    mode_t mode = 0;        // kThere
    std::string host_path;  // kThere
  };
  // Symlinks are followed as inside.
  Found find(const std::string& path) const;
  // As execvp(3): a name with a slash as it is, below `cwd`; others in the directories of `path`.
  // kThere: a program; its mode tells whether it may be executed.
  Found find_program(const std::string& name, const std::string& cwd,
                     const std::string& path) const;

 private:
  struct Place {
    std::string destination;  // cleaned, without symlinks
    std::string source;       // of the host; empty: not a bind mount
  };
  const Place* place_of(const std::string& path) const;
  std::string rootfs_;
  std::vector<Place> places_;
};

}  // namespace oci::check_rules
