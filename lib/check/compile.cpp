#include "lib/check/compile.h"

#include <set>

#include "lib/base/names.h"
#include "lib/base/numbers.h"
#include "lib/validate/requirements.h"
#include "lib/validate/rules.h"
#include "lib/words/namespaces.h"

namespace oci::check_rules {
namespace {

using spec::Linux;
using spec::Process;
using spec::Resources;
using spec::Spec;

// Index and key of what comes behind the prefix: "/mounts/3/options" has "3".
using Remove = void (*)(Spec& spec, std::string_view token);

// An entry of a list stays one, so that the pointers to the others stay true.
void hide_mount(Spec& spec, std::string_view token) {
  const auto index = base::parse_number<std::size_t>(token);
  if (!index || *index >= spec.mounts.size()) return spec.mounts.clear();
  spec::Mount mount;
  mount.destination = "/.left-out-" + std::string(token);
  mount.type = mount.source = "tmpfs";
  spec.mounts[*index] = std::move(mount);
}

void hide_device(Spec& spec, std::string_view token) {
  const auto index = base::parse_number<std::size_t>(token);
  std::vector<spec::Device>& devices = spec.linux_->devices;
  if (!index || *index >= devices.size()) return devices.clear();
  devices[*index] = {};
  devices[*index].type = "p";
  devices[*index].path = "/.left-out-" + std::string(token);
}

// All that is wrong in the list goes at once: what is left has other indexes.
void keep_good_namespaces(Spec& spec, std::string_view) {
  std::set<std::string> seen;
  std::erase_if(spec.linux_->namespaces, [&](const spec::Namespace& ns) {
    return base::find(words::kNamespaces, ns.type) == nullptr || !seen.insert(ns.type).second;
  });
}

void erase_key(spec::StringMap& map, std::string_view key) {
  std::erase_if(map, [&](const auto& entry) { return validate_rules::token(entry.first) == key; });
}

template <auto kMember>
void clear_process(Spec& spec, std::string_view) {
  (*spec.process).*kMember = {};
}
template <auto kMember>
void clear_linux(Spec& spec, std::string_view) {
  (*spec.linux_).*kMember = {};
}
template <auto kMember>
void clear_resource(Spec& spec, std::string_view) {
  if (spec.linux_->resources) (*spec.linux_->resources).*kMember = {};
}

struct Part {
  std::string_view prefix;
  Remove remove;
};
// The longer ones first.
constexpr Part kParts[] = {
    {"/mounts", hide_mount},
    {"/hostname", [](Spec& spec, std::string_view) { spec.hostname.clear(); }},
    {"/domainname", [](Spec& spec, std::string_view) { spec.domainname.clear(); }},
    {"/root/readonly", [](Spec& spec, std::string_view) { spec.root->readonly = false; }},
    {"/process/cwd", [](Spec& spec, std::string_view) { spec.process->cwd = "/"; }},
    {"/process/args", [](Spec& spec, std::string_view) { spec.process->args = {"/"}; }},
    {"/linux/namespaces", keep_good_namespaces},
    {"/process/rlimits", clear_process<&Process::rlimits>},
    {"/process/scheduler", clear_process<&Process::scheduler>},
    {"/process/ioPriority", clear_process<&Process::io_priority>},
    {"/process/execCPUAffinity", clear_process<&Process::exec_cpu_affinity>},
    {"/process/env", clear_process<&Process::env>},
    {"/process/user/additionalGids",
     [](Spec& spec, std::string_view) { spec.process->user.additional_gids.clear(); }},
    {"/linux/devices", hide_device},
    {"/linux/netDevices", clear_linux<&Linux::net_devices>},
    {"/linux/intelRdt", clear_linux<&Linux::intel_rdt>},
    {"/linux/seccomp", clear_linux<&Linux::seccomp>},
    {"/linux/sysctl",
     [](Spec& spec, std::string_view token) { erase_key(spec.linux_->sysctl, token); }},
    {"/linux/memoryPolicy", clear_linux<&Linux::memory_policy>},
    {"/linux/personality", clear_linux<&Linux::personality>},
    {"/linux/timeOffsets", clear_linux<&Linux::time_offsets>},
    {"/linux/rootfsPropagation", clear_linux<&Linux::rootfs_propagation>},
    {"/linux/maskedPaths",
     [](Spec& spec, std::string_view) {
       spec.linux_->masked_paths.clear();
       spec.linux_->readonly_paths.clear();
     }},
    {"/linux/cgroupsPath", clear_linux<&Linux::cgroups_path>},
    {"/linux/resources/memory", clear_resource<&Resources::memory>},
    {"/linux/resources/cpu", clear_resource<&Resources::cpu>},
    {"/linux/resources/pids", clear_resource<&Resources::pids>},
    {"/linux/resources/blockIO", clear_resource<&Resources::block_io>},
    {"/linux/resources/hugepageLimits", clear_resource<&Resources::hugepage_limits>},
    {"/linux/resources/network", clear_resource<&Resources::network>},
    {"/linux/resources/rdma", clear_resource<&Resources::rdma>},
    {"/linux/resources/devices", clear_resource<&Resources::devices>},
    {"/linux/resources/unified",
     [](Spec& spec, std::string_view token) {
       if (spec.linux_->resources) erase_key(spec.linux_->resources->unified, token);
     }},
    {"/linux/resources", clear_linux<&Linux::resources>},
};

}  // namespace

bool leave_out(spec::Spec& spec, std::string_view pointer) {
  for (const Part& part : kParts) {
    if (!pointer.starts_with(part.prefix)) continue;
    std::string_view rest = pointer.substr(part.prefix.size());
    if (!rest.empty() && rest[0] != '/') continue;
    if (pointer.starts_with("/linux") && !spec.linux_) return false;
    if (pointer.starts_with("/process") && !spec.process) return false;
    if (!rest.empty()) rest.remove_prefix(1);
    part.remove(spec, rest.substr(0, rest.find('/')));
    return true;
  }
  return false;
}

Finding finding_at(Level level, std::string_view pointer, std::string text) {
  const validate_rules::Requirement& requirement = validate_rules::requirement_at(pointer);
  Finding finding;
  finding.level = level;
  finding.requirement = requirement.id;
  finding.pointer = pointer;
  finding.text = std::move(text);
  validate_rules::describe(finding);
  return finding;
}

Compiled compile_rest(spec::Spec spec, const plan::CreateInput& input,
                      const plan::HostFacts& host) {
  Compiled out;
  out.rest = std::move(spec);
  // Each turn leaves something out, so it ends; an error that comes back ends it, too.
  for (std::string last = "-";;) {
    auto plan = plan::compile_create(out.rest, input, host);
    if (plan) {
      out.plan = plan.take();
      return out;
    }
    const Error& error = plan.error();
    if (error.where + error.text == last) return out;
    last = error.where + error.text;
    out.errors.push_back(finding_at(Level::kError, error.where, error.text));
    if (error.code == Code::kUnsupported) out.errors.back().scope = Scope::kRuntime;
    if (!leave_out(out.rest, error.where)) return out;
  }
}

plan::HostFacts ideal_host() {
  plan::HostFacts host;
  host.cgroups.mode = cgroup::Mode::kV2;
  host.cgroups.unified_mount_point = "/sys/fs/cgroup";
  host.cgroups.unified_own_path = "/";
  host.kernel_major = 99;
  host.cap_last_cap = 40;
  host.apparmor = host.selinux = true;
  host.resctrl = "/sys/fs/resctrl";
  host.resctrl_l3 = host.resctrl_mb = true;
  return host;
}

}  // namespace oci::check_rules
