// oci-init: the inside world. One process, one plan, no libc, no heap, no exceptions.
//
// A handler carries out one step and answers 0 or an errno; `note(...)` names the call that failed.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "lib/plan/init_plan.h"
#include "lib/sys/call.h"

namespace oci::init {

using plan::Op;
using plan::Slot;
using plan::Step;
using sys::raw;
using sys::Res;
using sys::word;
namespace call = sys::call;

inline constexpr int kCwd = -100;  // AT_FDCWD
inline constexpr std::size_t kPathMax = 4096;

// All zero at the start: nothing runs before oci_init_main, and zeros cost no bytes in the image.
struct Context {
  plan::View plan;
  std::array<std::int32_t, plan::kMaxSlots> slots;  // descriptor + 1; 0 is "none"
  std::uint32_t step;
  int channel;  // SOCK_SEQPACKET to the outside, -1 once the gate was passed on disk
  int report;   // FIFO for errors after the gate, -1 for none
  const char* note;
  const char* title;                // how the runtime was called
  std::uint64_t unmade_namespaces;  // CLONE_NEW* that could not be made early
  int mask_tree;                    // descriptor + 1 of the tmpfs that masks directories
  bool root_shared;                 // the propagation of "/" is shared
  bool in_cwd;                      // the working directory was entered with the rights of root
  bool null_placed;                 // the null device's detached clone is attached somewhere
  char program[kPathMax];           // what kFindProgram found
  char home[kPathMax];              // "HOME=..." or empty
};
extern constinit Context g;

inline int slot(Slot s) noexcept { return g.slots[s] - 1; }
inline void set_slot(Slot s, int fd) noexcept { g.slots[s] = fd + 1; }
inline void drop_slot(Slot s) noexcept {
  if (g.slots[s] != 0) call::close(slot(s));
  g.slots[s] = 0;
}
// Directory of a step's path look-up: the slot, or the process's own root.
inline int dir(Slot s) noexcept { return s == plan::kNoSlot ? kCwd : slot(s); }
inline const char* text(plan::Ref r) noexcept { return g.plan.c_str(r); }

// Names the failed call and gives its errno.
inline int fail(const char* what, Res r) noexcept {
  g.note = what;
  return r.err();
}
inline int fail(const char* what, int err) noexcept {
  g.note = what;
  return err;
}

// Closes its descriptor at the end of a scope.
class Fd {
 public:
  explicit Fd(int fd) noexcept : fd_(fd) {}
  explicit Fd(Res r) noexcept : fd_(r.ok() ? r.fd() : -1) {}
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() {
    if (fd_ >= 0) call::close(fd_);
  }
  int get() const noexcept { return fd_; }
  int release() noexcept {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }

 private:
  int fd_;
};

#define OCI_INIT_TRY(name, expression)                                   \
  do {                                                                   \
    if (const ::oci::sys::Res init_try_ = (expression); !init_try_.ok()) \
      return ::oci::init::fail(name, init_try_);                         \
  } while (0)

// paths.cpp: the only resolver of container paths.
enum class Want { kDirectory, kFile };
// O_PATH descriptor of `path` below `root`, made if missing (parents 0755, file 0644). Negative
// errno on failure.
int open_or_make(int root, const char* path, Want want, unsigned mode) noexcept;
// Splits off the last component and opens (making if missing) what is before it. Negative errno on
// failure.
int open_parent(int root, const char* path, const char** name) noexcept;
bool on_procfs(int fd) noexcept;
unsigned type_of(int fd) noexcept;                         // S_IFMT bits, 0 on failure
std::uint64_t device_of(const struct statx& st) noexcept;  // as mknod(2) takes it

// The program's filter may refuse exit_group: a trap then ends the process, pid 1 of its namespace
// or not.
[[noreturn]] inline void quit(int code) noexcept {
  raw(__NR_exit_group, code);
  __builtin_trap();
}

void set_role(std::string_view role) noexcept;  // main.cpp
// channel.cpp
bool receive_plan() noexcept;  // false: none came, or it is not sound
int send(plan::ReportKind kind, std::int64_t value, int err, int fd = -1) noexcept;
int wait_word(int fd) noexcept;  // EPIPE at the end: nobody is left to say it

// messenger.cpp
int start_messenger() noexcept;
void alert_messenger() noexcept;       // the listener comes with one of the next system calls
void give_messenger(int fd) noexcept;  // here it is; no system call

// The handlers, by room.
int do_clone(const Step&) noexcept;
int do_mount_step(const Step&) noexcept;     // mounts.cpp
int do_copy_up(const Step&) noexcept;        // copy_up.cpp
int do_file_step(const Step&) noexcept;      // files.cpp
int do_root_step(const Step&) noexcept;      // root.cpp
int do_terminal_step(const Step&) noexcept;  // terminal.cpp
int do_identity_step(const Step&) noexcept;  // identity.cpp
int do_process_step(const Step&) noexcept;   // process.cpp
int do_program_step(const Step&) noexcept;   // program.cpp

}  // namespace oci::init
