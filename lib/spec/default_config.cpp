#include "lib/json/fields.h"
#include "lib/spec/config_table.h"
#include "oci/parse.h"
#include "oci/version.h"

namespace oci {
namespace {

using spec::Strings;

spec::Process default_process() {
  const Strings caps = {"CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"};
  spec::Process process;
  process.terminal = true;
  process.args = {"sh"};
  process.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm"};
  process.cwd = "/";
  process.capabilities = {caps, caps, {}, caps, {}};
  process.rlimits = {{"RLIMIT_NOFILE", 1024, 1024}};
  process.no_new_privileges = true;
  return process;
}

spec::Mount mount(std::string destination, std::string type, std::string source,
                  Strings options = {}) {
  return {std::move(destination), std::move(type), std::move(source), std::move(options), {}, {}};
}

std::vector<spec::Mount> default_mounts(bool rootless) {
  Strings devpts = {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"};
  // Group 5 (tty) has no mapping in a user namespace of one id.
  if (!rootless) devpts.push_back("gid=5");
  // A new sysfs needs the network namespace to belong to the user namespace.
  const spec::Mount sys =
      rootless ? mount("/sys", "none", "/sys", {"rbind", "nosuid", "noexec", "nodev", "ro"})
               : mount("/sys", "sysfs", "sysfs", {"nosuid", "noexec", "nodev", "ro"});
  return {
      mount("/proc", "proc", "proc"),
      mount("/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}),
      mount("/dev/pts", "devpts", "devpts", devpts),
      mount("/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}),
      mount("/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}),
      sys,
      mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}),
  };
}

std::vector<spec::Namespace> default_namespaces(bool cgroup_namespace, bool rootless) {
  std::vector<spec::Namespace> list = {{"pid", {}}};
  if (!rootless) list.push_back({"network", {}});
  list.insert(list.end(), {{"ipc", {}}, {"uts", {}}, {"mount", {}}});
  if (cgroup_namespace) list.push_back({"cgroup", {}});
  if (rootless) list.push_back({"user", {}});
  return list;
}

spec::Linux default_linux(bool cgroup_namespace, bool rootless, unsigned euid, unsigned egid) {
  spec::Linux block;
  if (rootless) {
    block.uid_mappings = {{0, euid, 1}};
    block.gid_mappings = {{0, egid, 1}};
  } else {
    spec::DeviceCgroup& deny_all = block.resources.emplace().devices.emplace_back();
    deny_all.access = "rwm";
  }
  block.namespaces = default_namespaces(cgroup_namespace, rootless);
  block.masked_paths = {"/proc/acpi",        "/proc/asound",        "/proc/kcore",
                        "/proc/keys",        "/proc/latency_stats", "/proc/timer_list",
                        "/proc/timer_stats", "/proc/sched_debug",   "/sys/firmware",
                        "/proc/scsi"};
  block.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
  return block;
}

}  // namespace

std::string default_config(bool cgroup_namespace, bool rootless, unsigned euid, unsigned egid) {
  spec::Spec config;
  config.oci_version = kSpecVersion;
  config.process = default_process();
  config.root = spec::Root{"rootfs", true};
  config.hostname = "runc";
  config.mounts = default_mounts(rootless);
  config.linux_ = default_linux(cgroup_namespace, rootless, euid, egid);
  return json::encode(config, "\t");
}

}  // namespace oci
