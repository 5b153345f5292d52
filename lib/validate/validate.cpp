#include "oci/validate.h"

#include "lib/validate/rules.h"

namespace oci {
namespace {

using namespace validate_rules;

void check_linux(const spec::Spec& spec, std::vector<Finding>& out) {
  const spec::Linux& block = *spec.linux_;
  const LinuxPart part{spec, block};
  apply(id_map_rules(), part, "/linux", out);
  apply(sysctl_rules(), part, "/linux", out);
  if (block.resources) apply(resource_rules(), *block.resources, "/linux/resources", out);
  apply(namespace_rules(), part, "/linux", out);
  apply(device_rules(), part, "/linux", out);
  if (block.seccomp) apply(seccomp_rules(), *block.seccomp, "/linux/seccomp", out);
  apply(linux_rules(), part, "/linux", out);
}

bool is_id_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '.';
}

}  // namespace

std::vector<Finding> validate(const spec::Spec& spec) {
  std::vector<Finding> out;
  apply(head_rules(), spec, "", out);
  if (spec.process) apply(process_rules(), *spec.process, "/process", out);
  apply(config_rules(), spec, "", out);
  if (spec.linux_) check_linux(spec, out);
  return out;
}

std::vector<Finding> advise(const spec::Spec& spec) {
  std::vector<Finding> out;
  apply(config_advice(), spec, "", out);
  apply(mount_advice(), spec, "", out);
  if (spec.linux_) apply(linux_advice(), LinuxPart{spec, *spec.linux_}, "/linux", out);
  return out;
}

std::vector<Finding> validate_process(const spec::Process& process) {
  std::vector<Finding> out;
  apply(process_rules(), process, "", out);
  return out;
}

Status first_error(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    if (finding.level == Level::kError)
      return Error{Code::kInvalidConfig, finding.text, 0, finding.pointer, {}};
  return {};
}

Status check_container_id(std::string_view id) {
  if (id.empty()) return Error{Code::kInvalidArgument, "container id cannot be empty", 0, {}, {}};
  constexpr std::size_t kMaxBytes = 1024;
  bool good = id.size() <= kMaxBytes && id != "." && id != "..";
  for (const char c : id) good = good && is_id_character(c);
  if (good) return {};
  return Error{
      Code::kInvalidArgument, "invalid container ID format", 0, std::string(id.substr(0, 64)), {}};
}

}  // namespace oci
