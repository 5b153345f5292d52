// The mounts of config.json. Spec: config.md#mounts
#pragma once

#include <string>
#include <vector>

#include "lib/plan/draft.h"
#include "lib/plan/mount_options.h"
#include "lib/plan/tree.h"

namespace oci::plan {

// One v1 hierarchy in a cgroup mount.
struct CgroupPart {
  std::string name;  // of the directory: "cpu,cpuacct"
  std::vector<std::string> controllers;
  Tree tree;  // the container's own directory; path empty: the hierarchy itself is mounted
};

struct MountEntry {
  // kRemount: changes what an earlier entry has mounted.
  enum class Kind { kBind, kFilesystem, kCgroup1, kCgroup2, kRemount };
  Kind kind = Kind::kFilesystem;
  std::string type, source, destination;  // destination cleaned
  std::string pointer, subject;
  std::string label;  // SELinux context of a new filesystem
  MountOptions options;
  bool late_readonly = false;  // a tmpfs that is read-only once all that lies in it is made
  Tree tree;            // kBind; of a filesystem that is id-mapped id_map and, made early, slot
  Slot kept = kNoSlot;  // late_readonly: the mount
  std::vector<CgroupPart> parts;  // kCgroup1
};

// Reads all of spec.mounts and the mount of the notify directory. Needs draft.namespaces and
// draft.plan.cgroup.
Result<std::vector<MountEntry>> read_mounts(Draft& draft, const spec::Spec& spec,
                                            const CreateInput& input);
// Stage 1 with a user namespace: what takes the caller's rights. `rootfs`: on the host.
void open_sources(Draft& draft, std::vector<MountEntry>& mounts, const std::string& rootfs);
// Stage 2, in the order of the configuration.
void add_mounts(Draft& draft, std::vector<MountEntry>& mounts);
// What is read-only from now on, when nothing more is made in it.
void add_late_readonly(Draft& draft, const std::vector<MountEntry>& mounts);
// The configuration brings its own /dev by a bind mount: nothing is made in it.
bool binds_dev(const std::vector<MountEntry>& mounts);

// Attaches the mount of `slot`, then applies the propagation options. The slot is given back unless
// `keep`.
void attach(Draft& draft, Slot slot, const MountEntry& entry, bool keep);

}  // namespace oci::plan
