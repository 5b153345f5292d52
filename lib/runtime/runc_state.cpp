#include "lib/runtime/runc_state.h"

#include <algorithm>
#include <utility>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/placement.h"
#include "lib/runtime/foreign.h"
#include "lib/runtime/listener.h"
#include "lib/words/memory_policy.h"
#include "lib/words/namespaces.h"
#include "lib/words/personality.h"

namespace oci::runtime {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

Error corrupt(std::string_view name, std::string_view why) {
  return Error{
      Code::kCorruptState, std::string(name) + ": " + std::string(why), 0, std::string(name), {}};
}

// The mount that `path` is in, for the hierarchy of `controller`; the nearest of several.
const cgroup::CgroupMount* mount_of(const std::string& path, const std::string& controller,
                                    const std::vector<cgroup::CgroupMount>& mounts) {
  const cgroup::CgroupMount* best = nullptr;
  for (const cgroup::CgroupMount& mount : mounts) {
    const bool fits = controller.empty()
                          ? mount.unified
                          : std::find(mount.controllers.begin(), mount.controllers.end(),
                                      controller) != mount.controllers.end();
    if (!fits || !path.starts_with(mount.mount_point + "/")) continue;
    if (best == nullptr || mount.mount_point.size() > best->mount_point.size()) best = &mount;
  }
  return best;
}

Status add_cgroup(CgroupRecord& out, const std::string& controller, const std::string& path,
                  const std::vector<cgroup::CgroupMount>& mounts) {
  const auto refuse = [&](std::string_view why) {
    return Error{
        Code::kCgroup, "the container's cgroup " + path + " " + std::string(why), 0, path, {}};
  };
  const cgroup::CgroupMount* mount = mount_of(path, controller, mounts);
  if (mount == nullptr) return refuse("is in no cgroup filesystem that is mounted here");
  const std::string below = path.substr(mount->mount_point.size());
  if (!cgroup::is_safe_path(below)) return refuse("is no path of a cgroup");
  for (cgroup::Dir& dir : out.dirs)
    if (!dir.unified && dir.mount_point == mount->mount_point && dir.path == below) {
      dir.controllers.push_back(controller);
      return {};
    }
  cgroup::Dir dir;
  if (!controller.empty()) dir.controllers = {controller};
  dir.mount_point = mount->mount_point;
  dir.path = below;
  dir.unified = controller.empty();
  out.dirs.push_back(std::move(dir));
  out.made.push_back(true);
  return {};
}

// All that can be found here, and what was wrong with the first that cannot.
Status place_cgroups(CgroupRecord& out, const spec::StringMap& paths,
                     const std::vector<cgroup::CgroupMount>& mounts) {
  Status first;
  for (const auto& [controller, path] : paths)
    if (!controller.empty()) {
      auto added = add_cgroup(out, controller, path, mounts);
      if (!added && first) first = std::move(added);
    }
  const bool v1 = !out.dirs.empty();
  if (const auto unified = paths.find(""); unified != paths.end()) {
    auto added = add_cgroup(out, "", unified->second, mounts);
    if (added)
      out.mode = v1 ? cgroup::Mode::kHybrid : cgroup::Mode::kV2;
    else if (first)
      first = std::move(added);
  }
  if (v1 && out.mode == cgroup::Mode::kNone) out.mode = cgroup::Mode::kV1;
  return first;
}

std::vector<spec::IdMapping> mappings(const std::vector<runc::IdMap>& maps) {
  std::vector<spec::IdMapping> out;
  for (const runc::IdMap& map : maps) out.push_back({map.container_id, map.host_id, map.size});
  return out;
}

Status add_namespaces(Record& record, const runc::Config& config) {
  constexpr auto kTypes = std::to_array<base::Named<std::string_view>>({
      {"NEWCGROUP", "cgroup"},
      {"NEWIPC", "ipc"},
      {"NEWNET", "network"},
      {"NEWNS", "mount"},
      {"NEWPID", "pid"},
      {"NEWTIME", "time"},
      {"NEWUSER", "user"},
      {"NEWUTS", "uts"},
  });
  static_assert(base::is_sorted_by_name(kTypes));
  for (const runc::Namespace& ns : config.namespaces) {
    const auto* type = base::find(kTypes, ns.type);
    const auto* word = type != nullptr ? base::find(words::kNamespaces, type->value) : nullptr;
    if (word == nullptr) return corrupt("/config/namespaces", "unknown type \"" + ns.type + "\"");
    record.namespaces |= word->flag;
  }
  record.user_namespace = (record.namespaces & words::kNewUser) != 0;
  return {};
}

void add_process(Record& record, const runc::Config& config) {
  spec::Process& process = record.process;
  process.cwd = "/";
  process.user.umask = config.umask;
  if (config.capabilities)
    process.capabilities = {config.capabilities->bounding, config.capabilities->effective,
                            config.capabilities->inheritable, config.capabilities->permitted,
                            config.capabilities->ambient};
  process.no_new_privileges = config.no_new_privileges;
  process.selinux_label = config.process_label;
  process.oom_score_adj = config.oom_score_adj;
  process.scheduler = config.scheduler;
  process.io_priority = config.io_priority;
}

Result<spec::MemoryPolicy> memory_policy(const runc::MemoryPolicy& policy) {
  spec::MemoryPolicy out;
  const std::string_view mode = base::name_of(words::kMemoryPolicyModes, policy.mode);
  if (mode.empty())
    return corrupt("/config/memory_policy", "unknown mode " + std::to_string(policy.mode));
  out.mode = mode;
  for (const auto& flag : words::kMemoryPolicyFlags)
    if ((policy.flags & flag.value) != 0) out.flags.emplace_back(flag.name);
  for (std::size_t i = 0; i < policy.nodes.size(); ++i)
    for (std::size_t bit = 0; bit < 64; ++bit)
      if ((policy.nodes[i] >> bit & 1) != 0) {
        if (!out.nodes.empty()) out.nodes.push_back(',');
        out.nodes += std::to_string(i * 64 + bit);
      }
  return out;
}

Status add_linux(Record& record, const runc::Config& config) {
  spec::Linux& linux_ = record.linux_;
  linux_.uid_mappings = mappings(config.uid_mappings);
  linux_.gid_mappings = mappings(config.gid_mappings);
  linux_.mount_label = config.mount_label;
  // What update looks at.
  spec::Cpu& cpu = linux_.resources.emplace().cpu.emplace();
  if (config.cgroups.cpu_shares != 0) cpu.shares = config.cgroups.cpu_shares;
  cpu.idle = config.cgroups.cpu_idle;
  if (config.personality) {
    const std::string_view domain =
        base::name_of(words::kPersonalityDomains, config.personality->domain);
    if (domain.empty()) return corrupt("/config/personality", "unknown domain");
    linux_.personality = spec::Personality{std::string(domain), {}};
  }
  if (config.memory_policy) linux_.memory_policy = TRY(memory_policy(*config.memory_policy));
  return {};
}

// Hooks of earlier moments have been run by runc, or will be by its init.
std::vector<spec::Hook> hooks_of(const std::vector<runc::Hook>& hooks) {
  std::vector<spec::Hook> out;
  for (const runc::Hook& hook : hooks) {
    spec::Hook& own = out.emplace_back(spec::Hook{hook.path, hook.args, hook.env, {}});
    // At least a second, for 0 would be none.
    if (hook.timeout)
      own.timeout = static_cast<int>(
          std::clamp<std::int64_t>((*hook.timeout + kSecond - 1) / kSecond, 1, 1 << 30));
  }
  return out;
}

void add_labels(Record& record, const spec::Strings& labels) {
  for (const std::string& label : labels) {
    const std::size_t at = label.find('=');
    if (at == std::string::npos) continue;
    // An annotation of the name "bundle" comes before runc's own.
    if (label.starts_with("bundle="))
      record.bundle = label.substr(at + 1);
    else
      record.annotations[label.substr(0, at)] = label.substr(at + 1);
  }
}

Status add_config(Record& record, const runc::Config& config) {
  record.rootfs = config.rootfs;
  record.hostname = config.hostname;
  record.oci_version = config.version;
  record.no_new_keyring = config.no_new_keyring;
  record.hooks.poststop = hooks_of(config.hooks.poststop);
  add_labels(record, config.labels);
  if (!record.bundle.starts_with('/')) return corrupt("/config/labels", "no bundle is named");
  if (config.namespaces.empty()) return corrupt("/config/namespaces", "there are none");
  TRY(add_namespaces(record, config));
  add_process(record, config);
  TRY(add_linux(record, config));
  if (!config.seccomp) return {};
  record.seccomp = TRY(runc::seccomp_of(*config.seccomp));
  take_agent(record, *record.seccomp);
  return {};
}

Status fill(Record& record, std::string_view json, const std::vector<cgroup::CgroupMount>& mounts) {
  const auto document = TRY(json::Document::parse(std::string(json)));
  const json::Cursor root = document.root();
  const auto config = root.find("config");
  if (!root.find("init_process_pid") || !config)
    return Error{
        Code::kCorruptState, "not a record of this runtime, of runc or of crun", 0, {}, {}};
  const auto core = TRY(json::decode<runc::Core>(document));
  record.init.pid = core.pid;
  record.init.start_time = core.start;
  record.created = core.created;
  record.resctrl = core.intel_rdt_path;
  auto placed = place_cgroups(record.cgroup, core.cgroup_paths, mounts);
  json::Session session;
  runc::Config stored;
  if (!json::Codec<runc::Config>::parse(*config, stored, session)) return std::move(session.error);
  TRY(add_config(record, stored));
  return placed;
}

}  // namespace

Foreign parse_runc_state(std::string_view json, std::string_view name,
                         const std::vector<cgroup::CgroupMount>& mounts) {
  Foreign out;
  out.record.maker = Maker::kRunc;
  out.record.phase = Phase::kRunning;
  if (auto filled = fill(out.record, json, mounts); !filled) {
    out.fault = std::move(filled).error().with_context(name);
    if (out.fault->code != Code::kCgroup) out.fault->code = Code::kCorruptState;
  }
  return out;
}

}  // namespace oci::runtime
