#include "tools/ocirun/log_service.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <ctime>

#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

constexpr const char* kSyslogSocket = "/dev/log";
constexpr const char* kJournalSocket = "/run/systemd/journal/socket";

int priority_of(std::string_view level) {
  if (level == "error") return 3;
  if (level == "warning") return 4;
  return level == "info" ? 6 : 7;
}

// A value with a newline follows its size instead of an equals sign.
void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name);
  if (value.find('\n') == std::string_view::npos) {
    out.append("=").append(value).append("\n");
    return;
  }
  out += '\n';
  for (unsigned byte = 0; byte < 8; ++byte)
    out += static_cast<char>(static_cast<std::uint64_t>(value.size()) >> (8 * byte) & 0xff);
  out.append(value).append("\n");
}

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%b %e %H:%M:%S", &local)};
}

}  // namespace

std::string syslog_datagram(std::string_view level, std::string_view identifier, long pid,
                            std::string_view time, std::string_view text) {
  constexpr int kUser = 1 << 3;
  std::string out = "<" + std::to_string(kUser | priority_of(level)) + ">";
  out.append(time).append(" ").append(identifier);
  return out.append("[").append(std::to_string(pid)).append("]: ").append(text);
}

std::string journal_datagram(std::string_view level, std::string_view identifier,
                             std::string_view text, const oci::Error* details) {
  std::string out;
  add_field(out, "MESSAGE", text);
  add_field(out, "PRIORITY", std::to_string(priority_of(level)));
  add_field(out, "SYSLOG_IDENTIFIER", identifier);
  if (details == nullptr) return out;
  add_field(out, "OCI_CODE", oci::code_name(details->code));
  if (!details->where.empty()) add_field(out, "OCI_WHERE", details->where);
  if (!details->step.empty()) add_field(out, "OCI_STEP", details->step);
  if (details->sys_errno != 0) add_field(out, "ERRNO", std::to_string(details->sys_errno));
  return out;
}

oci::Result<LogService> LogService::connect(Kind kind, std::string identifier) {
  const char* path = kind == Kind::kSyslog ? kSyslogSocket : kJournalSocket;
  oci::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, path);
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) {
    oci::Error error = path_error("connect", path, errno);
    error.where = "--log";
    return error;
  }
  return LogService(kind, std::move(identifier), std::move(socket));
}

void LogService::write(std::string_view level, std::string_view text,
                       const oci::Error* details) const {
  const std::string datagram =
      kind_ == Kind::kSyslog ? syslog_datagram(level, identifier_, ::getpid(), local_time(), text)
                             : journal_datagram(level, identifier_, text, details);
  // Nobody is left to tell when the log itself cannot be written.
  (void)::send(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL);
}

}  // namespace ocirun
