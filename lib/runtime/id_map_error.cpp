#include "lib/runtime/id_map_error.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "lib/runtime/mountinfo.h"
#include "lib/sys/error.h"

namespace oci::runtime {
namespace {

struct Subject {
  std::string name;  // path, or the type of a new file system
  std::vector<std::string> types;
  bool id_mapped = false;
};

// The step that has made the mount comes shortly before.
Subject subject_of(const plan::View& view, std::size_t at) {
  const auto steps = view.steps();
  const plan::Step& step = steps[at];
  while (at > 0 && steps[--at].dst != step.src) {
  }
  const plan::Step& made = steps[at];
  Subject subject{std::string(view.str(made.s0)), {}};
  if (made.op == plan::Op::kFsMount) subject.types.push_back(subject.name);
  if (made.op != plan::Op::kOpenTree) return subject;
  for (MountLine& mount : mounts_at(subject.name, (step.flags & plan::kRecursive) != 0)) {
    subject.id_mapped = subject.id_mapped || mount.id_mapped();
    if (std::find(subject.types.begin(), subject.types.end(), mount.type) == subject.types.end())
      subject.types.push_back(std::move(mount.type));
  }
  return subject;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : ", ").append(word);
  return text.empty() ? "unknown" : text;
}

std::string why(const Subject& subject, int err) {
  const bool many = subject.types.size() > 1;
  const std::string types = "file system" + std::string(many ? "s " : " ") + joined(subject.types);
  if (err == EINVAL)
    return types + ": " + (many ? "not all have" : "no") + " id-mapped mounts on this kernel";
  if (err == EPERM && subject.id_mapped) return types + ": id-mapped already";
  if (err == EPERM)
    return types + ": the caller has no rights over it, or over the user namespace of the map";
  return types;
}

}  // namespace

std::string id_map_error(const plan::View& view, std::size_t at, int err) {
  const Subject subject = subject_of(view, at);
  return "failed to fulfil mount request: failed to set MOUNT_ATTR_IDMAP on " + subject.name +
         ": " + std::string(sys::errno_text(err)) + " (" + why(subject, err) + ")";
}

}  // namespace oci::runtime
