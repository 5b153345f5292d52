// The init plan: what oci-init carries out, as one flat, position-independent buffer.
//
// Shared by both worlds. Outside builds it (init_plan_builder.h) and prints it (print.h); inside
// validates its frame once and then only reads it. Layout: Header, then data (strings, lists), then
// Steps. A Ref is an offset from the start of the buffer and a length; every string is followed by
// a NUL that `len` does not count.
//
// Steps run strictly in order. Those before kClone run in stage 1: the caller's namespaces and
// rights, a tiny process of its own that shares nothing with the caller. kClone makes stage 2,
// which carries out the rest and becomes the container's process; stage 1 ends there.
//
// Slots are numbered places for descriptors. Some are filled from outside (Plan::fds), some by
// steps. Slot 0 means "none": paths are then looked up in the process's own root.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace oci::plan {

static_assert(std::endian::native == std::endian::little, "plans are little-endian");

inline constexpr std::uint32_t kMagic = 0x3249434f;  // "OCI2"
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kMaxSlots = 4096;
inline constexpr std::size_t kMaxInherited = 64;
using Slot = std::uint16_t;
inline constexpr Slot kNoSlot = 0;

// In the comments: root = slot of a directory that paths are resolved in (RESOLVE_IN_ROOT, no magic
// links).
enum class Op : std::uint16_t {
  kEnd,
  // ---- stage 1 (also valid later unless said otherwise)
  kOomScoreAdj,  // s0: decimal value; written to the caller's /proc/self/oom_score_adj
  kCgroupEnter,  // src: slot of an open v1 `tasks` or v2 `cgroup.procs` file; "0" is written to it
  kSetns,        // src: namespace file or pidfd; n0: CLONE_NEW* mask of what to join
  kTimeOffsets,  // s0: lines for /proc/self/timens_offsets; unshares the time namespace first
  kOpenTree,  // dst; src: dir slot or 0; s0: path; flags kRecursive, kNoFollow. Detached clone of a
              // mount
  kOpenPath,  // dst; src: dir slot or 0; s0: path; n0: open flags (O_CLOEXEC is added)
  kIdMap,     // src: mount slot, attached nowhere yet; aux: user namespace that has the map. flags
              // kRecursive, kCopySymlink, kRelease
  kClone,  // n0: CLONE_NEW* flags, but for those made while the plan was compiled; src: cgroup v2
           // directory to be born in, or 0
  // ---- stage 2
  kSync,        // n0: SyncPoint; tells the outside and waits for its word
  kUnshare,     // n0: CLONE_NEW* flags
  kBecomeRoot,  // setgroups(0) unless flags kNoSetgroups, setresgid(0), setresuid(0): after the id
                // maps are written
  kLoopbackUp,
  kPropagation,  // src: mount slot, 0 = "/"; n0: MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE;
                 // flags kRecursive
  kOpenRoot,     // dst: root; s0: host path of the rootfs. Clones it recursively and attaches the
                 // clone over it
  kFsMount,  // (stage 1 too) dst: detached mount; s0: type; list: key, value pairs (empty value =
             // flag); n0: MOUNT_ATTR_*; flags kModeFromTarget: src + s1 name the target whose mode
             // becomes `mode=` (else 0755)
  kMountAttr,  // src: mount slot; n0: attr_set; n1: attr_clr; flags kRecursive
  kAttach,  // aux: mount slot; src: root; s1: target path. The target is made if missing (directory
            // or file, like the mount's root). flags kNoSymlinks (target must be a real directory,
            // all the way), kAllowInProc (may lie inside procfs), kKeep (leave the mount slot
            // open), kNoFollow (last component)
  kRemount,  // src: root; s1: path of a mount point; n0: attr_set; n1: attr_clr; list: key, value
             // pairs for its superblock, may be empty
  kDetachMount,  // src: root; s1: path of the directory that holds a mount point, without links;
                 // s0: its name there. Unmounts what is on top, lazily
  kCopyUp,  // aux: mount slot of an empty tmpfs; src: root; s1: target whose content is copied into
            // it
  kCheckDevice,  // src: slot; n0: S_IFCHR/S_IFBLK; n1: rdev. Error EINVAL if it is something else
  kMakeDir,   // src: root; s1: path; n0: mode. Missing parents 0755. An existing directory is fine
  kDevNode,   // src: root; s1: path; n0: mode with type; n1: rdev; n2: uid | gid << 32. Existing:
              // must be the same device
  kSymlink,   // src: root; s0: target text; s1: path. An existing entry is left alone
  kMaskPath,  // src: root; s1: path; aux: slot of a detached clone of the null device. Missing is
              // fine
  kReadonlyPath,  // src: root; s1: path. Missing is fine
  kPivotRoot,     // src: root mount
  kMoveRoot,  // src: root mount; --no-pivot: MS_MOVE and chroot, after /proc and /sys of the host
              // are detached
  kChroot,    // src: root directory
  kConsole,   // dst: slave; src: root; aux: devpts mount slot or 0; n0: rows | columns << 16; n2:
             // owner uid; flags kBindConsole: bind the slave over /dev/console. Sends the master to
             // the outside
  kSetsid,          // a session of its own
  kControllingTty,  // src: slave. TIOCSCTTY, then 0, 1, 2 become it
  kDup,             // src: slot; n0: descriptor number
  kHostname,        // s0
  kDomainname,      // s0
  kKeyring,         // s0: name of the session keyring to join
  kOpenProc,        // dst: a private, detached procfs of this pid namespace
  kSysctl,          // src: procfs slot; s1: path below it ("sys/net/..."); s0: value
  kLsmAttr,  // src: procfs slot; list: candidate paths below it, the first that exists is used; s0:
             // value
  kRlimit,   // flags: RLIMIT_*; n0: soft; n1: hard; n2: 1 = only raises the hard limit if it is
             // lower
  kScheduler,     // s0: struct sched_attr
  kIoPriority,    // n0: ioprio value
  kMemoryPolicy,  // n0: mode with flags; s0: node mask of u64 words; n1: maxnode
  kPersonality,   // n0
  kAffinity,      // s0: CPU mask bytes; empty: all CPUs of the cgroup. flags kIgnoreErrors
  kUmask,         // n0
  kChdir,  // s0. Verified to lie inside the root. flags kIgnoreErrors: EACCES and EPERM are left
           // for the next one
  kStdioOwner,    // n0: uid. fchown of 0, 1, 2 where runc does it (never /dev/null)
  kStdioNull,     // src: root. 0, 1, 2 that are the host's null device become the container's
                  // (dev/null in root)
  kSetIds,        // n0: uid; n1: gid; s0: u32 supplementary gids; flags kNoSetgroups
  kKeepCaps,      // n0: 1 keep capabilities over setuid, 0 not
  kBoundingCaps,  // n0: mask to keep
  kCaps,          // n0: effective; n1: permitted; n2: inheritable
  kAmbientCaps,   // n0: mask; what the kernel refuses is reported as a warning
  kNoNewPrivs,
  kSeccomp,  // s0: struct sock_filter array; flags: SECCOMP_FILTER_FLAG_*; with NEW_LISTENER the fd
             // is sent out
  kFindProgram,  // list: args; s0: value of PATH. Resolves args[0]; remembered for kExec
  kCloseFds,     // n0: first descriptor; everything from there gets close-on-exec
  kGate,  // waits for a word on the channel; then, with src, for one from that FIFO. aux: FIFO slot
          // for a later error
  kSetpgid,  // a process group of its own
  kExec,  // list: args; s1: list of environment; s0: program path, empty: what kFindProgram found
  kDumpable,  // n0: 1 = a caller without rights may write this process's id maps, 0 = nobody may
              // look
  kHome,  // src: root or 0; n0: uid. HOME of that user in the root's etc/passwd, "/" if unknown;
          // kExec adds it last
  kCount
};

enum StepFlag : std::uint32_t {
  kRecursive = 1u << 0,
  kNoFollow = 1u << 1,
  kNoSymlinks = 1u << 2,
  kAllowInProc = 1u << 3,
  kKeep = 1u << 4,
  kModeFromTarget = 1u << 5,
  kNoSetgroups = 1u << 6,
  kIgnoreErrors = 1u << 7,
  kBindConsole = 1u << 8,
  kRaiseEffective =
      1u << 9,          // kCaps: effective becomes all that is permitted; n0, n1, n2 do not count
  kRelease = 1u << 10,  // kPropagation: the src slot is closed afterwards, its number may be used
                        // again. kIdMap: the aux slot
  kNoLinks = 1u << 12,      // kAttach: no link on the way to the target, whatever it is
  kCopySymlink = 1u << 11,  // kOpenTree: what is a symlink stays one, dst is the link itself.
                            // kMountAttr, kPropagation, kIdMap: nothing to do for a link. kAttach:
                            // makes the same link at the target
};

// Where init stops for the outside. The outside knows from the plan what to do at each.
enum class SyncPoint : std::uint32_t {
  kMaps,   // the id maps must be written
  kHooks,  // namespaces and mounts stand, the root is not yet changed: prestart, createRuntime,
           // createContainer
  kCount
};

struct Ref {
  std::uint32_t off, len;
};

struct Step {
  Op op;
  Slot dst, src, aux;
  std::uint32_t flags, reserved;
  std::uint64_t n0, n1, n2;
  Ref s0, s1;  // len in bytes; for kExec s1 is a list
  Ref list;    // len counts Refs
};
static_assert(sizeof(Step) == 64 && alignof(Step) == 8);

struct Header {
  std::uint32_t magic, version, total;
  std::uint32_t step_off, step_count;
  std::uint32_t fail_step;  // crash drills: 1 + the step that fails with EIO; 0 = none
  // Both filled in at launch: where the descriptors go that come with the plan, in their order.
  std::uint32_t inherited_count, reserved;
  std::array<Slot, kMaxInherited> inherited;
};
static_assert(sizeof(Header) % 8 == 0);

// OCI_INIT=<channel>, decimal: all that init is told when it is executed. The channel is a
// SOCK_SEQPACKET. First come any number of orders for namespaces, which are made at once, while the
// caller still compiles; then one for the plan, with its sealed file and the inherited descriptors.
inline constexpr std::string_view kInitVariable = "OCI_INIT=";
struct Order {
  std::uint64_t namespaces;  // CLONE_NEW*
  std::uint64_t plan_size;   // 0: no plan yet
};

// What init says on the channel (SOCK_SEQPACKET, one Report a packet).
enum class ReportKind : std::uint32_t { kPid, kSync, kFd, kReady, kWarning, kError };
enum class FdPurpose : std::uint32_t { kConsoleMaster, kSeccompListener };

struct Report {
  ReportKind kind;
  std::uint32_t step;  // index into the plan
  std::int32_t err;    // errno
  std::uint32_t reserved;
  std::int64_t value;  // kPid: pid; kSync: SyncPoint; kFd: FdPurpose; kWarning: detail
  char note[64];       // the failed call, NUL-terminated
};
static_assert(sizeof(Report) == 88);

// Read-only view. open() checks the frame, every op and every Ref; afterwards nothing can go out of
// bounds.
class View {
 public:
  bool open(std::span<const std::byte> buffer) noexcept {
    if (buffer.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(buffer.data()) % 8 != 0)
      return false;
    const auto* h = reinterpret_cast<const Header*>(buffer.data());
    if (h->magic != kMagic || h->version != kVersion || h->total != buffer.size()) return false;
    if (h->step_off % 8 != 0 || h->inherited_count > h->inherited.size()) return false;
    if (!inside(h->step_off, std::uint64_t{h->step_count} * sizeof(Step), buffer.size()))
      return false;
    buffer_ = buffer;
    for (const Slot inherited : header().inherited)
      if (inherited >= kMaxSlots) return false;
    for (const Step& s : steps()) {
      if (s.op >= Op::kCount || s.dst >= kMaxSlots || s.src >= kMaxSlots || s.aux >= kMaxSlots)
        return false;
      if (!string_ok(s.s0) || !list_ok(s.list)) return false;
      if (s.op == Op::kExec ? !list_ok(s.s1) : !string_ok(s.s1)) return false;
    }
    return true;
  }
  const Header& header() const noexcept { return *reinterpret_cast<const Header*>(buffer_.data()); }
  std::span<const Step> steps() const noexcept {
    return {reinterpret_cast<const Step*>(buffer_.data() + header().step_off), header().step_count};
  }
  const char* c_str(Ref r) const noexcept {
    return reinterpret_cast<const char*>(buffer_.data() + r.off);
  }
  std::string_view str(Ref r) const noexcept { return {c_str(r), r.len}; }
  std::span<const Ref> list(Ref r) const noexcept {
    return {reinterpret_cast<const Ref*>(buffer_.data() + r.off), r.len};
  }

 private:
  static constexpr bool inside(std::uint64_t off, std::uint64_t n, std::uint64_t total) {
    return off <= total && n <= total - off;
  }
  bool string_ok(Ref r) const noexcept {
    return inside(r.off, std::uint64_t{r.len} + 1, buffer_.size()) &&
           buffer_[r.off + r.len] == std::byte{0};
  }
  bool list_ok(Ref r) const noexcept {
    if (r.len == 0) return true;
    if (r.off % 4 != 0 || !inside(r.off, std::uint64_t{r.len} * sizeof(Ref), buffer_.size()))
      return false;
    for (Ref e : list(r))
      if (!string_ok(e)) return false;
    return true;
  }
  std::span<const std::byte> buffer_;
};

}  // namespace oci::plan
