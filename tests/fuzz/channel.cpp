// What a hostile process in init's place could say to the caller: packets of any bytes and sizes,
// with descriptors or without, at any time. Whatever it is, the caller comes to an end, names no
// step that is not there, and keeps no descriptor.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

#include "lib/runtime/serve.h"
#include "lib/sys/socket.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::Input;
using fuzz::require;

namespace {

constexpr std::size_t kMaxPackets = 12;

plan::Plan small_plan() {
  plan::Builder builder;
  for (const plan::Op op : {plan::Op::kClone, plan::Op::kFindProgram, plan::Op::kExec}) {
    plan::Step& step = builder.add(op, "subject", "/process/args");
    if (op != plan::Op::kExec) continue;
    step.list = builder.list({"true"});
    step.s1 = builder.list({});
  }
  plan::Plan plan;
  plan.notes = builder.take_notes();
  plan.init = builder.finish();
  return plan;
}

// Either any bytes or a report whose members are any.
std::string packet(Input& in) {
  if (in.byte() % 8 == 0) return std::string(in.text());
  plan::Report report{};
  report.kind = static_cast<plan::ReportKind>(in.byte() % 9);
  report.step =
      in.flag() ? static_cast<std::uint32_t>(in.below(4)) : static_cast<std::uint32_t>(in.edge());
  report.err = static_cast<std::int32_t>(in.number(in.flag() ? 1 : 4));
  report.value = static_cast<std::int64_t>(in.edge());
  const std::string_view note = in.text();
  std::memcpy(report.note, note.data(), std::min(note.size(), sizeof report.note));
  return {reinterpret_cast<const char*>(&report), sizeof report};
}

void say(int socket, std::string bytes, std::size_t descriptors) {
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 4)] = {};
  iovec part{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (descriptors > 0) {
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors);
    // Not the socket: what holds an end of the channel holds up its end.
    const int given[4] = {STDERR_FILENO, STDERR_FILENO, STDERR_FILENO, STDERR_FILENO};
    std::memcpy(CMSG_DATA(header), given, sizeof(int) * descriptors);
  }
  ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

// The lowest number that is free: what is kept moves it.
int lowest_free() {
  const int fd = ::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  ::close(fd);
  return fd;
}

void talk(Input& in) {
  static const plan::Plan plan = small_plan();
  int pair[2];
  require(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "there are sockets");
  const bool after_gate = in.flag();
  for (std::size_t i = 0; i < kMaxPackets && !in.empty(); ++i) {
    const std::size_t descriptors = in.below(5);
    say(pair[1], packet(in), in.flag() ? descriptors : 0);
  }
  ::close(pair[1]);
  runtime::Launched launched;
  launched.channel = UniqueFd(pair[0]);
  const runtime::Answers answers{[](plan::SyncPoint) { return Status(); },
                                 [](pid_t, FdRef) { return Status(); }};
  if (after_gate) {
    UniqueFd master;
    const auto executed =
        runtime::drain_until_executed(plan, launched, master, answers.on_listener);
    require(executed.ok() || !executed.error().text.empty(), "an error has words");
    return;
  }
  const auto served = runtime::serve(plan, launched, answers);
  require(served.ok() || !served.error().text.empty(), "an error has words");
}

}  // namespace

FUZZ_TARGET(channel) {
  Input in(bytes);
  const int before = lowest_free();
  talk(in);
  require(lowest_free() == before, "no descriptor is kept");
}
