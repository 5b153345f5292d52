#include "lib/criu/rpc.h"

#include <limits>

#include "lib/criu/wire.h"

namespace oci::criu {
namespace {

constexpr int kLogEverything = 4;

// Field numbers of criu_opts.
enum Option : unsigned {
  kImagesDirFd = 1,
  kPid = 2,
  kLeaveRunning = 3,
  kExtUnixSk = 4,
  kTcpEstablished = 5,
  kEvasiveDevices = 6,
  kShellJob = 7,
  kFileLocks = 8,
  kLogLevel = 9,
  kLogFile = 10,
  kPs = 11,
  kNotifyScripts = 12,
  kRoot = 13,
  kParentImg = 14,
  kTrackMem = 15,
  kAutoDedup = 16,
  kWorkDirFd = 17,
  kLinkRemap = 18,
  kExtMnt = 23,
  kManageCgroups = 24,
  kCgRoot = 25,
  kRstSibling = 26,
  kInheritFd = 27,
  kManageCgroupsMode = 34,
  kExternal = 37,
  kEmptyNs = 38,
  kJoinNs = 39,
  kFreezeCgroup = 44,
  kTcpSkipInFlight = 46,
  kLazyPages = 48,
  kOrphanPtsMaster = 50,
  kConfigFile = 51,
  kLsmProfile = 53,
  kLsmMountContext = 63,
};

Encoder pair(std::string_view first, std::string_view second) {
  Encoder out;
  out.text(1, first);
  out.text(2, second);
  return out;
}

void add_flags(Encoder& out, const Options& o) {
  const struct {
    Option field;
    bool value;
  } flags[] = {
      {kLeaveRunning, o.leave_running},
      {kExtUnixSk, o.external_unix_sockets},
      {kTcpEstablished, o.tcp_established},
      {kEvasiveDevices, o.evasive_devices},
      {kShellJob, o.shell_job},
      {kFileLocks, o.file_locks},
      {kNotifyScripts, true},
      {kTrackMem, o.track_memory},
      {kAutoDedup, o.auto_dedup},
      {kLinkRemap, o.link_remap},
      {kManageCgroups, true},
      {kRstSibling, o.restore_as_sibling},
      {kTcpSkipInFlight, o.tcp_skip_in_flight},
      {kLazyPages, o.lazy_pages},
      {kOrphanPtsMaster, true},
  };
  for (const auto& flag : flags)
    if (flag.value) out.flag(flag.field, true);
}

void add_lists(Encoder& out, const Options& o) {
  for (const Pair& p : o.external_mounts) out.message(kExtMnt, pair(p.key, p.value));
  for (const Pair& p : o.cgroup_roots) {
    Encoder root;
    if (!p.key.empty()) root.text(1, p.key);
    root.text(2, p.value);
    out.message(kCgRoot, root);
  }
  for (const Pair& p : o.join_namespaces) out.message(kJoinNs, pair(p.key, p.value));
  for (const std::string& text : o.external) out.text(kExternal, text);
  for (const InheritedFd& fd : o.inherited) {
    Encoder entry;
    entry.text(1, fd.key);
    entry.number(2, fd.fd);
    out.message(kInheritFd, entry);
  }
}

Encoder encode_options(const Options& o) {
  Encoder out;
  out.number(kImagesDirFd, o.images_dir_fd);
  out.number(kLogLevel, kLogEverything);
  if (o.pid != 0) out.number(kPid, o.pid);
  if (o.work_dir_fd >= 0) out.number(kWorkDirFd, o.work_dir_fd);
  add_flags(out, o);
  const struct {
    Option field;
    const std::string& value;
  } texts[] = {{kLogFile, o.log_file},
               {kRoot, o.root},
               {kParentImg, o.parent_images},
               {kFreezeCgroup, o.freeze_cgroup},
               {kConfigFile, o.config_file},
               {kLsmProfile, o.lsm_profile},
               {kLsmMountContext, o.lsm_mount_context}};
  for (const auto& text : texts)
    if (!text.value.empty()) out.text(text.field, text.value);
  if (o.page_server) {
    Encoder server;
    server.text(1, o.page_server->address);
    server.number(2, o.page_server->port);
    out.message(kPs, server);
  }
  if (o.cgroup_mode) out.number(kManageCgroupsMode, static_cast<int>(*o.cgroup_mode));
  if (o.empty_namespaces != 0) out.number(kEmptyNs, o.empty_namespaces);
  add_lists(out, o);
  return out;
}

// 0 where it is no version: older than any.
int decode_version(Decoder in) {
  std::int64_t version = 0;
  while (const auto field = in.next()) {
    constexpr std::int64_t kWeights[] = {0, 10000, 100, 0, 1};
    if (field->number < 5) version += kWeights[field->number] * field->int32();
  }
  return version >= 0 && version <= std::numeric_limits<int>::max() ? static_cast<int>(version) : 0;
}

void decode_notify(Decoder in, Response& out) {
  while (const auto field = in.next()) {
    if (field->number == 1) out.notify = field->bytes;
    if (field->number == 2) out.notify_pid = field->int32();
  }
}

void decode_features(Decoder in, Features& out) {
  while (const auto field = in.next()) {
    if (field->number == 1) out.memory_tracking = field->on();
    if (field->number == 2) out.lazy_pages = field->on();
  }
}

void decode_field(const Field& field, Response& out) {
  switch (field.number) {
    case 1: out.kind = static_cast<Kind>(field.int32()); return;
    case 2: out.success = field.on(); return;
    case 4:
      for (Decoder in(field.bytes); const auto f = in.next();)
        if (f->number == 1) out.restored_pid = f->int32();
      return;
    case 5: decode_notify(Decoder(field.bytes), out); return;
    case 7: out.error_number = field.int32(); return;
    case 8: decode_features(Decoder(field.bytes), out.features); return;
    case 9: out.error_text = field.bytes; return;
    case 10: out.version = decode_version(Decoder(field.bytes)); return;
    default: return;
  }
}

}  // namespace

std::string_view kind_name(Kind kind) noexcept {
  switch (kind) {
    case Kind::kEmpty: return "EMPTY";
    case Kind::kDump: return "DUMP";
    case Kind::kRestore: return "RESTORE";
    case Kind::kPreDump: return "PRE_DUMP";
    case Kind::kNotify: return "NOTIFY";
    case Kind::kFeatureCheck: return "FEATURE_CHECK";
    case Kind::kVersion: return "VERSION";
  }
  return "unknown";
}

std::string encode(const Request& request) {
  Encoder out;
  out.number(1, static_cast<int>(request.kind));
  if (request.options) out.message(2, encode_options(*request.options));
  if (request.notify_success) out.flag(3, *request.notify_success);
  if (request.keep_open) out.flag(4, true);
  if (request.features) {
    Encoder features;
    features.flag(1, request.features->memory_tracking);
    features.flag(2, request.features->lazy_pages);
    out.message(5, features);
  }
  return std::move(out).take();
}

Result<Response> decode_response(std::string_view packet) {
  Response response;
  Decoder in(packet);
  while (const auto field = in.next()) decode_field(*field, response);
  if (in.broken())
    return Error{Code::kSystem, "criu: its answer is no message of its protocol", 0, {}, {}};
  return response;
}

}  // namespace oci::criu
