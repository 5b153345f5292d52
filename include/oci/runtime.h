// Containers: create, start, exec, kill, delete and the rest of a container's life.
//
// A Runtime is a state root (a directory such as /run/ocirun). A container is `<root>/<id>` in it:
// the record that was written before anything of the container existed, kept true afterwards, and
// all that any later call needs. Every call opens the record anew, so several processes, and
// several threads with their own or the same Runtime, may work on one root: calls that change a
// container take a lock on it. No call changes the calling process (working directory, signal
// dispositions, mask, umask, credentials, environment), except run_foreground() as it says. A
// caller killed at any instant leaves at most what the record names; remove(id, {.force = true})
// ends it. Spec: runtime.md#operations
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/fd.h"
#include "oci/result.h"
#include "oci/spec.h"
#include "oci/stats.h"

namespace [[gnu::visibility("default")]] oci {

enum class CgroupManager { kCgroupfs, kSystemd, kDisabled };
enum class Rootless { kAuto, kYes, kNo };

// Messages that are not errors ("warning", "debug"). May be called from the calling thread only.
enum class LogLevel { kDebug, kInfo, kWarning };
using LogSink = std::function<void(LogLevel, std::string_view)>;

struct RuntimeOptions {
  std::string root;  // state root; empty: default_root()
  CgroupManager cgroup_manager = CgroupManager::kCgroupfs;
  Rootless rootless = Rootless::kAuto;
  // What ps(1) shows for the waiting init: `<title> init`.
  std::string title = "ocirun";
  LogSink log;  // may be empty
};

// /run/ocirun, or $XDG_RUNTIME_DIR/ocirun for an unprivileged caller.
std::string default_root();

enum class ContainerStatus { kCreating, kCreated, kRunning, kPaused, kStopped };
std::string_view status_name(ContainerStatus status) noexcept;

// Spec: runtime.md#state, and what `list` shows.
struct ContainerInfo {
  std::string oci_version;
  std::string id;
  pid_t pid = 0;  // 0 when stopped
  ContainerStatus status = ContainerStatus::kStopped;
  std::string bundle;   // absolute
  std::string rootfs;   // absolute
  std::string created;  // RFC 3339 with nanoseconds, UTC
  spec::StringMap annotations;
  uid_t owner = 0;  // owner of the container's state directory
};

struct ListedContainer {
  std::string id;
  Result<ContainerInfo> info;  // an Error for a record that cannot be read
};

// How a process of a container ended.
struct ExitStatus {
  bool signaled = false;
  int value = 0;  // exit code, or the signal's number
  // What a shell reports: the exit code, or 128 + signal.
  int shell_code() const noexcept { return signaled ? 128 + value : value; }
};

// Descriptors of the new process. -1: the caller's own 0, 1 or 2.
struct Stdio {
  int in = -1, out = -1, err = -1;
};

struct CreateOptions {
  std::string bundle;          // directory; empty: the working directory
  std::string pid_file;        // path relative to the caller's working directory; empty: none
  std::string console_socket;  // path relative to the bundle; needs process.terminal
  std::string pidfd_socket;    // receives the init's pidfd; empty: none
  bool no_pivot = false;
  bool no_new_keyring = false;
  int preserve_fds = 0;  // pass 3 .. 2+N on; each must be open
  int listen_fds = 0;    // pass 3 .. 2+N on and set LISTEN_FDS=N, LISTEN_PID=1; before preserve_fds
  std::string notify_socket;  // host path of a sd_notify socket to proxy; empty: none
  Stdio stdio;
  // Use this instead of `<bundle>/config.json`.
  std::optional<spec::Spec> spec;
};

struct StartOptions {
  // Host path of the sd_notify socket to tell when the container is ready; create() must have been
  // given one too. start() then returns when the container has said READY=1, or has ended. Empty:
  // do not wait.
  std::string notify_socket;
};

struct RunOptions : CreateOptions {
  bool detach = false;
  bool keep = false;  // leave the stopped container for a later remove()
  bool no_subreaper = false;
};

struct ExecOptions {
  std::optional<spec::Process>
      process;  // complete process document; the fields below then do not count
  spec::Strings args;
  std::string cwd;    // empty: the container's
  spec::Strings env;  // added to the container's
  bool tty = false;   // with `process`: or-ed to its terminal
  std::optional<std::uint32_t> uid, gid;
  std::vector<std::uint32_t> additional_gids;
  spec::Strings capabilities;  // added to bounding, effective, permitted; never inheritable
  std::optional<bool> no_new_privs;
  std::string selinux_label, apparmor_profile;
  spec::Strings cgroups;  // [controller,...:]path below the container's cgroup
  bool ignore_paused = false;
  bool detach = false;
  std::string pid_file, console_socket, pidfd_socket;
  int preserve_fds = 0;
  Stdio stdio;
};

// Whose cgroups CRIU saves and makes again. kDefault: CRIU's own way, which is kSoft.
enum class CriuCgroups { kDefault, kSoft, kFull, kStrict, kIgnore };

// What holds up packets to established TCP connections while they are saved. kDefault: CRIU's own
// choice. kSkip: nothing, for callers who see to it themselves (CRIU 4.0).
enum class CriuNetworkLock { kDefault, kIptables, kNftables, kSkip };

// What checkpoint() and restore() have in common. Paths are relative to the caller's working
// directory.
struct CriuOptions {
  std::string image_path;              // directory of the images; must not be empty
  std::string work_path;               // directory of CRIU's log and statistics; empty: image_path
  bool tcp_established = false;        // also established TCP connections
  bool external_unix_sockets = false;  // also unix sockets whose other end is outside
  bool shell_job = false;              // the session or terminal is somebody else's
  bool file_locks = false;             // also file locks
  bool auto_dedup = false;             // free what a later image holds, too
  bool lazy_pages = false;             // memory moves when it is touched first (userfaultfd)
  CriuCgroups cgroups = CriuCgroups::kDefault;
  CriuNetworkLock network_lock = CriuNetworkLock::kDefault;
};

struct CheckpointOptions : CriuOptions {
  std::string parent_path;          // images of an earlier pre-dump, relative to image_path
  bool leave_running = false;       // the container goes on; otherwise it is removed
  bool pre_dump = false;            // memory alone; the container goes on
  bool tcp_skip_in_flight = false;  // leave out connections that are not accepted yet
  bool link_remap = false;          // also deleted files that have other names
  std::string page_server_address;  // who takes the memory pages; empty: the image directory
  int page_server_port = 0;
  int status_fd = -1;  // gets a NUL byte when the pages of lazy_pages can be asked for
};

struct RestoreOptions : CriuOptions {
  std::string bundle;          // directory; empty: the working directory
  std::string pid_file;        // empty: none
  std::string console_socket;  // path relative to the bundle; needs process.terminal and detach
  bool detach = false;
  bool no_subreaper = false;
  bool tcp_close = false;         // established TCP connections of the images come back closed
  std::string lsm_profile;        // TYPE:NAME instead of the profile it had
  std::string lsm_mount_context;  // instead of the SELinux context its mounts had
  Stdio stdio;
};

struct RemoveOptions {
  bool force = false;  // kill first; a container that does not exist is no error then
};

// A started exec process.
struct ExecResult {
  pid_t pid = 0;
  std::optional<ExitStatus> exit;  // set unless detached
};

class Runtime {
 public:
  // Errors: kInvalidArgument (root is "/" or not the caller's), kSystem. Does not make the root
  // yet.
  static Result<Runtime> open(RuntimeOptions options);
  Runtime(Runtime&&) noexcept;
  Runtime& operator=(Runtime&&) noexcept;
  ~Runtime();

  // Makes the container and returns when its init waits at the start gate. Leaves nothing on error.
  // Spec: runtime.md#create. Errors: kInvalidConfig, kAlreadyExists, kHook, kExec, kCgroup,
  // kOutOfMemory, kUnsupported, kPermission, kSystem.
  Status create(std::string_view id, const CreateOptions& options);
  // Runs the user's program. Spec: runtime.md#start. Errors: kNotFound, kWrongState, kHook.
  Status start(std::string_view id, const StartOptions& options = {});
  // create, start and, unless detached, wait and remove. In the foreground the calling process
  // becomes a subreaper, its terminal is made raw, its signals are forwarded until the container
  // ends.
  Result<ExitStatus> run(std::string_view id, const RunOptions& options);
  // Runs one more process in the container. Not detached: proxies as run() does.
  Result<ExecResult> exec(std::string_view id, const ExecOptions& options);
  // Spec: runtime.md#kill. `all` makes a dead container no error. Errors: kNotFound, kNotRunning.
  Status kill(std::string_view id, int signal, bool all = false);
  // Spec: runtime.md#delete. Errors: kNotFound, kWrongState.
  Status remove(std::string_view id, const RemoveOptions& options = {});
  Result<ContainerInfo> state(std::string_view id) const;
  // Sorted by id. A missing root is an empty list if it is the default one, else an error.
  Result<std::vector<ListedContainer>> list() const;
  Status pause(std::string_view id);
  Status resume(std::string_view id);
  // Host pids of all processes in the container's cgroup.
  Result<std::vector<pid_t>> processes(std::string_view id) const;
  // Changes limits of a created, running or paused container. Values that are absent (or 0, where
  // the spec takes 0 for unset) stay as they are; device rules are never changed. All or nothing:
  // when one value is refused, those written before get their old ones back (a warning tells if
  // that fails), and the record keeps what it had. Spec: config-linux.md#control-groups Errors:
  // kNotFound, kNotRunning, kInvalidConfig, kCgroup (`where` is the value's JSON pointer).
  Status update(std::string_view id, const spec::Resources& resources);
  // Mounts something into a created, running or paused container, as `mounts` of a config.json
  // would, in order. Sources are the caller's; no symlink in the container is followed, and
  // targets that are missing are made. All or nothing. Not for cgroups, `tmpcopyup`,
  // `copy-symlink` and `remount`.
  // Errors: kNotFound, kNotRunning, kInvalidConfig, kUnsupported, kSystem.
  Status add_mounts(std::string_view id, const std::vector<spec::Mount>& mounts);
  // Unmounts what is on top at each destination, the last of them first. What came before a failure
  // stays unmounted. Errors: kNotFound, kNotRunning, kInvalidConfig, kUnsupported, kSystem.
  Status remove_mounts(std::string_view id, const std::vector<spec::Mount>& mounts);
  // Saves the processes of a running or paused container into images, by CRIU (a program of its
  // own, found on PATH), and removes the container unless options say that it goes on. On error it
  // goes on as well. The files behind its standard streams are named in `descriptors.json` beside
  // the images. Errors: kNotFound, kWrongState, kInvalidArgument, kUnsupported (no CRIU, or an old
  // one; no root), kPermission, kSystem (text with CRIU's last words and the path of its log).
  Status checkpoint(std::string_view id, const CheckpointOptions& options);
  // Makes the container of the bundle anew, its processes as the images have them. Images are not
  // trusted with what the container is: id, mounts' sources, cgroup and hooks are the bundle's.
  // Hooks: prestart and createRuntime when its namespaces stand, poststart when it runs. Unless
  // detached, waits and removes as run() does, with the same effects on the calling process. Leaves
  // nothing on error. Errors as of create() and checkpoint().
  Result<ExitStatus> restore(std::string_view id, const RestoreOptions& options);
  // What the container's cgroup has used by now. Errors: kNotFound, kNotRunning, kSystem.
  Result<Stats> stats(std::string_view id) const;
  // Errors: kNotFound, kNotRunning, kSystem.
  Result<EventStream> events(std::string_view id) const;
  // Blocks until the container's init has ended. The exit status is known only to the init's parent
  // (the process that created it, or the subreaper it was re-parented to); others get an empty one.
  Result<std::optional<ExitStatus>> wait(std::string_view id) const;

 private:
  struct Impl;
  explicit Runtime(std::unique_ptr<Impl> impl) noexcept;
  std::unique_ptr<Impl> impl_;
};

}  // namespace oci
