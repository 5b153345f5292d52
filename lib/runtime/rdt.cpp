#include "lib/runtime/rdt.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/try.h"
#include "lib/plan/rdt.h"
#include "lib/runtime/drill.h"
#include "lib/runtime/mountinfo.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"

namespace oci::runtime {
namespace {

constexpr const char* kUsualPlace = "/sys/fs/resctrl";
constexpr long kMagic = 0x7655821;  // RDTGROUP_SUPER_MAGIC
constexpr const char* kPointer = "/linux/intelRdt";

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// Empty: nowhere. The kernel makes the usual place; somebody else has to mount it.
std::string find_resctrl() {
  if (const char* drilled = drilled_resctrl()) return drilled;
  struct statfs st {};
  if (::statfs(kUsualPlace, &st) < 0) return {};
  if (static_cast<long>(st.f_type) == kMagic) return kUsualPlace;
  const auto mounts = sys::read_file("/proc/self/mountinfo");
  if (!mounts) return {};
  for (const MountLine& mount : parse_mountinfo(*mounts))
    if (mount.type == "resctrl") return mount.point;
  return {};
}

// The file system says more than errno where it refuses something.
Error explained(Error error, const std::string& root) {
  if (auto status = sys::read_file(root + "/info/last_cmd_status"); status) {
    while (!status->empty() && status->back() == '\n') status->pop_back();
    if (!status->empty()) error.text += ", last_cmd_status: " + *status;
  }
  if (error.where.empty()) error.where = kPointer;
  return error;
}

Status write_text(const std::string& path, const std::string& text) {
  const UniqueFd file = TRY(sys::open(path, O_WRONLY | O_TRUNC));
  return sys::write_all(file, text);
}

Status write_schemata(const std::string& group, const std::string& root, const std::string& text) {
  auto done = write_text(group + "/schemata", text);
  if (done) return done;
  return explained(std::move(done).error().with_context("intelrdt: unable to write " + text), root);
}

std::string joined(const spec::Strings& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// A group that somebody else has set up must be what the configuration asks for.
Status compare_schemata(const plan::Rdt& rdt) {
  const std::string have = TRY(sys::read_file(rdt.group + "/schemata"));
  const std::string difference = plan::schemata_difference(rdt.lines, have);
  if (difference.empty()) return {};
  return Error{Code::kInvalidConfig,
               "the schemata of " + rdt.group + " are not what is asked for: " + difference,
               0,
               kPointer,
               {}};
}

Status make_group(Record& record, const plan::Rdt& rdt) {
  const bool must_be_there = rdt.named && rdt.lines.empty();
  if (must_be_there && !exists(rdt.group))
    return Error{Code::kInvalidConfig,
                 "clos dir not accessible (must be pre-created when schemata, l3CacheSchema and "
                 "memBwSchema are empty): stat " +
                     rdt.group + ": " + std::string(sys::errno_text(ENOENT)),
                 ENOENT,
                 "/linux/intelRdt/closID",
                 {}};
  const bool made = ::mkdir(rdt.group.c_str(), 0755) == 0;
  const int error = errno;
  record.rdt_made = made;
  if (!made && error != EEXIST)
    return explained(sys::call_error("mkdir", rdt.group, error), rdt.root);
  if (rdt.lines.empty()) return {};
  if (rdt.named && !made) return compare_schemata(rdt);
  return write_schemata(rdt.group, rdt.root, joined(rdt.lines));
}

bool is_empty_file(const std::string& path) {
  const auto text = sys::read_file(path);
  return !text || text->empty();
}

Status remove_group(const std::string& path) {
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) return {};
  return sys::last_error("rmdir", path);
}

}  // namespace

void probe_rdt(plan::HostFacts& host) {
  host.resctrl = find_resctrl();
  host.resctrl_l3 = !host.resctrl.empty() && exists(host.resctrl + "/info/L3");
  host.resctrl_mb = !host.resctrl.empty() && exists(host.resctrl + "/info/MB");
}

void name_rdt(Record& record, const plan::Rdt& rdt) {
  record.rdt_group = rdt.group;
  record.rdt_monitoring = rdt.monitoring;
  record.rdt_made = !exists(rdt.group);
}

Status make_rdt(Record& record, const plan::Rdt& rdt) {
  TRY_CTX("unable to apply Intel RDT configuration", make_group(record, rdt));
  if (rdt.monitoring.empty()) return {};
  if (::mkdir(rdt.monitoring.c_str(), 0755) == 0 || errno == EEXIST) return {};
  return explained(sys::last_error("mkdir", rdt.monitoring), rdt.root)
      .with_context("unable to apply Intel RDT configuration");
}

void keep_named_rdt(Record& record) {
  if (record.linux_.intel_rdt && !record.linux_.intel_rdt->clos_id.empty()) record.rdt_made = false;
}

Status remove_rdt(const Record& record) {
  if (!record.rdt_monitoring.empty()) TRY(remove_group(record.rdt_monitoring));
  if (!record.rdt_made) return {};
  const bool named = record.linux_.intel_rdt && !record.linux_.intel_rdt->clos_id.empty();
  // Whoever has come into it meanwhile has come by its name.
  if (named && !is_empty_file(record.rdt_group + "/tasks")) return {};
  return remove_group(record.rdt_group);
}

spec::Strings rdt_tasks(const Record& record) {
  spec::Strings files;
  for (const std::string& group : {record.rdt_group, record.rdt_monitoring})
    if (!group.empty() && exists(group)) files.push_back(group + "/tasks");
  return files;
}

Status enter_rdt(const Record& record, pid_t pid) {
  for (const std::string& file : rdt_tasks(record))
    TRY_CTX("unable to apply Intel RDT configuration", write_text(file, std::to_string(pid)));
  return {};
}

Status check_rdt_change(const Record& record, const RdtChange& change) {
  if (change.l3_cache_schema.empty() && change.mem_bw_schema.empty()) return {};
  plan::HostFacts host;
  probe_rdt(host);
  const auto refuse = [](const char* text, const char* flag) {
    return Error{Code::kUnsupported, text, 0, flag, {}};
  };
  if (!change.l3_cache_schema.empty() && !host.resctrl_l3)
    return refuse("Intel RDT/CAT: l3 cache schema is not enabled", "--l3-cache-schema");
  if (!change.mem_bw_schema.empty() && !host.resctrl_mb)
    return refuse("Intel RDT/MBA: memory bandwidth schema is not enabled", "--mem-bw-schema");
  if (record.rdt_group.empty())
    return refuse("updating a non-existent Intel RDT configuration is not supported", kPointer);
  return {};
}

Result<RdtUndo> change_rdt(Record& record, const RdtChange& change) {
  RdtUndo undo;
  spec::IntelRdt wanted;
  wanted.l3_cache_schema = change.l3_cache_schema;
  wanted.mem_bw_schema = change.mem_bw_schema;
  const spec::Strings lines = plan::schemata_lines(wanted);
  if (lines.empty()) return undo;
  undo = {record.rdt_group + "/schemata", TRY(sys::read_file(record.rdt_group + "/schemata"))};
  TRY(write_schemata(record.rdt_group, find_resctrl(), joined(lines)));
  spec::IntelRdt& kept =
      record.linux_.intel_rdt ? *record.linux_.intel_rdt : record.linux_.intel_rdt.emplace();
  if (!change.l3_cache_schema.empty()) kept.l3_cache_schema = change.l3_cache_schema;
  if (!change.mem_bw_schema.empty()) kept.mem_bw_schema = change.mem_bw_schema;
  return undo;
}

Status undo_rdt(const RdtUndo& undo) {
  return undo.file.empty() ? Status{} : write_text(undo.file, undo.text);
}

}  // namespace oci::runtime
