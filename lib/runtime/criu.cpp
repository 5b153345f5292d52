#include "lib/runtime/criu.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "lib/base/text.h"
#include "lib/base/try.h"
#include "lib/plan/init_plan_builder.h"
#include "lib/runtime/exec.h"
#include "lib/sys/error.h"
#include "lib/sys/file.h"
#include "lib/sys/process.h"
#include "lib/sys/socket.h"
#include "lib/words/namespaces.h"

extern char** environ;

namespace oci::runtime {
namespace {

constexpr int kSocketFd = kCriuExtraFd - 1;
constexpr int kOldestVersion = 30000;
constexpr int kLsmVersion = 31600;
constexpr int kNetworkLockVersion = 31700, kNetworkLockSkipVersion = 40000;
constexpr std::size_t kMaxPacket = std::size_t{1} << 20;
constexpr int kLastWords = 5000;  // milliseconds
constexpr const char* kVersionCheck = "CRIU version check failed";

Result<std::string> find_criu() {
  const char* path = ::getenv("PATH");
  for (std::string_view rest = path != nullptr ? path : ""; !rest.empty();) {
    std::string file(base::take_until(rest, ':'));
    file += "/criu";
    struct stat st;
    if (file.starts_with('/') && ::stat(file.c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
        ::access(file.c_str(), X_OK) == 0)
      return file;
  }
  return Error{
      Code::kUnsupported,
      "exec: \"criu\": executable file not found in $PATH (it comes with the package criu)",
      ENOENT,
      "criu",
      {}};
}

void add_private_root(plan::Builder& b, const CriuStart& with) {
  auto& own = b.add(plan::Op::kPropagation, "making a mount namespace for CRIU");
  own.n0 = MS_SLAVE;
  own.flags = plan::kRecursive;
  const plan::Slot tree = b.new_slot();
  const plan::Ref from = b.str(with.root), to = b.str(with.root_at);
  auto& open = b.add(plan::Op::kOpenTree, "mounting the root file system for CRIU");
  open.dst = tree;
  open.s0 = from;
  open.flags = plan::kRecursive;
  auto& apart = b.add(plan::Op::kPropagation, "mounting the root file system for CRIU");
  apart.src = tree;
  apart.n0 = MS_PRIVATE;
  apart.flags = plan::kRecursive;
  const plan::Slot root = b.new_slot();
  const plan::Ref slash = b.str("/");
  auto& look = b.add(plan::Op::kOpenPath);
  look.dst = root;
  look.s0 = slash;
  look.n0 = O_PATH | O_DIRECTORY;
  auto& attach = b.add(plan::Op::kAttach, "mounting the root file system for CRIU");
  attach.aux = tree;
  attach.src = root;
  attach.s1 = to;
}

plan::Plan criu_plan(const std::string& program, const CriuStart& with,
                     const std::vector<plan::Slot>& slots, plan::Builder b) {
  plan::Plan plan;
  auto& clone = b.add(plan::Op::kClone, "starting CRIU");
  if (!with.root.empty()) clone.n0 = words::kNewMount;
  if (!with.root.empty()) add_private_root(b, with);
  b.add(plan::Op::kSetpgid);
  const plan::Ref root = b.str("/");
  b.add(plan::Op::kChdir).s0 = root;
  // First everything is closed at execve; what is duplicated afterwards stays open.
  b.add(plan::Op::kCloseFds).n0 = 3;
  const std::size_t streams = with.streams.size();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    auto& step = b.add(plan::Op::kDup, "passing descriptors to CRIU");
    step.src = slots[i];
    step.n0 = i < streams ? i : i - streams + static_cast<std::size_t>(kSocketFd);
  }
  spec::Strings env;
  for (char** e = environ; *e != nullptr; ++e) env.emplace_back(*e);
  const plan::Ref args = b.list({"criu", "swrk", std::to_string(kSocketFd)});
  const plan::Ref variables = b.list(env), path = b.str(program);
  auto& step = b.add(plan::Op::kExec, "fork/exec " + program);
  step.list = args;
  step.s1 = variables;
  step.s0 = path;
  plan.notes = b.take_notes();
  plan.init = b.finish();
  return plan;
}

std::string version_text(int version) {
  std::string text = std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100);
  if (version % 100 != 0) text += "." + std::to_string(version % 100);
  return text;
}

}  // namespace

Result<Criu> Criu::start(const Context& context, CriuStart with) {
  const std::string program = TRY_CTX(kVersionCheck, find_criu());
  auto pair = TRY(sys::make_seqpacket_pair());
  plan::Builder builder;
  std::vector<plan::Slot> slots;
  std::vector<OpenedFd> given;
  const auto give = [&](UniqueFd fd) {
    slots.push_back(builder.new_slot());
    given.push_back({slots.back(), std::move(fd)});
  };
  for (UniqueFd& fd : with.streams) give(std::move(fd));
  give(std::move(pair.second));
  for (UniqueFd& fd : with.extra) give(std::move(fd));
  const plan::Plan plan = criu_plan(program, with, slots, std::move(builder));
  Launched launched = TRY(execute(context, plan, std::move(given)));
  Criu criu(std::move(launched.child), std::move(pair.first));
  criu.version_ =
      TRY_CTX(kVersionCheck, criu.ask({criu::Kind::kVersion, {}, {}, true, {}})).version;
  TRY(criu.need_version(kOldestVersion, "this"));
  return criu;
}

Status Criu::need_version(int version, std::string_view what) const {
  if (version_ >= version) return {};
  return Error{Code::kUnsupported,
               std::string(what) + " needs CRIU " + version_text(version) + " or later, this is " +
                   version_text(version_),
               0,
               "criu",
               {}};
}

Result<UniqueFd> Criu::reopen_directory(FdRef directory) const {
  const std::string path = TRY(sys::read_link("/proc/self/fd/" + std::to_string(directory.get())));
  UniqueFd found = TRY(
      sys::open("/proc/" + std::to_string(child_.pid()) + "/root" + path, O_RDONLY | O_DIRECTORY));
  struct stat here, there;
  if (::fstat(directory.get(), &here) < 0 || ::fstat(found.get(), &there) < 0)
    return sys::last_error("fstat", path);
  if (here.st_dev != there.st_dev || here.st_ino != there.st_ino)
    return sys::call_error("open", path, ESTALE);
  return found;
}

Status Criu::check_options(const criu::Options& options) const {
  if (!options.lsm_profile.empty()) TRY(need_version(kLsmVersion, "--lsm-profile"));
  if (!options.lsm_mount_context.empty()) TRY(need_version(kLsmVersion, "--lsm-mount-context"));
  if (!options.network_lock) return {};
  return need_version(*options.network_lock == criu::NetworkLock::kSkip ? kNetworkLockSkipVersion
                                                                        : kNetworkLockVersion,
                      "--network-lock");
}

Status Criu::watch(FdRef pidfd) {
  watched_ = TRY(sys::duplicate(pidfd));
  return {};
}

Status Criu::wait_answer() const {
  pollfd p[] = {{socket_.get(), POLLIN, 0}, {watched_.get(), POLLIN, 0}};
  int n;
  do n = ::poll(p, 2, -1);
  while (n < 0 && errno == EINTR);
  if (n < 0) return sys::last_error("poll", "");
  if (p[0].revents != 0) return {};
  // It has ended, as even one may that was restored well: CRIU has its say.
  do n = ::poll(p, 1, kLastWords);
  while (n < 0 && errno == EINTR);
  if (n != 0) return {};
  return Error{Code::kNotRunning, "criu: the process it was making has been killed", 0, {}, {}};
}

Result<criu::Response> Criu::receive(std::vector<UniqueFd>& descriptors) {
  TRY(wait_answer());
  std::string buffer(kMaxPacket, '\0');
  auto message = TRY_CTX("criu", sys::receive_message(socket_, buffer));
  if (message.size == 0)
    return Error{Code::kSystem, "criu: it has ended without an answer", 0, {}, {}};
  descriptors = std::move(message.fds);
  return criu::decode_response(std::string_view(buffer).substr(0, message.size));
}

Result<criu::Response> Criu::ask(const criu::Request& request) {
  std::vector<UniqueFd> none;
  TRY_CTX("criu", sys::send_message(socket_, criu::encode(request)));
  auto response = TRY(receive(none));
  if (response.kind == request.kind && response.success) return response;
  return Error{
      Code::kSystem,
      "criu: " + std::string(criu::kind_name(request.kind)) + " failed " + response.error_text,
      response.error_number,
      {},
      {}};
}

Result<criu::Features> Criu::check_features(const criu::Options& options, criu::Features wanted) {
  return TRY_CTX("CRIU feature check failed",
                 ask({criu::Kind::kFeatureCheck, options, {}, true, wanted}))
      .features;
}

Status Criu::finish() {
  socket_.reset();
  const UniqueFd pidfd = child_.commit();
  (void)TRY(sys::reap(pidfd));
  return {};
}

Result<criu::Response> Criu::perform(const criu::Request& request, const OnNotify& on_notify) {
  TRY_CTX("criu", sys::send_message(socket_, criu::encode(request)));
  Status wanted;
  for (;;) {
    std::vector<UniqueFd> descriptors;
    auto received = receive(descriptors);
    if (!received && !wanted) return std::move(wanted).error();
    const criu::Response response = TRY(std::move(received));
    if (response.kind != criu::Kind::kNotify || !response.success) {
      if (!wanted) return std::move(wanted).error();
      // After a pre-dump it waits for the next one, which is another call's: the guard ends it.
      if (request.kind != criu::Kind::kPreDump) TRY(finish());
      return response;
    }
    if (wanted) wanted = on_notify(response, descriptors);
    TRY_CTX("criu", sys::send_message(
                        socket_, criu::encode({criu::Kind::kNotify, {}, wanted.ok(), false, {}})));
  }
}

}  // namespace oci::runtime
