#include "lib/base/names.h"
#include "lib/validate/rules.h"
#include "lib/words/memory_policy.h"
#include "lib/words/personality.h"
#include "lib/words/propagation.h"

namespace oci::validate_rules {
namespace {

// S207
void check_propagation(const LinuxPart& part, Report& report) {
  const std::string& word = part.block.rootfs_propagation;
  if (!word.empty() && base::find(words::kPropagations, word) == nullptr)
    report.add("/rootfsPropagation", "rootfsPropagation=" + word + " is not supported");
}

// S107, S204, S205
void check_restricted_paths(const LinuxPart& part, Report& report) {
  if (find_namespace(part.block, "mount") != nullptr) return;
  const std::string text = "unable to restrict sys entries without a private MNT namespace";
  if (!part.block.masked_paths.empty()) report.add("/maskedPaths", text);
  if (!part.block.readonly_paths.empty()) report.add("/readonlyPaths", text);
}

// S191: "/" is the root class; any other name becomes a directory.
void check_clos_id(const LinuxPart& part, Report& report) {
  if (!part.block.intel_rdt) return;
  const std::string& id = part.block.intel_rdt->clos_id;
  if (id == "." || id == ".." || (id != "/" && id.find('/') != std::string::npos))
    report.add("/intelRdt/closID", "invalid intelRdt.ClosID " + quote(id));
}

// S194
void check_mem_bw(const LinuxPart& part, Report& report) {
  if (!part.block.intel_rdt) return;
  const std::string& schema = part.block.intel_rdt->mem_bw_schema;
  if (!schema.empty() && !schema.starts_with("MB:"))
    report.add("/intelRdt/memBwSchema",
               "intelRdt.memBwSchema must start with MB:, not " + quote(schema));
}

// S192, S194: each of them is one line of the `schemata` file.
void check_schema_lines(const LinuxPart& part, Report& report) {
  if (!part.block.intel_rdt) return;
  const spec::IntelRdt& rdt = *part.block.intel_rdt;
  const auto check = [&](const std::string& pointer, const std::string& line) {
    if (line.find('\n') != std::string::npos)
      report.add("/intelRdt" + pointer, "a line of schemata must not contain newlines");
  };
  check("/memBwSchema", rdt.mem_bw_schema);
  for (std::size_t i = 0; i < rdt.schemata.size(); ++i) check(at("/schemata", i), rdt.schemata[i]);
}

// S193
void check_cache_schema(const LinuxPart& part, Report& report) {
  if (!part.block.intel_rdt) return;
  const std::string& schema = part.block.intel_rdt->l3_cache_schema;
  if (schema.empty()) return;
  if (!schema.starts_with("L3") || schema.find('\n') != std::string::npos)
    report.add("/intelRdt/l3CacheSchema",
               "intelRdt.l3CacheSchema should be one line that starts with L3:");
}

// S199
void check_policy_mode(const LinuxPart& part, Report& report) {
  if (!part.block.memory_policy) return;
  const std::string& mode = part.block.memory_policy->mode;
  if (base::find(words::kMemoryPolicyModes, mode) == nullptr)
    report.add("/memoryPolicy/mode", "invalid memory policy mode: " + quote(mode));
}

// As many numbers as the list names. Precondition: is_number_list.
std::size_t count_numbers(std::string_view list) {
  std::size_t total = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string item(list.substr(0, comma));
    const std::size_t dash = item.find('-');
    const auto low = std::stoull(item);
    total += dash == std::string::npos ? 1 : std::stoull(item.substr(dash + 1)) - low + 1;
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return total;
}

// S200: set_mempolicy(2) wants no nodes for some modes and some for the others; MPOL_PREFERRED
// takes both.
void check_policy_nodes(const LinuxPart& part, Report& report) {
  if (!part.block.memory_policy) return;
  const spec::MemoryPolicy& policy = *part.block.memory_policy;
  const auto* mode = base::find(words::kMemoryPolicyModes, policy.mode);
  if (mode == nullptr) return;
  if (!policy.nodes.empty() && !is_number_list(policy.nodes))
    return report.add("/memoryPolicy/nodes", "invalid memory policy node: " + quote(policy.nodes));
  const std::size_t count = count_numbers(policy.nodes);
  const bool takes_none = mode->value == words::kMpolDefault || mode->value == words::kMpolLocal;
  const std::string start = "invalid memory policy: mode requires ";
  if (takes_none && count != 0)
    report.add("/memoryPolicy/nodes", start + "0 nodes but got " + std::to_string(count));
  if (!takes_none && count == 0 && mode->value != words::kMpolPreferred)
    report.add("/memoryPolicy/nodes", start + "at least 1 node but got 0");
}

// S201
void check_policy_flags(const LinuxPart& part, Report& report) {
  if (!part.block.memory_policy) return;
  const spec::Strings& flags = part.block.memory_policy->flags;
  for (std::size_t i = 0; i < flags.size(); ++i)
    if (base::find(words::kMemoryPolicyFlags, flags[i]) == nullptr)
      report.add(at("/memoryPolicy/flags", i), "invalid memory policy flag: " + quote(flags[i]));
}

// S208
void check_personality(const LinuxPart& part, Report& report) {
  if (!part.block.personality) return;
  const std::string& domain = part.block.personality->domain;
  if (base::find(words::kPersonalityDomains, domain) == nullptr)
    report.add("/personality/domain", "invalid personality domain " + domain);
}

// S209: the spec defines none.
void check_personality_flags(const LinuxPart& part, Report& report) {
  if (part.block.personality && !part.block.personality->flags.empty())
    report.add("/personality/flags", "personality flags are not supported and ignored");
}

// S112, S123
void check_time_namespace(const LinuxPart& part, Report& report) {
  if (part.block.time_offsets.empty()) return;
  const spec::Namespace* time = find_namespace(part.block, "time");
  if (time == nullptr)
    report.add("/timeOffsets",
               "time namespace offsets specified, but time namespace isn't enabled in the config");
  else if (!time->path.empty())
    report.add(
        "/timeOffsets",
        "time namespace enabled, but both namespace path and time offsets specified -- you may "
        "only provide one");
}

// S123; time_namespaces(7)
void check_time_offsets(const LinuxPart& part, Report& report) {
  constexpr std::uint32_t kSecond = 1'000'000'000;
  for (const auto& [clock, offset] : part.block.time_offsets) {
    const std::string pointer = "/timeOffsets/" + token(clock);
    if (clock != "monotonic" && clock != "boottime")
      report.add(pointer, "unknown clock " + quote(clock) + " in timeOffsets");
    if (offset.nanosecs >= kSecond)
      report.add(pointer + "/nanosecs",
                 "nanosecs must be below 1000000000, not " + std::to_string(offset.nanosecs));
  }
}

constexpr Rule<LinuxPart> kLinuxRules[] = {
    {"S207", Level::kError, "config-linux.md#rootfs-mount-propagation", check_propagation},
    {"S107", Level::kError, "config-linux.md#masked-paths", check_restricted_paths},
    {"S191", Level::kError, "config-linux.md#intelrdt", check_clos_id},
    {"S194", Level::kError, "config-linux.md#intelrdt", check_mem_bw},
    {"S192", Level::kError, "config-linux.md#intelrdt", check_schema_lines},
    {"S193", Level::kWarning, "config-linux.md#intelrdt", check_cache_schema},
    {"S199", Level::kError, "config-linux.md#memory-policy", check_policy_mode},
    {"S200", Level::kError, "config-linux.md#memory-policy", check_policy_nodes},
    {"S201", Level::kError, "config-linux.md#memory-policy", check_policy_flags},
    {"S208", Level::kError, "config-linux.md#personality", check_personality},
    {"S209", Level::kWarning, "config-linux.md#personality", check_personality_flags},
    {"S123", Level::kError, "config-linux.md#offset-for-time-namespace", check_time_namespace},
    {"S123", Level::kError, "config-linux.md#offset-for-time-namespace", check_time_offsets},
};

}  // namespace

std::span<const Rule<LinuxPart>> linux_rules() { return kLinuxRules; }

}  // namespace oci::validate_rules
