#include "lib/runtime/criu_images.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/json/reader.h"
#include "lib/json/writer.h"
#include "lib/runtime/mountinfo.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/tree.h"
#include "lib/words/namespaces.h"

namespace oci::runtime {
namespace {

constexpr const char* kDescriptors = "descriptors.json";
constexpr std::size_t kMaxDescriptors = std::size_t{64} << 10;
constexpr off_t kLogTail = 64 << 10;

// At most the last kLogTail bytes.
std::string read_tail(FdRef dir, const std::string& name) {
  const auto file = sys::open_at(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat st;
  if (!file || ::fstat(file->get(), &st) < 0 || !S_ISREG(st.st_mode)) return {};
  std::string text(static_cast<std::size_t>(std::min<off_t>(st.st_size, kLogTail)), '\0');
  const ssize_t n =
      ::pread(file->get(), text.data(), text.size(), st.st_size - static_cast<off_t>(text.size()));
  text.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
  return text;
}

criu::CgroupMode cgroup_mode(CriuCgroups cgroups) {
  switch (cgroups) {
    case CriuCgroups::kFull: return criu::CgroupMode::kFull;
    case CriuCgroups::kStrict: return criu::CgroupMode::kStrict;
    case CriuCgroups::kIgnore: return criu::CgroupMode::kIgnore;
    case CriuCgroups::kSoft:
    case CriuCgroups::kDefault: break;
  }
  return criu::CgroupMode::kSoft;
}

std::optional<criu::NetworkLock> network_lock(CriuNetworkLock lock) {
  switch (lock) {
    case CriuNetworkLock::kIptables: return criu::NetworkLock::kIptables;
    case CriuNetworkLock::kNftables: return criu::NetworkLock::kNftables;
    case CriuNetworkLock::kSkip: return criu::NetworkLock::kSkip;
    case CriuNetworkLock::kDefault: break;
  }
  return {};
}

// The line "mnt_id:\t28" of /proc/PID/fdinfo/N.
std::string mount_id(std::string_view info) {
  constexpr std::string_view kKey = "mnt_id:\t";
  while (!info.empty())
    if (std::string_view line = base::take_until(info, '\n'); line.starts_with(kKey))
      return std::string(line.substr(kKey.size()));
  return {};
}

bool is_name(std::string_view name, std::string_view prefix, std::string_view characters) {
  if (!name.starts_with(prefix) || !name.ends_with(']')) return false;
  name = name.substr(prefix.size(), name.size() - prefix.size() - 1);
  return !name.empty() && name.find_first_not_of(characters) == std::string_view::npos;
}

}  // namespace

Result<CriuDirectories> open_criu_directories(const CriuOptions& options, bool create,
                                              const std::string& log) {
  const auto missing = [](const char* text) {
    return Error{Code::kInvalidArgument, text, 0, "--image-path", {}};
  };
  if (options.image_path.empty())
    return missing(create ? "invalid directory to save checkpoint"
                          : "invalid directory to restore checkpoint");
  CriuDirectories out;
  if (create) TRY(sys::make_directories(options.image_path, 0700));
  out.images = TRY(sys::open(options.image_path, O_RDONLY | O_DIRECTORY));
  out.log = log;
  if (options.work_path.empty()) {
    out.log.insert(0, options.image_path + "/");
    return out;
  }
  TRY(sys::make_directories(options.work_path, 0700));
  out.work = TRY(sys::open(options.work_path, O_RDONLY | O_DIRECTORY));
  out.log.insert(0, options.work_path + "/");
  return out;
}

criu::Options common_criu_options(const CriuOptions& options, const CriuDirectories& directories,
                                  const std::string& log) {
  criu::Options out;
  out.images_dir_fd = directories.images.get();
  out.work_dir_fd = directories.work.get();
  out.log_file = log;
  // Where there is none CRIU goes on without. The name is the one that administrators know.
  out.config_file = "/etc/criu/runc.conf";
  out.tcp_established = options.tcp_established;
  out.external_unix_sockets = options.external_unix_sockets;
  out.shell_job = options.shell_job;
  out.file_locks = options.file_locks;
  out.auto_dedup = options.auto_dedup;
  out.lazy_pages = options.lazy_pages;
  if (options.cgroups != CriuCgroups::kDefault) out.cgroup_mode = cgroup_mode(options.cgroups);
  out.network_lock = network_lock(options.network_lock);
  // Network devices and their addresses are the engine's to make.
  out.empty_namespaces = static_cast<std::uint32_t>(words::kNewNetwork);
  return out;
}

std::string first_error_line(std::string_view log) {
  for (std::string_view rest = log; !rest.empty();) {
    const std::string_view line = base::take_until(rest, '\n');
    if (const std::size_t at = line.find("Error ("); at != std::string_view::npos)
      return std::string(line.substr(at));
  }
  return {};
}

Error criu_error(criu::Kind kind, const criu::Response& response,
                 const CriuDirectories& directories) {
  std::string text = "criu failed: type " + std::string(criu::kind_name(kind)) + " errno " +
                     std::to_string(response.error_number) + "\nlog file: " + directories.log;
  // CRIU before 3.6 does not say it.
  std::string first = first_error_line(response.error_text);
  if (first.empty())
    first = first_error_line(read_tail(directories.work ? directories.work : directories.images,
                                       directories.log.substr(directories.log.rfind('/') + 1)));
  if (!first.empty()) text += "\nfirst error: " + first;
  return Error{Code::kSystem, std::move(text), response.error_number, directories.log, {}};
}

Result<StreamNames> read_streams_of(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  const auto mounts = parse_mountinfo(TRY(sys::read_file(process + "/mountinfo")));
  StreamNames names;
  for (std::size_t fd = 0; fd < names.size(); ++fd) {
    const std::string number = std::to_string(fd), link = process + "/fd/" + number;
    auto target = sys::read_link(link);
    if (!target && target.error().sys_errno == ENOENT) continue;  // closed
    names[fd] = TRY(std::move(target));
    struct stat st;
    if (::stat(link.c_str(), &st) < 0 || !S_ISREG(st.st_mode)) continue;
    const std::string id = mount_id(TRY(sys::read_file(process + "/fdinfo/" + number)));
    if (id.empty() || std::any_of(mounts.begin(), mounts.end(),
                                  [&](const MountLine& mount) { return mount.id == id; }))
      continue;
    char name[64];
    std::snprintf(name, sizeof name, "file[%lx:%lx]", std::strtoul(id.c_str(), nullptr, 10),
                  static_cast<unsigned long>(st.st_ino));
    names[fd] = name;
  }
  return names;
}

bool is_pipe_name(std::string_view name) { return is_name(name, "pipe:[", "0123456789"); }
bool is_file_name(std::string_view name) { return is_name(name, "file[", "0123456789abcdef:"); }

Status save_streams(FdRef images, const StreamNames& names) {
  json::Writer out;
  out.begin_array();
  for (const std::string& name : names) out.string(name);
  out.end_array();
  return sys::replace_file_at(images, kDescriptors, out.text(), 0600);
}

Result<StreamNames> load_streams(FdRef images) {
  const auto broken = [](const std::string& why) {
    return Error{
        Code::kInvalidArgument, std::string(kDescriptors) + ": " + why, 0, kDescriptors, {}};
  };
  const UniqueFd file = TRY(sys::open_at(images, kDescriptors, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  const auto document = json::Document::parse(TRY(sys::read_all(file, kMaxDescriptors)));
  if (!document) return broken(document.error().text);
  StreamNames names;
  const json::Cursor root = document->root();
  if (root.kind() != json::Kind::kArray) return broken("an array is expected");
  for (std::size_t i = 0; i < root.size() && i < names.size(); ++i) {
    std::string_view name;
    const json::Cursor item = root.child(i);
    if (!item.get(name)) return broken("an array of strings is expected");
    names[i] = name;
  }
  return names;
}

}  // namespace oci::runtime
