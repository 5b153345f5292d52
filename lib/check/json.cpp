// The JSON forms. docs/check.md has their keys.
#include "lib/json/writer.h"
#include "oci/check.h"

namespace oci {
namespace {

using json::Writer;

void write_strings(Writer& out, std::string_view key, const std::vector<std::string>& list) {
  out.key(key).begin_array();
  for (const std::string& text : list) out.string(text);
  out.end_array();
}

void write_finding(Writer& out, const Finding& finding) {
  out.begin_object();
  out.key("level").string(level_name(finding.level));
  out.key("scope").string(scope_name(finding.scope));
  out.key("pointer").string(finding.pointer);
  out.key("text").string(finding.text);
  out.key("id").string(finding.requirement);
  out.key("duty").string(duty_name(finding.duty));
  out.key("rule").string(finding.rule);
  out.key("anchor").string(finding.anchor);
  out.end_object();
}

void write_maps(Writer& out, std::string_view key, const std::vector<spec::IdMapping>& maps) {
  out.key(key).begin_array();
  for (const spec::IdMapping& map : maps) {
    out.begin_object();
    out.key("containerID").integer(map.container_id);
    out.key("hostID").integer(map.host_id);
    out.key("size").integer(map.size);
    out.end_object();
  }
  out.end_array();
}

void write_counts(Writer& out, std::string_view key,
                  const std::vector<std::pair<std::string, std::size_t>>& counts) {
  out.key(key).begin_object();
  for (const auto& [name, count] : counts) out.key(name).integer(count);
  out.end_object();
}

void write_process(Writer& out, const Outline& outline) {
  out.key("process").begin_object();
  write_strings(out, "args", outline.args);
  out.key("cwd").string(outline.cwd);
  out.key("uid").integer(outline.uid);
  out.key("gid").integer(outline.gid);
  out.end_object();
}

void write_namespaces(Writer& out, const Outline& outline) {
  out.key("namespaces").begin_array();
  for (const spec::Namespace& ns : outline.namespaces) {
    out.begin_object();
    out.key("type").string(ns.type);
    out.key("path").string(ns.path);
    out.end_object();
  }
  out.end_array();
  write_maps(out, "uidMappings", outline.uid_mappings);
  write_maps(out, "gidMappings", outline.gid_mappings);
}

void write_cgroup(Writer& out, const Outline& outline) {
  out.key("cgroup").begin_object();
  out.key("mode").string(outline.cgroup_mode);
  write_strings(out, "directories", outline.cgroups);
  out.key("deviceInstructions").integer(outline.device_instructions);
  out.key("writes").begin_array();
  for (const OutlineWrite& write : outline.writes) {
    out.begin_object();
    out.key("file").string(write.file);
    out.key("value").string(write.value);
    out.key("pointer").string(write.pointer);
    out.key("optional").boolean(write.optional);
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

void write_seccomp(Writer& out, const Outline& outline) {
  out.key("seccomp");
  if (!outline.seccomp) {
    out.null();
    return;
  }
  const OutlineSeccomp& seccomp = *outline.seccomp;
  out.begin_object();
  out.key("defaultAction").string(seccomp.default_action);
  write_counts(out, "actions", seccomp.actions);
  write_strings(out, "architectures", seccomp.architectures);
  write_strings(out, "flags", seccomp.flags);
  out.key("listener").boolean(seccomp.listener);
  out.key("instructions").integer(seccomp.instructions);
  out.end_object();
}

void write_argument(Writer& out, const OutlineArgument& argument) {
  using Form = OutlineArgument::Form;
  out.key(argument.name);
  if (argument.form == Form::kNumber)
    out.raw(argument.values[0]);
  else if (argument.form != Form::kList)
    out.string(argument.values[0]);
  else {
    out.begin_array();
    for (const std::string& value : argument.values) out.string(value);
    out.end_array();
  }
}

void write_steps(Writer& out, const std::vector<OutlineStep>& steps) {
  out.key("steps").begin_array();
  for (const OutlineStep& step : steps) {
    out.begin_object();
    out.key("name").string(step.name);
    out.key("stage").integer(step.inside ? 2 : 1);
    out.key("pointer").string(step.pointer);
    out.key("arguments").begin_object();
    for (const OutlineArgument& argument : step.arguments) write_argument(out, argument);
    out.end_object();
    write_strings(out, "flags", step.flags);
    out.end_object();
  }
  out.end_array();
}

// All but steps and single writes, which only a plan is asked for.
void write_head(Writer& out, const Outline& outline) {
  out.key("bundle").string(outline.bundle);
  out.key("rootfs").string(outline.rootfs);
  out.key("readonly").boolean(outline.readonly);
  write_process(out, outline);
  write_namespaces(out, outline);
  out.key("mounts").integer(outline.mounts);
  out.key("devices").integer(outline.devices);
  write_counts(out, "hooks", outline.hooks);
  write_cgroup(out, outline);
  write_seccomp(out, outline);
}

}  // namespace

std::string report_json(const CheckReport& report) {
  Writer out("  ");
  out.begin_object();
  out.key("bundle").string(report.bundle);
  out.key("errors").integer(report.count(Level::kError));
  out.key("warnings").integer(report.count(Level::kWarning));
  out.key("findings").begin_array();
  for (const Finding& finding : report.findings) write_finding(out, finding);
  out.end_array();
  out.key("plan");
  if (report.outline) {
    out.begin_object();
    write_head(out, *report.outline);
    out.end_object();
  } else {
    out.null();
  }
  out.end_object();
  return out.take();
}

std::string outline_json(const Outline& outline) {
  Writer out("  ");
  out.begin_object();
  write_head(out, outline);
  write_steps(out, outline.steps);
  write_strings(out, "warnings", outline.warnings);
  out.end_object();
  return out.take();
}

}  // namespace oci
