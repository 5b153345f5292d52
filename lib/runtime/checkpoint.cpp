// checkpoint: CRIU saves the processes of a container; then, unless it goes on, it is removed.
#include "lib/runtime/checkpoint.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <iterator>

#include "lib/base/try.h"
#include "lib/runtime/criu.h"
#include "lib/runtime/criu_images.h"
#include "lib/runtime/run.h"
#include "lib/sys/cgroupfs.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/path.h"
#include "lib/words/devices.h"
#include "lib/words/namespaces.h"

namespace oci::runtime {
namespace {

constexpr const char* kLog = "dump.log";
constexpr const char* kNullDevice = "/dev/null";
constexpr int kStatusReadyVersion = 31503;  // from here on CRIU tells when lazy pages are ready

Status check_checkpoint(const Entry& entry, const Record& record,
                        const CheckpointOptions& options) {
  const ContainerStatus status = TRY(status_of(entry, record));
  if (status != ContainerStatus::kRunning && status != ContainerStatus::kPaused)
    return Error{
        Code::kWrongState,
        "Container cannot be checkpointed in " + std::string(status_name(status)) + " state",
        0,
        {},
        {}};
  // Its maker knows which of its mounts are external, its record tells us only part of them.
  if (record.maker != Maker::kOcirun) {
    const std::string maker = record.maker == Maker::kRunc ? "runc" : "crun";
    return Error{Code::kUnsupported,
                 "container was created by " + maker + ": only " + maker + " can checkpoint it",
                 0,
                 {},
                 {}};
  }
  if (options.status_fd >= 0) {
    const int flags = ::fcntl(options.status_fd, F_GETFL);
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
      return Error{Code::kInvalidArgument,
                   "invalid --status-fd argument " + std::to_string(options.status_fd) + ": " +
                       (flags < 0 ? "bad file descriptor" : "not writable"),
                   0,
                   "--status-fd",
                   {}};
  }
  return check_criu_rights("checkpoint");
}

// C101
Status check_parent(const CheckpointOptions& options) {
  if (options.parent_path.empty()) return {};
  const auto refuse = [](std::string text) {
    return Error{Code::kInvalidArgument, std::move(text), 0, "--parent-path", {}};
  };
  if (options.parent_path.starts_with('/')) return refuse("--parent-path must be relative");
  const std::string path =
      (std::filesystem::absolute(options.image_path) / options.parent_path).lexically_normal();
  struct stat st;
  if (::stat(path.c_str(), &st) < 0)
    return refuse("invalid --parent-path: " + sys::last_error("stat", path).text);
  if (!S_ISDIR(st.st_mode)) return refuse("invalid --parent-path:  " + path + ": not a directory");
  return {};
}

// What the container now has at `path`; empty where there is nothing.
struct Place {
  std::string path;
  bool directory = false;
};
Result<Place> find_in_container(FdRef root, const std::string& path) {
  auto opened = sys::open_in_root(root, path, O_PATH);
  if (!opened) {
    const int err = opened.error().sys_errno;
    if (err == ENOENT || err == ENOTDIR || err == EACCES) return Place{};
    return std::move(opened).error();
  }
  struct stat st;
  if (::fstat(opened->get(), &st) < 0) return sys::last_error("fstat", path);
  return Place{TRY(sys::read_link("/proc/self/fd/" + std::to_string(opened->get()))),
               S_ISDIR(st.st_mode)};
}

// CRIU must not look for the source of these in the container.
Result<std::vector<criu::Pair>> external_mounts(const Record& record) {
  const UniqueFd root =
      TRY(sys::open("/proc/" + std::to_string(record.init.pid) + "/root", O_PATH | O_DIRECTORY));
  std::vector<criu::Pair> mounts;
  spec::Strings names = record.binds;
  for (const words::DefaultDevice& device : words::kDefaultDevices) names.push_back(device.path);
  names.emplace_back(plan::kNotifyMountPoint);
  for (const std::string& name : names) {
    const Place place = TRY(find_in_container(root, name));
    if (!place.path.empty()) mounts.push_back({place.path, name});
  }
  // Masked directories are covered with a tmpfs, which CRIU saves like any other.
  for (const std::string& path : record.linux_.masked_paths) {
    const Place place = TRY(find_in_container(root, path));
    if (!place.path.empty() && !place.directory) mounts.push_back({place.path, kNullDevice});
  }
  return mounts;
}

// Network and pid namespaces that an engine has made stay as they are: "net[INODE]:extRootNetNS".
Result<std::vector<std::string>> external_namespaces(const Record& record) {
  std::vector<std::string> external;
  for (const spec::Namespace& ns : record.linux_.namespaces) {
    if (ns.path.empty() || !is_external_to_criu(ns.type)) continue;
    const std::string_view name = base::find(words::kNamespaces, ns.type)->proc_name;
    const std::string path =
        "/proc/" + std::to_string(record.init.pid) + "/ns/" + std::string(name);
    struct stat st;
    if (::stat(path.c_str(), &st) < 0) return sys::last_error("stat", path);
    external.push_back(std::string(name) + "[" + std::to_string(st.st_ino) +
                       "]:" + external_namespace_name(name));
  }
  return external;
}

// v2's cgroup, or v1's one with the freezer.
std::string freeze_cgroup(const Record& record) {
  for (const cgroup::Dir& dir : record.cgroup.dirs) {
    const bool freezes = dir.unified ? record.cgroup.mode == cgroup::Mode::kV2
                                     : std::find(dir.controllers.begin(), dir.controllers.end(),
                                                 "freezer") != dir.controllers.end();
    if (freezes) return dir.mount_point + dir.path;
  }
  return {};
}

Result<criu::Options> dump_options(const Record& record, const CheckpointOptions& options,
                                   const CriuDirectories& directories) {
  criu::Options out = common_criu_options(options, directories, kLog);
  out.pid = record.init.pid;
  out.root = record.rootfs;
  out.freeze_cgroup = freeze_cgroup(record);
  out.leave_running = options.leave_running;
  out.tcp_skip_in_flight = options.tcp_skip_in_flight;
  out.link_remap = options.link_remap;
  out.parent_images = options.parent_path;
  out.track_memory = !options.parent_path.empty();
  if (!options.page_server_address.empty())
    out.page_server = criu::PageServer{options.page_server_address, options.page_server_port};
  out.external = TRY(external_namespaces(record));
  if (!options.pre_dump) out.external_mounts = TRY(external_mounts(record));
  return out;
}

Status check_features(Criu& criu, const criu::Options& sent, const CheckpointOptions& options) {
  const auto refuse = [](const char* text, const char* flag) {
    return Error{Code::kUnsupported, text, 0, flag, {}};
  };
  if (options.pre_dump || !options.parent_path.empty()) {
    if (!TRY(criu.check_features(sent, {true, false})).memory_tracking)
      return refuse("CRIU or the kernel cannot track memory: no pre-dump", "--pre-dump");
  }
  if (!options.lazy_pages) return {};
  if (!TRY(criu.check_features(sent, {false, true})).lazy_pages)
    return refuse("CRIU or the kernel lacks support for lazy pages", "--lazy-pages");
  return options.status_fd < 0 ? Status() : criu.need_version(kStatusReadyVersion, "--status-fd");
}

Result<std::vector<UniqueFd>> null_streams() {
  std::vector<UniqueFd> streams;
  for (int i = 0; i < 3; ++i) streams.push_back(TRY(sys::open(kNullDevice, O_RDWR)));
  return streams;
}

}  // namespace

std::string external_namespace_name(std::string_view proc_name) {
  std::string name(proc_name);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return "extRoot" + name + "NS";
}

bool is_external_to_criu(std::string_view type) { return type == "network" || type == "pid"; }

Status check_criu_rights(std::string_view what) {
  if (::geteuid() == 0) return {};
  return Error{Code::kUnsupported,
               std::string(what) + " needs root: CRIU cannot do it for rootless containers",
               EPERM,
               {},
               {}};
}

void warn_of_criu_config(const Context& context, const spec::StringMap& annotations) {
  constexpr const char* kAnnotation = "org.criu.config";
  if (annotations.find(kAnnotation) != annotations.end())
    context.log(LogLevel::kWarning,
                std::string("annotation ") + kAnnotation +
                    " is not followed: CRIU is configured by /etc/criu/runc.conf");
}

Status checkpoint_container(const Context& context, const Store& store, Entry& entry,
                            const Record& record, const CheckpointOptions& options) {
  TRY(check_checkpoint(entry, record, options));
  warn_of_criu_config(context, record.annotations);
  const CriuDirectories directories = TRY(open_criu_directories(options, true, kLog));
  TRY(check_parent(options));
  Criu criu = TRY(Criu::start(context, {TRY(null_streams()), {}, {}, {}}));
  criu::Options sent = TRY(dump_options(record, options, directories));
  TRY(criu.check_options(sent));
  TRY(check_features(criu, sent, options));
  const StreamNames streams = TRY(read_streams_of(record.init.pid));
  std::copy_if(streams.begin(), streams.end(), std::back_inserter(sent.external), is_file_name);
  if (!options.pre_dump) TRY(save_streams(directories.images, streams));

  const criu::Kind kind = options.pre_dump ? criu::Kind::kPreDump : criu::Kind::kDump;
  const auto on_notify = [&](const criu::Response& stage, std::vector<UniqueFd>&) -> Status {
    if (stage.notify != "status-ready" || options.status_fd < 0) return {};
    return sys::write_all(FdRef(options.status_fd), std::string_view("", 1));
  };
  // It may take minutes, with lazy pages as long as somebody else likes: the other calls are not to
  // wait for that. `delete --force` ends CRIU, too.
  entry.unlock();
  const criu::Response response = TRY(criu.perform({kind, sent, {}, false, {}}, on_notify));
  if (!response.success) return criu_error(kind, response, directories);
  if (options.leave_running || options.pre_dump) return {};
  // An engine that has seen the end of the container may have removed it.
  if (auto locked = entry.lock(); !locked)
    return locked.error().code == Code::kNotFound ? Status() : std::move(locked);
  return remove_container(context, store, entry, record);
}

}  // namespace oci::runtime
