// A running `criu swrk`: found on PATH, executed when it is needed, spoken to over a socket pair.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string_view>
#include <vector>

#include "lib/criu/rpc.h"
#include "lib/runtime/context.h"
#include "oci/fd.h"
#include "oci/result.h"

namespace oci::runtime {

// Where CRIU has the first of the descriptors it is given beside its streams; the others follow.
inline constexpr int kCriuExtraFd = 101;

// What CRIU is started with.
struct CriuStart {
  std::vector<UniqueFd> streams;  // its 0, 1 and 2; a restored program gets them
  std::vector<UniqueFd> extra;    // from kCriuExtraFd on
  // Both set: a private mount namespace, where `root` with all below it is mounted at `root_at`, an
  // existing directory. It is gone with CRIU, however that ends.
  std::string root, root_at;
};

class Criu {
 public:
  // Errors: kUnsupported where there is no CRIU, or one that is older than 3.0. `what`:
  // "checkpoint" or "restore", for the text.
  static Result<Criu> start(const Context& context, CriuStart with);

  pid_t pid() const noexcept { return child_.pid(); }
  // The same directory through the mounts that CRIU sees. It mounts in the directories it is given,
  // which the kernel allows only in its own mount namespace.
  Result<UniqueFd> reopen_directory(FdRef directory) const;
  // That it is at least `version` (31503 is 3.15.3), else kUnsupported: `WHAT needs CRIU ...`.
  Status need_version(int version, std::string_view what) const;
  // That it is new enough for what `options` ask for, else kUnsupported.
  Status check_options(const criu::Options& options) const;
  Result<criu::Features> check_features(const criu::Options& options, criu::Features wanted);

  // From within on_notify: the process that is being made. CRIU may wait for ever for one that was
  // killed; perform() then gives up.
  Status watch(FdRef pidfd);

  // Carries out a dump or a restore and waits for CRIU's end. `on_notify` is called at each stage;
  // its error makes CRIU give up, and is this function's error. `Response::success` tells the rest.
  using OnNotify =
      std::function<Status(const criu::Response& stage, std::vector<UniqueFd>& descriptors)>;
  Result<criu::Response> perform(const criu::Request& request, const OnNotify& on_notify);

 private:
  Criu(Child child, UniqueFd socket) : child_(std::move(child)), socket_(std::move(socket)) {}
  Result<criu::Response> receive(std::vector<UniqueFd>& descriptors);
  Result<criu::Response> ask(const criu::Request& request);
  Status wait_answer() const;
  Status finish();

  Child child_;
  UniqueFd socket_;
  UniqueFd watched_;
  int version_ = 0;
};

}  // namespace oci::runtime
