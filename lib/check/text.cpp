// The forms for people.
#include <algorithm>
#include <array>

#include "lib/plan/paths.h"
#include "lib/plan/print.h"
#include "oci/check.h"

namespace oci {
namespace {

std::string counted(std::size_t count, const std::string& word) {
  return std::to_string(count) + " " + word + (count == 1 ? "" : "s");
}

// "/process/args/0: exec: ...  [S071 must, config.md#posix-process: the rule]"
std::string line_of(const Finding& finding) {
  std::string out = "  ";
  out.append(finding.pointer.empty() ? "config.json" : finding.pointer)
      .append(": ")
      .append(finding.text);
  out.append("  [").append(finding.requirement);
  if (finding.duty != Duty::kNone) out.append(" ").append(duty_name(finding.duty));
  out.append(", ").append(finding.anchor).append(": ").append(finding.rule).append("]\n");
  return out;
}

struct Group {
  Level level;
  Scope scope;
  std::string_view title;
};
constexpr std::array kGroups{
    Group{Level::kError, Scope::kSpec, "Errors in the document:"},
    Group{Level::kError, Scope::kHost, "Errors on this host:"},
    Group{Level::kError, Scope::kRuntime, "Not there in this version:"},
    Group{Level::kWarning, Scope::kSpec, "Warnings about the document:"},
    Group{Level::kWarning, Scope::kHost, "Warnings on this host:"},
    Group{Level::kWarning, Scope::kRuntime, "Warnings about this version:"},
};

// "key:      value"
void field(std::string& out, std::string_view key, const std::string& value) {
  constexpr std::size_t kWidth = 14;
  if (value.empty()) return;
  std::string start = "  " + std::string(key) + (key.empty() ? " " : ":");
  start.resize(std::max(start.size(), kWidth), ' ');
  out.append(start).append(" ").append(value).append("\n");
}

std::string joined(const std::vector<std::string>& list, bool quotes) {
  std::string out;
  for (const std::string& item : list)
    out.append(out.empty() ? "" : " ").append(quotes ? plan::quoted(item) : item);
  return out;
}

std::string counts(const std::vector<std::pair<std::string, std::size_t>>& list) {
  std::string out;
  for (const auto& [name, count] : list)
    out.append(out.empty() ? "" : ", ").append(name).append(" ").append(std::to_string(count));
  return out;
}

std::string namespaces(const Outline& outline, bool joined_ones) {
  std::string out;
  for (const spec::Namespace& ns : outline.namespaces) {
    if (ns.path.empty() == joined_ones) continue;
    out.append(out.empty() ? "" : " ").append(ns.type);
    if (joined_ones) out.append("=").append(ns.path);
  }
  return out;
}

std::string maps(const std::vector<spec::IdMapping>& list) {
  std::string out;
  for (const spec::IdMapping& map : list)
    out.append(out.empty() ? "" : ", ")
        .append(std::to_string(map.container_id) + " -> " + std::to_string(map.host_id) + " (" +
                std::to_string(map.size) + ")");
  return out;
}

std::string seccomp(const OutlineSeccomp& seccomp) {
  std::string out = seccomp.default_action + ", but " + counts(seccomp.actions);
  if (seccomp.actions.empty()) out = seccomp.default_action;
  out.append("; ").append(counted(seccomp.instructions, "instruction"));
  if (!seccomp.architectures.empty()) out.append("; ").append(joined(seccomp.architectures, false));
  if (!seccomp.flags.empty()) out.append("; ").append(joined(seccomp.flags, false));
  return out + (seccomp.listener ? "; with a listener" : "");
}

std::string head(const Outline& outline) {
  std::string out;
  field(out, "program", joined(outline.args, true));
  field(out, "user",
        std::to_string(outline.uid) + ":" + std::to_string(outline.gid) + " in " +
            plan::quoted(outline.cwd));
  field(out, "root", outline.rootfs + (outline.readonly ? " (read-only)" : ""));
  field(out, "new", namespaces(outline, false));
  field(out, "joined", namespaces(outline, true));
  field(out, "uids", maps(outline.uid_mappings));
  field(out, "gids", maps(outline.gid_mappings));
  field(out, "files", counted(outline.mounts, "mount") + ", " + counted(outline.devices, "device"));
  field(out, "hooks", counts(outline.hooks));
  std::string cgroup = outline.cgroup_mode + ", " + counted(outline.writes.size(), "write");
  if (outline.device_instructions != 0)
    cgroup += ", a device program of " + counted(outline.device_instructions, "instruction");
  field(out, "cgroup", outline.cgroups.empty() ? "none of its own" : cgroup);
  for (const std::string& directory : outline.cgroups) field(out, "", directory);
  field(out, "seccomp", outline.seccomp ? seccomp(*outline.seccomp) : "none");
  return out;
}

}  // namespace

std::string report_text(const CheckReport& report) {
  std::string out;
  for (const Group& group : kGroups) {
    std::string lines;
    for (const Finding& finding : report.findings)
      if (finding.level == group.level && finding.scope == group.scope) lines += line_of(finding);
    if (!lines.empty()) out.append(group.title).append("\n").append(lines).append("\n");
  }
  if (report.outline) {
    out += "What would be done:\n" + head(*report.outline);
    field(out, "steps", std::to_string(report.outline->steps.size()));
    out += "\n";
  }
  return out + counted(report.count(Level::kError), "error") + ", " +
         counted(report.count(Level::kWarning), "warning") + "\n";
}

std::string outline_text(const Outline& outline) {
  std::string out = "container\n" + head(outline);
  if (!outline.writes.empty()) out += "\ncgroup writes\n";
  for (const OutlineWrite& write : outline.writes)
    out += "  " + write.file + " = " + plan::quoted(write.value) +
           (write.optional ? " (if there is such a file)" : "") + "  # " + write.pointer + "\n";
  bool inside = true;
  std::size_t index = 0;
  for (const OutlineStep& step : outline.steps) {
    if (step.inside != inside || index == 0)
      out += step.inside ? "\nsteps of the container's process\n" : "\nsteps before the clone\n";
    inside = step.inside;
    out += "  " + std::to_string(index++) + " " + plan::step_text(step) + "\n";
  }
  if (!outline.warnings.empty()) out += "\nwarnings\n";
  for (const std::string& text : outline.warnings) out += "  " + text + "\n";
  return out;
}

}  // namespace oci
