#include "lib/runtime/record.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

#include "lib/base/try.h"
#include "lib/json/fields.h"
#include "lib/runtime/record_table.h"
#include "lib/words/namespaces.h"

namespace oci {

bool json::Codec<runtime::CgroupRecord>::parse(const Cursor& at, runtime::CgroupRecord& out,
                                               Session& session) {
  Stored stored;
  if (!Codec<Stored>::parse(at, stored, session)) return false;
  out.mode = stored.mode;
  out.dirs.clear();
  out.made.clear();
  for (runtime::StoredDir& dir : stored.dirs) {
    out.dirs.push_back(std::move(dir.dir));
    out.made.push_back(dir.made);
  }
  return true;
}

void json::Codec<runtime::CgroupRecord>::render(Writer& out, const runtime::CgroupRecord& value) {
  Stored stored;
  stored.mode = value.mode;
  for (std::size_t i = 0; i < value.dirs.size(); ++i)
    stored.dirs.push_back({value.dirs[i], value.made_by_us(i)});
  Codec<Stored>::render(out, stored);
}

namespace runtime {

namespace {

constexpr std::uint64_t kFormat = 1;

// As runc's libcontainer calls namespace types: the kernel's CLONE_ names without CLONE_.
constexpr auto kRuncNamespaces = std::to_array<base::Named<std::string_view>>({
    {"cgroup", "NEWCGROUP"},
    {"ipc", "NEWIPC"},
    {"mount", "NEWNS"},
    {"network", "NEWNET"},
    {"pid", "NEWPID"},
    {"time", "NEWTIME"},
    {"user", "NEWUSER"},
    {"uts", "NEWUTS"},
});
static_assert(base::is_sorted_by_name(kRuncNamespaces));

void write_config(json::Writer& out, const Record& record) {
  out.key("config").begin_object();
  out.key("rootfs").string(record.rootfs);
  if (!record.hostname.empty()) out.key("hostname").string(record.hostname);
  out.key("namespaces").begin_array();
  for (const spec::Namespace& ns : record.linux_.namespaces)
    if (const auto* word = base::find(kRuncNamespaces, ns.type)) {
      out.begin_object();
      out.key("type").string(word->value);
      out.key("path").string(ns.path);
      out.end_object();
    }
  out.end_array();
  out.key("cgroups").begin_object();
  if (!record.cgroup.dirs.empty()) out.key("path").string(record.cgroup.dirs[0].path);
  out.end_object();
  out.key("labels").begin_array();
  for (const auto& [key, value] : record.annotations) out.string(key + "=" + value);
  out.string("bundle=" + record.bundle);
  out.end_array();
  out.key("version").string(record.oci_version);
  out.end_object();
}

void write_cgroup_paths(json::Writer& out, const Record& record) {
  out.key("cgroup_paths").begin_object();
  for (const cgroup::Dir& dir : record.cgroup.dirs) {
    const std::string path = dir.mount_point + dir.path;
    if (dir.unified)
      out.key("").string(path);
    else
      for (const std::string& controller : dir.controllers) out.key(controller).string(path);
  }
  out.end_object();
}

void write_namespace_paths(json::Writer& out, const Record& record) {
  out.key("namespace_paths").begin_object();
  for (const words::NamespaceWord& ns : words::kNamespaces)
    if (const auto* word = base::find(kRuncNamespaces, ns.name);
        word != nullptr && record.init.pid > 0)
      out.key(word->value)
          .string("/proc/" + std::to_string(record.init.pid) + "/ns/" + std::string(ns.proc_name));
  out.end_object();
}

Error corrupt(std::string_view name, std::string_view why) {
  return Error{
      Code::kCorruptState, std::string(name) + ": " + std::string(why), 0, std::string(name), {}};
}

}  // namespace

std::string_view phase_name(Phase phase) noexcept { return base::name_of(kPhaseWords, phase); }

spec::Linux reduce_linux(const spec::Linux& whole) {
  spec::Linux kept;
  kept.uid_mappings = whole.uid_mappings;
  kept.gid_mappings = whole.gid_mappings;
  kept.resources = whole.resources;
  if (kept.resources) kept.resources->devices.clear();
  kept.cgroups_path = whole.cgroups_path;
  kept.namespaces = whole.namespaces;
  kept.mount_label = whole.mount_label;
  kept.masked_paths = whole.masked_paths;
  kept.intel_rdt = whole.intel_rdt;
  kept.memory_policy = whole.memory_policy;
  kept.personality = whole.personality;
  return kept;
}

void take_linux(Record& record, const spec::Linux& whole) {
  record.linux_ = reduce_linux(whole);
  for (const spec::Namespace& ns : whole.namespaces)
    if (const auto* word = base::find(words::kNamespaces, ns.type)) record.namespaces |= word->flag;
  record.user_namespace = (record.namespaces & words::kNewUser) != 0;
}

std::string timestamp_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  // Not gmtime_r(3): it reads the host's time zone, which UTC has no use for.
  const std::chrono::sys_seconds second{std::chrono::seconds(now.tv_sec)};
  const auto day = std::chrono::floor<std::chrono::days>(second);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(second - day);
  std::array<char, 64> text{};
  const int size =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%09ldZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                    static_cast<int>(time.minutes().count()),
                    static_cast<int>(time.seconds().count()), static_cast<long>(now.tv_nsec));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

std::string render_record(const Record& record) {
  json::Writer out;
  out.begin_object();
  out.key("id").string(record.id);
  out.key("init_process_pid").integer(record.init.pid);
  out.key("init_process_start").integer(record.init.start_time);
  out.key("created").string(record.created);
  write_config(out, record);
  write_cgroup_paths(out, record);
  write_namespace_paths(out, record);
  if (!record.rdt_group.empty()) out.key("intel_rdt_path").string(record.rdt_group);
  if (!record.rdt_monitoring.empty()) out.key("intel_rdt_mon_path").string(record.rdt_monitoring);
  out.key("ocirun").begin_object();
  out.key("version").integer(kFormat);
  out.key("record");
  json::Codec<Record>::render(out, record);
  out.end_object();
  out.end_object();
  return out.take();
}

Result<Record> parse_record(std::string_view json, std::string_view name) {
  const auto document = json::Document::parse(std::string(json));
  if (!document) return corrupt(name, document.error().text);
  const json::Cursor root = document->root();
  const auto own = root.find("ocirun");
  if (!own) return corrupt(name, "not a record of this runtime");
  const auto version = own->find("version");
  const auto body = own->find("record");
  std::uint64_t format = 0;
  if (!version || !version->get(format) || format != kFormat)
    return corrupt(name, "unknown format version");
  if (!body) return corrupt(name, "/ocirun/record is missing");
  json::Session session;
  Record record;
  if (!json::Codec<Record>::parse(*body, record, session)) return corrupt(name, session.error.text);
  return record;
}

}  // namespace runtime
}  // namespace oci
