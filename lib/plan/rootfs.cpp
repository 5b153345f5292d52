#include "lib/plan/rootfs.h"

#include <fcntl.h>

#include <algorithm>
#include <set>

#include "lib/plan/paths.h"
#include "lib/plan/process.h"
#include "lib/words/mount_options.h"
#include "lib/words/namespaces.h"

namespace oci::plan {
namespace {

constexpr const char* kPropagationPointer = "/linux/rootfsPropagation";

void add_propagation(Draft& draft, const std::string& subject, std::uint64_t flags) {
  set_propagation(draft.add(Op::kPropagation, subject, kPropagationPointer), flags);
}

void add_path_steps(Draft& draft, Op op, const spec::Strings& paths, const std::string& what,
                    const std::string& pointer, Slot null_device) {
  std::set<std::string> seen;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string path = clean_path(paths[i]);
    if (paths[i].empty() || !seen.insert(path).second) continue;
    if (op == Op::kReadonlyPath && path == "/") continue;  // add_root_readonly()
    Step& step = draft.add(op, what + " " + quoted(path), pointer + "/" + std::to_string(i));
    step.src = draft.root;
    step.s1 = draft.builder.str(path);
    step.aux = null_device;
  }
}

void open_path(Draft& draft, Slot slot, const std::string& subject, const std::string& rootfs) {
  Step& step = draft.add(Op::kOpenPath, subject, "/root/path");
  step.dst = slot;
  step.s0 = draft.builder.str(rootfs);
  step.n0 = O_PATH | O_DIRECTORY | O_NOFOLLOW;
}

std::string subject_of(const std::string& rootfs) {
  return "unable to open rootfs " + quoted(rootfs);
}

}  // namespace

std::uint64_t first_propagation(const Draft& draft) {
  const bool unbindable = (draft.propagation & words::kMsUnbindable) != 0;
  return unbindable ? words::kMsPrivate | words::kMsRec : draft.propagation;
}

Result<std::uint64_t> root_propagation(const std::string& word, bool no_pivot) {
  if (word.empty()) return words::kMsSlave | words::kMsRec;
  const auto* entry = base::find(words::kPropagations, word);
  if (!entry)
    return invalid("rootfsPropagation=" + word + " is not supported", kPropagationPointer);
  // Without pivot_root the host's root stays below, and only a slave of it sees its unmounts.
  if (no_pivot && (entry->value & words::kMsPrivate))
    return invalid("rootfsPropagation of [r]private is not safe without pivot_root",
                   kPropagationPointer);
  return entry->value;
}

void add_root_open(Draft& draft, const CreateInput& input) {
  const std::string subject = subject_of(input.rootfs);
  draft.root = draft.builder.new_slot();
  if (draft.namespaces.has(words::kNewMount)) {
    add_propagation(draft, "error setting propagation of /", first_propagation(draft));
    Step& step = draft.add(Op::kOpenRoot, subject, "/root/path");
    step.dst = draft.root;
    step.s0 = draft.builder.str(input.rootfs);
    return;
  }
  // Mounts of the host are not touched: neither "/" nor the rootfs.
  open_path(draft, draft.root, subject, input.rootfs);
}

Slot open_rootfs(Draft& draft, const std::string& rootfs) {
  const Slot slot = draft.builder.new_slot();
  open_path(draft, slot, subject_of(rootfs), rootfs);
  return slot;
}

void add_root_change(Draft& draft, const CreateInput& input) {
  if (!draft.namespaces.has(words::kNewMount)) {
    draft.add(Op::kChroot, "error changing root", "/root/path").src = draft.root;
    return;
  }
  draft.add(input.no_pivot ? Op::kMoveRoot : Op::kPivotRoot, "error changing root", "/root/path")
      .src = draft.root;
}

void add_root_propagation(Draft& draft) {
  if (!draft.namespaces.has(words::kNewMount)) return;
  if ((draft.propagation & (words::kMsShared | words::kMsUnbindable)) == 0) return;
  add_propagation(draft, "error setting propagation of the root", draft.propagation);
}

// What is attached over "/" would be below every process's root.
bool names_root(const spec::Strings& paths) {
  return std::any_of(paths.begin(), paths.end(), [](const std::string& path) {
    return !path.empty() && clean_path(path) == "/";
  });
}

void add_root_readonly(Draft& draft) {
  Step& step = draft.add(Op::kMountAttr, "error making the root read-only", "/root/readonly");
  step.src = draft.root;
  step.n0 = words::kAttrRdonly;
}

void add_names(Draft& draft, const spec::Spec& spec) {
  if (!spec.hostname.empty())
    draft.add(Op::kHostname, "unable to set hostname " + quoted(spec.hostname), "/hostname").s0 =
        draft.builder.str(spec.hostname);
  if (!spec.domainname.empty())
    draft.add(Op::kDomainname, "unable to set domainname " + quoted(spec.domainname), "/domainname")
        .s0 = draft.builder.str(spec.domainname);
}

std::string sysctl_path(std::string_view key) {
  std::string path(key);
  const std::size_t first = path.find_first_of("./");
  if (first != std::string::npos && path[first] == '.') {
    for (char& c : path) {
      if (c == '.')
        c = '/';
      else if (c == '/')
        c = '.';
    }
  }
  const bool plain = !path.empty() && clean_path(path) == "/" + path &&
                     path.find_first_of({"\0\n", 2}) == std::string::npos;
  return plain ? "sys/" + path : std::string();
}

std::string host_network_refusal(const spec::Linux& linux_) {
  for (const auto& [key, value] : linux_.sysctl)
    if (sysctl_path(key).starts_with("sys/net/"))
      return "sysctl " + quoted(key) + " not allowed in host network namespace";
  return {};
}

Status add_sysctls(Draft& draft, const spec::Linux& linux_) {
  if (!linux_.sysctl.empty()) need_procfs(draft);
  for (const auto& [key, value] : linux_.sysctl) {
    const std::string pointer = "/linux/sysctl/" + pointer_token(key);
    const std::string path = sysctl_path(key);
    if (path.empty())
      return invalid("sysctl " + quoted(key) + " is not in a separate kernel namespace", pointer);
    Step& step =
        draft.add(Op::kSysctl, "failed to write sysctl " + key + " = " + quoted(value), pointer);
    step.src = draft.procfs;
    step.s1 = draft.builder.str(path);
    step.s0 = draft.builder.str(value);
  }
  return {};
}

void add_path_restrictions(Draft& draft, const spec::Linux& linux_, Slot null_device) {
  add_path_steps(draft, Op::kReadonlyPath, linux_.readonly_paths, "can't make read-only",
                 "/linux/readonlyPaths", kNoSlot);
  add_path_steps(draft, Op::kMaskPath, linux_.masked_paths, "can't mask path", "/linux/maskedPaths",
                 null_device);
}

}  // namespace oci::plan
