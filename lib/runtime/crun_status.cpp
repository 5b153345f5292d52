// crun's `status` and the config.json beside it, which is the whole configuration as at create.
#include <string>
#include <utility>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/cgroup/placement.h"
#include "lib/json/fields.h"
#include "lib/runtime/foreign.h"
#include "lib/runtime/listener.h"
#include "lib/words/namespaces.h"
#include "oci/parse.h"

namespace oci {

namespace runtime {
namespace {

struct CrunStatus {
  std::int32_t pid = 0;
  std::uint64_t start = 0;  // clock ticks since boot
  std::string cgroup_path, scope, rootfs, bundle, created;
};

// A filter that is not in the configuration.
constexpr const char* kSeccompData = "run.oci.seccomp_bpf_data";

}  // namespace
}  // namespace runtime

template <>
struct json::Table<runtime::CrunStatus> {
  using S = runtime::CrunStatus;
  static constexpr Row rows[] = {
      field<&S::pid>("pid"),
      field<&S::start>("process-start-time"),
      field<&S::cgroup_path>("cgroup-path"),
      field<&S::scope>("scope"),
      field<&S::rootfs>("rootfs"),
      field<&S::bundle>("bundle"),
      field<&S::created>("created"),
  };
};

namespace runtime {
namespace {

// crun has one path for all hierarchies, and leaves out those that it does not need.
void place_cgroups(Record& record, const std::string& path, const cgroup::Layout& layout,
                   const std::function<bool(const std::string&)>& exists) {
  CgroupRecord& out = record.cgroup;
  for (const cgroup::Hierarchy& hierarchy : layout.v1)
    if (exists(hierarchy.mount_point + path))
      out.dirs.push_back({hierarchy.controllers, hierarchy.mount_point, path, false});
  if (!out.dirs.empty()) out.mode = cgroup::Mode::kV1;
  const std::string& unified = layout.unified_mount_point;
  if (!unified.empty() && exists(unified + path)) {
    out.mode = out.dirs.empty() ? cgroup::Mode::kV2 : cgroup::Mode::kHybrid;
    out.dirs.push_back({{}, unified, path, true});
  }
  out.made.assign(out.dirs.size(), true);
}

// With systemd's driver the container may be in a cgroup below its scope.
void place_scope(Record& record, const std::string& path, const std::string& scope) {
  const std::size_t at = path.find("/" + scope + "/");
  if (scope.empty() || at == std::string::npos) return;
  const std::string around = path.substr(0, at + 1 + scope.size());
  for (cgroup::Dir dir : record.cgroup.dirs) {
    dir.path = around;
    record.around.push_back(std::move(dir));
  }
}

void add_config(Record& record, spec::Spec& config) {
  record.oci_version = config.oci_version;
  record.hostname = config.hostname;
  record.annotations = std::move(config.annotations);
  // The rest is run by crun's init, or was run at create.
  record.hooks.poststart = std::move(config.hooks.poststart);
  record.hooks.poststop = std::move(config.hooks.poststop);
  if (config.process) record.process = std::move(*config.process);
  if (config.linux_) {
    take_linux(record, *config.linux_);
    record.seccomp = std::move(config.linux_->seccomp);
    if (record.seccomp) take_agent(record, *record.seccomp);
  }
  if (record.annotations.contains(kSeccompData))
    record.no_exec = "the container's seccomp filter is given by the annotation " +
                     std::string(kSeccompData) + ": only crun can exec in it";
}

Status fill(Record& record, std::string_view status, const Result<std::string>& config,
            const cgroup::Layout& layout, const std::function<bool(const std::string&)>& exists) {
  const auto document = TRY(json::Document::parse(std::string(status)));
  const auto stored = TRY(json::decode<CrunStatus>(document));
  const auto refuse = [](const char* why) { return Error{Code::kCorruptState, why, 0, {}, {}}; };
  if (stored.pid <= 0) return refuse("/pid: no process is named");
  record.init.pid = stored.pid;
  record.init.start_time = stored.start;
  record.created = stored.created;
  record.bundle = stored.bundle;
  record.rootfs =
      stored.rootfs.starts_with('/') ? stored.rootfs : stored.bundle + "/" + stored.rootfs;
  if (!stored.cgroup_path.empty()) {
    const std::string path = base::clean_path(stored.cgroup_path);
    if (!cgroup::is_safe_path(path)) return refuse("/cgroup-path: no path of a cgroup");
    place_cgroups(record, path, layout, exists);
    place_scope(record, path, stored.scope);
  }
  if (stored.start == 0)
    return refuse(
        "/process-start-time is missing: nothing tells whether the pid is still the"
        " container's");
  if (!stored.bundle.starts_with('/')) return refuse("/bundle: no absolute path");
  const std::string text = TRY_CTX("config.json", config);
  spec::Spec spec = TRY_CTX("config.json", parse_spec(text));
  add_config(record, spec);
  return {};
}

}  // namespace

Foreign parse_crun_status(std::string_view status, const Result<std::string>& config,
                          std::string_view name, const cgroup::Layout& layout,
                          const std::function<bool(const std::string&)>& exists) {
  Foreign out;
  out.record.maker = Maker::kCrun;
  out.record.phase = Phase::kRunning;
  if (auto filled = fill(out.record, status, config, layout, exists); !filled) {
    out.fault = std::move(filled).error().with_context(name);
    out.fault->code = Code::kCorruptState;
  }
  return out;
}

}  // namespace runtime
}  // namespace oci
