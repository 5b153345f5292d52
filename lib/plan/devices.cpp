#include "lib/plan/devices.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/words/devices.h"

namespace oci::plan {
namespace {

std::string subject_of(const DeviceEntry& entry) {
  return "error creating device nodes: " + entry.path;
}

// mknod(2) is not for user namespaces, except for FIFOs: the host's node is bound there.
void choose_source(const Draft& draft, DeviceEntry& entry, const std::string& host_path) {
  const std::uint32_t type = entry.mode & S_IFMT;
  if (type == S_IFIFO || !(draft.user_namespace || draft.host.user_namespace)) return;
  entry.tree.path = host_path;
  entry.tree.no_follow = true;
  entry.tree.type = type;
  entry.tree.device = entry.device;
}

std::optional<std::uint32_t> type_bits(std::string_view type) {
  if (type == "c" || type == "u") return S_IFCHR;
  if (type == "b") return S_IFBLK;
  if (type == "p") return S_IFIFO;
  return std::nullopt;
}

Result<DeviceEntry> read_device(const Draft& draft, const spec::Device& device,
                                std::string pointer) {
  DeviceEntry entry;
  const auto type = type_bits(device.type);
  if (!type) return invalid("invalid device type " + quoted(device.type), pointer + "/type");
  entry.path = clean_path(device.path);
  if (entry.path == "/" || device.path.find('\0') != std::string::npos)
    return invalid("invalid device path " + quoted(device.path), pointer + "/path");
  entry.mode = *type | (device.file_mode.value_or(0666) & ~std::uint32_t{S_IFMT});
  if (*type != S_IFIFO) {
    const auto number = device_number(device.major, device.minor);
    if (!number)
      return invalid("invalid device number " + std::to_string(device.major) + ":" +
                         std::to_string(device.minor),
                     pointer);
    entry.device = *number;
  }
  entry.uid = device.uid.value_or(0);
  entry.gid = device.gid.value_or(0);
  entry.pointer = std::move(pointer);
  choose_source(draft, entry, entry.path);
  return entry;
}

bool named(const std::vector<DeviceEntry>& list, std::string_view path) {
  return std::any_of(list.begin(), list.end(),
                     [&](const DeviceEntry& e) { return e.path == path; });
}

void bind_node(Draft& draft, DeviceEntry& entry) {
  const std::string subject = subject_of(entry);
  const Slot slot = opened(draft, entry.tree, subject, entry.pointer);
  Step& step = draft.add(Op::kAttach, subject, entry.pointer);
  step.aux = slot;
  step.src = draft.root;
  step.s1 = draft.builder.str(entry.path);
  step.flags = kNoFollow;
  draft.give_back(slot);
}

void make_node(Draft& draft, const DeviceEntry& entry) {
  Step& step = draft.add(Op::kDevNode, subject_of(entry), entry.pointer);
  step.src = draft.root;
  step.s1 = draft.builder.str(entry.path);
  step.n0 = entry.mode;
  step.n1 = entry.device;
  step.n2 = std::uint64_t{entry.uid} | std::uint64_t{entry.gid} << 32;
}

void add_link(Draft& draft, std::string_view target, std::string_view path) {
  Step& step = draft.add(Op::kSymlink, "error creating link " + quoted(path));
  step.src = draft.root;
  step.s0 = draft.builder.str(target);
  step.s1 = draft.builder.str(path);
}

}  // namespace

std::optional<std::uint64_t> device_number(std::int64_t major, std::int64_t minor) {
  if (major < 0 || major >= 1 << 12 || minor < 0 || minor >= 1 << 20) return std::nullopt;
  const auto high = static_cast<std::uint64_t>(major), low = static_cast<std::uint64_t>(minor);
  return (low & 0xff) | high << 8 | (low & ~std::uint64_t{0xff}) << 12;
}

Result<std::vector<DeviceEntry>> read_devices(Draft& draft, const spec::Linux& linux_) {
  std::vector<DeviceEntry> own;
  for (std::size_t i = 0; i < linux_.devices.size(); ++i) {
    DeviceEntry entry =
        TRY(read_device(draft, linux_.devices[i], "/linux/devices/" + std::to_string(i)));
    if (entry.path == "/dev/ptmx") continue;  // always the link to the container's own devpts
    if (!named(own, entry.path)) own.push_back(std::move(entry));
  }
  std::vector<DeviceEntry> all;
  for (const words::DefaultDevice& device : words::kDefaultDevices) {
    if (named(own, device.path)) continue;
    DeviceEntry entry;
    entry.path = device.path;
    entry.mode = S_IFCHR | 0666;
    entry.device = *device_number(device.major, device.minor);
    choose_source(draft, entry, device.path);
    all.push_back(std::move(entry));
  }
  std::move(own.begin(), own.end(), std::back_inserter(all));
  return all;
}

void open_sources(Draft& draft, std::vector<DeviceEntry>& devices) {
  for (DeviceEntry& entry : devices)
    if (!entry.tree.path.empty()) open_early(draft, entry.tree, subject_of(entry), entry.pointer);
}

void add_devices(Draft& draft, std::vector<DeviceEntry>& devices) {
  for (DeviceEntry& entry : devices) {
    if (entry.tree.path.empty())
      make_node(draft, entry);
    else
      bind_node(draft, entry);
  }
}

void add_dev_links(Draft& draft) {
  add_link(draft, "pts/ptmx", "/dev/ptmx");
  add_link(draft, "/proc/self/fd", "/dev/fd");
  add_link(draft, "/proc/self/fd/0", "/dev/stdin");
  add_link(draft, "/proc/self/fd/1", "/dev/stdout");
  add_link(draft, "/proc/self/fd/2", "/dev/stderr");
  if (draft.host.has_proc_kcore) add_link(draft, "/proc/kcore", "/dev/core");
}

Slot add_null_device(Draft& draft) {
  // Opened before the root changes; after that, only a detached clone can still be attached.
  // Checked because a replaced /dev/null would unmask what it covers: CVE-2025-31133.
  Tree tree;
  tree.path = "/dev/null";
  tree.no_follow = true;
  tree.type = S_IFCHR;
  tree.device = *device_number(1, 3);
  return opened(draft, tree, "can't mask paths with /dev/null", "/linux/maskedPaths");
}

}  // namespace oci::plan
