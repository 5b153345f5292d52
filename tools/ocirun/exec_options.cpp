#include "tools/ocirun/exec_options.h"

#include <algorithm>
#include <limits>

#include "oci/parse.h"
#include "tools/ocirun/go_text.h"
#include "tools/ocirun/read_file.h"

namespace ocirun {
namespace {

oci::Error bad_id(std::string_view prefix, std::string_view function, std::string_view text,
                  NumberError error, std::string_view flag) {
  return {oci::Code::kInvalidArgument,
          std::string(prefix) + number_error_text(function, text, error),
          0,
          std::string(flag),
          {}};
}

// A uid or gid in digits. The largest 32-bit number means "leave it" to setresuid(2) and is no id.
std::optional<NumberError> parse_id(std::string_view text, std::uint32_t& id) {
  if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos)
    return NumberError::kSyntax;
  const ParsedInt number = parse_int(text, 10);
  if (number.error || number.value >= std::numeric_limits<std::uint32_t>::max())
    return NumberError::kRange;
  id = static_cast<std::uint32_t>(number.value);
  return std::nullopt;
}

oci::Status read_process(const std::string& path, oci::ExecOptions& options) {
  const auto document = read_file(path, oci::kMaxDocumentBytes);
  if (!document) return document.error();
  auto process = oci::parse_process(*document);
  if (!process) return process.error();
  options.process = process.take();
  return {};
}

}  // namespace

oci::Result<UserArgument> parse_user(std::string_view text) {
  UserArgument user;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    const std::string_view gid = text.substr(colon + 1);
    if (const auto problem = parse_id(gid, user.gid.emplace()))
      return bad_id("bad gid: ", "Atoi", gid, *problem, "--user");
  }
  const std::string_view uid = text.substr(0, colon);
  if (const auto problem = parse_id(uid, user.uid))
    return bad_id("bad uid: ", "Atoi", uid, *problem, "--user");
  return user;
}

oci::Result<oci::ExecOptions> exec_options(const FlagValues& flags) {
  oci::ExecOptions options;
  options.cwd = flags.text("cwd");
  options.env = flags.all("env");
  options.tty = flags.on("tty");
  options.capabilities = flags.all("cap");
  options.selinux_label = flags.text("process-label");
  options.apparmor_profile = flags.text("apparmor");
  options.cgroups = flags.all("cgroup");
  options.ignore_paused = flags.on("ignore-paused");
  options.detach = flags.on("detach");
  options.pid_file = flags.text("pid-file");
  options.console_socket = flags.text("console-socket");
  options.pidfd_socket = flags.text("pidfd-socket");
  options.preserve_fds = std::max(0, flags.integer("preserve-fds"));
  if (flags.is_set("no-new-privs")) options.no_new_privs = flags.on("no-new-privs");
  if (const std::string& user = flags.text("user"); !user.empty()) {
    const auto ids = parse_user(user);
    if (!ids) return ids.error();
    options.uid = ids->uid;
    options.gid = ids->gid;
  }
  for (const std::string& text : flags.all("additional-gids")) {
    std::uint32_t gid = 0;
    if (const auto problem = parse_id(text, gid))
      return bad_id("bad additional gid: ", "ParseInt", text, *problem, "--additional-gids");
    options.additional_gids.push_back(gid);
  }
  if (const std::string& path = flags.text("process"); !path.empty()) {
    const oci::Status status = read_process(path, options);
    if (!status) return status.error();
  }
  return options;
}

}  // namespace ocirun
