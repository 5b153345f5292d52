#include "lib/spec/features.h"

#include "lib/json/writer.h"
#include "lib/words/annotations.h"
#include "lib/words/capabilities.h"
#include "lib/words/hooks.h"
#include "lib/words/memory_policy.h"
#include "lib/words/mount_options.h"
#include "lib/words/namespaces.h"
#include "lib/words/seccomp.h"
#include "oci/version.h"

namespace oci {
namespace {

// What no table of words can tell: the parts this library carries out, whatever the host has.
constexpr bool kCgroupV1 = true;
constexpr bool kCgroupV2 = true;
constexpr bool kCgroupSystemd = false;
constexpr bool kCgroupSystemdUser = false;
constexpr bool kCgroupRdma = true;
constexpr bool kAppArmor = true;
constexpr bool kSelinux = true;
constexpr bool kIntelRdt = false;
constexpr bool kIdmappedMounts = true;
constexpr bool kNetDevices = false;
constexpr std::string_view kCheckpoint = "true";

std::string_view word(std::string_view entry) { return entry; }

template <class Entry>
std::string_view word(const Entry& entry) {
  return entry.name;
}

template <class Table>
void write_names(json::Writer& out, std::string_view key, const Table& table) {
  out.key(key).begin_array();
  for (const auto& entry : table) out.string(word(entry));
  out.end_array();
}

void write_enabled(json::Writer& out, std::string_view key, bool enabled) {
  out.key(key).begin_object();
  out.key("enabled").boolean(enabled);
  out.end_object();
}

void write_cgroup(json::Writer& out) {
  out.key("cgroup").begin_object();
  out.key("v1").boolean(kCgroupV1);
  out.key("v2").boolean(kCgroupV2);
  out.key("systemd").boolean(kCgroupSystemd);
  out.key("systemdUser").boolean(kCgroupSystemdUser);
  out.key("rdma").boolean(kCgroupRdma);
  out.end_object();
}

void write_seccomp(json::Writer& out, bool (*arch_known)(std::uint32_t token)) {
  out.key("seccomp").begin_object();
  out.key("enabled").boolean(true);
  // A listener, and with it what only a listener's rules can use, is refused so far.
  const auto write_without = [&](std::string_view key, const auto& table, std::uint32_t refused) {
    out.key(key).begin_array();
    for (const auto& entry : table)
      if (entry.value != refused) out.string(entry.name);
    out.end_array();
  };
  write_without("actions", words::kSeccompActions, words::kRetNotify);
  write_names(out, "operators", words::kSeccompOperators);
  out.key("archs").begin_array();
  for (const words::SeccompArch& arch : words::kSeccompArchs)
    if (arch_known(arch.token)) out.string(arch.name);
  out.end_array();
  write_names(out, "knownFlags", words::kSeccompFlags);
  // The filter is loaded by seccomp(2) itself, so every other known flag can be passed.
  write_without("supportedFlags", words::kSeccompFlags, words::kFilterFlagWaitKillableRecv);
  out.end_object();
}

void write_linux(json::Writer& out, bool (*arch_known)(std::uint32_t token)) {
  out.key("linux").begin_object();
  write_names(out, "namespaces", words::kNamespaces);
  write_names(out, "capabilities", words::kCapabilities);
  write_cgroup(out);
  write_seccomp(out, arch_known);
  write_enabled(out, "apparmor", kAppArmor);
  write_enabled(out, "selinux", kSelinux);
  write_enabled(out, "intelRdt", kIntelRdt);
  out.key("memoryPolicy").begin_object();
  write_names(out, "modes", words::kMemoryPolicyModes);
  write_names(out, "flags", words::kMemoryPolicyFlags);
  out.end_object();
  out.key("mountExtensions").begin_object();
  write_enabled(out, "idmap", kIdmappedMounts);
  out.end_object();
  write_enabled(out, "netDevices", kNetDevices);
  out.end_object();
}

}  // namespace

namespace spec {

std::string render_features(bool (*arch_known)(std::uint32_t token)) {
  json::Writer out("    ");
  out.begin_object();
  out.key("ociVersionMin").string("1.0.0");
  out.key("ociVersionMax").string(kSpecVersion);
  write_names(out, "hooks", words::kHooks);
  write_names(out, "mountOptions", words::kMountOptions);
  write_linux(out, arch_known);
  out.key("annotations").begin_object();
  out.key("io.ocirun.version").string(OCI_VERSION_STRING);
  // Under runc's key, for that is the one engines read.
  out.key("org.opencontainers.runc.checkpoint.enabled").string(kCheckpoint);
  out.end_object();
  write_names(out, "potentiallyUnsafeConfigAnnotations", words::kActingAnnotations);
  out.end_object();
  return out.take();
}

}  // namespace spec
}  // namespace oci
