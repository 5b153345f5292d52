#include "tools/ocirun/criu_flags.h"

namespace ocirun {
namespace {

oci::Error refused(std::string text, const char* flag) {
  return oci::Error{oci::Code::kInvalidArgument, std::move(text), 0, flag, {}};
}

}  // namespace

oci::Status fill_criu_options(const FlagValues& flags, oci::CriuOptions& options) {
  options.image_path = flags.text("image-path");
  if (options.image_path.empty()) options.image_path = "checkpoint";
  options.work_path = flags.text("work-path");
  options.tcp_established = flags.on("tcp-established");
  options.external_unix_sockets = flags.on("ext-unix-sk");
  options.shell_job = flags.on("shell-job");
  options.file_locks = flags.on("file-locks");
  options.auto_dedup = flags.on("auto-dedup");
  options.lazy_pages = flags.on("lazy-pages");
  const std::string& mode = flags.text("manage-cgroups-mode");
  using Mode = oci::CriuCgroups;
  constexpr Mode kModes[] = {Mode::kSoft, Mode::kFull, Mode::kStrict, Mode::kIgnore};
  for (std::size_t i = 0; i < std::size(kCgroupModes); ++i)
    if (mode == kCgroupModes[i]) options.cgroups = kModes[i];
  if (!mode.empty() && options.cgroups == Mode::kDefault)
    return refused("Invalid manage cgroups mode", "--manage-cgroups-mode");
  const std::string& lock = flags.text("network-lock");
  using Lock = oci::CriuNetworkLock;
  constexpr Lock kLocks[] = {Lock::kIptables, Lock::kNftables, Lock::kSkip};
  for (std::size_t i = 0; i < std::size(kNetworkLocks); ++i)
    if (lock == kNetworkLocks[i]) options.network_lock = kLocks[i];
  if (!lock.empty() && options.network_lock == Lock::kDefault)
    return refused("Invalid network lock method", "--network-lock");
  // A network namespace is always left to the engine: there is nothing more to choose.
  for (const std::string& name : flags.all("empty-ns"))
    if (name != "network")
      return refused("namespace \"" + name + "\" is not supported", "--empty-ns");
  return {};
}

}  // namespace ocirun
