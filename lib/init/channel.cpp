// What init is told and what it says: one packet with the plan, then reports, one a packet.
#include "lib/init/init.h"

namespace oci::init {
namespace {

constexpr int kNoSignal = 0x4000, kCloexecFds = 0x40000000;
constexpr int kTruncated = 0x20 | 0x8;  // MSG_TRUNC, MSG_CTRUNC

struct IoVec {
  const void* base;
  std::size_t size;
};
struct MsgHdr {
  void* name;
  unsigned name_size;
  IoVec* iov;
  std::size_t iov_count;
  void* control;
  std::size_t control_size;
  int flags;
};
template <std::size_t kFds>
struct Control {
  std::size_t size = 16 + kFds * sizeof(int);
  int level = 1, type = 1;  // SOL_SOCKET, SCM_RIGHTS
  std::array<int, kFds> fds{};
};

// A standard stream that the caller had closed must not become a slot: the steps that set the
// streams up would overwrite it. The channel fills the gap; it closes itself at execve.
void fill_streams() noexcept {
  constexpr int kGetFd = 1;
  for (int fd = 0; fd < 3; ++fd)
    if (raw(__NR_fcntl, fd, kGetFd) < 0) raw(__NR_dup3, g.channel, fd, O_CLOEXEC);
}

using Fds = Control<plan::kMaxInherited + 2>;

bool receive(plan::Order& order, Fds& control) noexcept {
  IoVec iov{&order, sizeof order};
  MsgHdr message{nullptr, 0, &iov, 1, &control, sizeof control, 0};
  Res n;
  do n = Res{raw(__NR_recvmsg, g.channel, word(&message), kCloexecFds)};
  while (n.err() == 4);
  const bool has_fds = message.control_size >= 16;
  return n.v == sizeof order && (message.flags & kTruncated) == 0 &&
         has_fds == (order.plan_size != 0);
}

bool take_plan(const plan::Order& order, const Fds& control) noexcept {
  const std::size_t count = (control.size - 16) / sizeof(int);
  const Res map{raw(__NR_mmap, 0, static_cast<long>(order.plan_size), 1 /* PROT_READ */,
                    2 /* MAP_PRIVATE */, control.fds[0], 0)};
  call::close(control.fds[0]);
  if (!map.ok() || !g.plan.open({reinterpret_cast<const std::byte*>(map.v), order.plan_size}))
    return false;
  const plan::Header& header = g.plan.header();
  if (header.inherited_count + 1 != count) return false;
  for (std::size_t i = 1; i < count; ++i) set_slot(header.inherited[i - 1], control.fds[i]);
  return true;
}

}  // namespace

bool receive_plan() noexcept {
  fill_streams();
  for (;;) {
    plan::Order order{};
    Fds control;
    if (!receive(order, control)) return false;
    if (order.plan_size != 0) return take_plan(order, control);
    // What cannot be made now is left to kClone, which has words for it.
    if (raw(__NR_unshare, static_cast<long>(order.namespaces)) < 0)
      g.unmade_namespaces |= order.namespaces;
  }
}

int send(plan::ReportKind kind, std::int64_t value, int err, int fd) noexcept {
  plan::Report report{kind, g.step, err, 0, value, {}};
  for (std::size_t i = 0; i + 1 < sizeof report.note && g.note[i] != 0; ++i)
    report.note[i] = g.note[i];
  if (g.channel < 0) {
    return g.report < 0 ? 0 : call::write(g.report, &report, sizeof report).err();
  }
  IoVec iov{&report, sizeof report};
  Control<1> control;
  control.fds[0] = fd;
  MsgHdr message{nullptr, 0, &iov, 1, nullptr, 0, 0};
  if (fd >= 0) {
    message.control = &control;
    message.control_size = control.size;
  }
  return Res{raw(__NR_sendmsg, g.channel, word(&message), kNoSignal)}.err();
}

int wait_word(int fd) noexcept {
  constexpr int kBrokenPipe = 32;
  char c = 0;
  Res n;
  do n = call::read(fd, &c, 1);
  while (n.err() == 4);
  return n.v == 0 ? kBrokenPipe : n.err();
}

}  // namespace oci::init
