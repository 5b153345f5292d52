// What is said to `criu swrk` and what it answers: the messages of CRIU's rpc.proto, as far as
// checkpoint and restore use them. Each is one packet of a SOCK_SEQPACKET socket. Spec:
// criu.org/RPC
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oci/result.h"

namespace oci::criu {

enum class Kind : int {
  kEmpty = 0,
  kDump = 1,
  kRestore = 2,
  kPreDump = 4,
  kNotify = 6,
  kFeatureCheck = 9,
  kVersion = 10,
};
// As the protocol spells it: "DUMP".
std::string_view kind_name(Kind kind) noexcept;

enum class CgroupMode : int { kIgnore = 0, kSoft = 3, kFull = 4, kStrict = 5 };
enum class NetworkLock : int { kIptables = 1, kNftables = 2, kSkip = 3 };

struct PageServer {
  std::string address;
  int port = 0;
};
struct Pair {
  std::string key, value;
};
struct InheritedFd {
  std::string key;
  int fd = -1;  // in CRIU's process
};

// Absent members are left to CRIU's defaults.
struct Options {
  int images_dir_fd = -1;  // this and work_dir_fd: of the process that made the socket pair
  int work_dir_fd = -1;
  std::string log_file;
  std::string config_file;
  std::int32_t pid = 0;
  std::string root;
  std::string parent_images;
  bool track_memory = false;
  bool leave_running = false, external_unix_sockets = false, tcp_established = false;
  bool tcp_skip_in_flight = false, tcp_close = false, link_remap = false, shell_job = false,
       file_locks = false;
  bool auto_dedup = false, lazy_pages = false;
  bool evasive_devices = false, restore_as_sibling = false;
  std::optional<PageServer> page_server;
  std::optional<CgroupMode> cgroup_mode;
  std::optional<NetworkLock> network_lock;
  std::uint32_t empty_namespaces = 0;  // CLONE_NEW*
  std::string freeze_cgroup;           // path of a cgroup directory
  std::vector<Pair> external_mounts;   // dump: mount point and name; restore: name and source
  std::vector<Pair> cgroup_roots;      // controller, empty for all, and path
  std::vector<Pair> join_namespaces;   // type and file
  std::vector<std::string> external;   // "net[INODE]:NAME"
  std::vector<InheritedFd> inherited;
  std::string lsm_profile, lsm_mount_context;
};

struct Features {
  bool memory_tracking = false, lazy_pages = false;
};

struct Request {
  Kind kind = Kind::kEmpty;
  std::optional<Options> options;
  std::optional<bool> notify_success;
  bool keep_open = false;  // more requests follow
  std::optional<Features> features;
};
std::string encode(const Request& request);

struct Response {
  Kind kind = Kind::kEmpty;
  bool success = false;
  std::int32_t restored_pid = 0;
  std::string notify;  // kNotify: name of the stage
  std::int32_t notify_pid = 0;
  std::int32_t error_number = 0;
  std::string error_text;
  Features features;
  int version = 0;  // 10000 * major + 100 * minor + sublevel
};
Result<Response> decode_response(std::string_view packet);

}  // namespace oci::criu
