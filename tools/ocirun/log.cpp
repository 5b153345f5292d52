#include "tools/ocirun/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <ctime>

#include "tools/ocirun/go_text.h"
#include "tools/ocirun/json_out.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

// Descriptors from 3 on are the caller's to hand over (--preserve-fds, LISTEN_FDS): the log keeps
// clear of them.
constexpr int kFirstLogFd = 512;

std::string_view level_name(oci::LogLevel level) {
  switch (level) {
    case oci::LogLevel::kDebug: return "debug";
    case oci::LogLevel::kInfo: return "info";
    case oci::LogLevel::kWarning: return "warning";
  }
  return "info";
}

int level_color(std::string_view level) {
  if (level == "error") return 31;
  if (level == "warning") return 33;
  return level == "info" ? 36 : 37;
}

// In the order of their weight.
constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warning", "error"};
constexpr int kInfo = 1, kError = 3;

int weight_of(std::string_view level) {
  return static_cast<int>(std::find(kLevels.begin(), kLevels.end(), level) - kLevels.begin());
}

bool needs_quotes(std::string_view text) {
  return text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/@^+") !=
         std::string_view::npos;
}

std::string now_rfc3339() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  char text[64];
  std::string out(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &local));
  if (local.tm_gmtoff == 0) return out + 'Z';
  const long minutes = std::abs(local.tm_gmtoff) / 60;
  std::snprintf(text, sizeof text, "%c%02ld:%02ld", local.tm_gmtoff < 0 ? '-' : '+', minutes / 60,
                minutes % 60);
  return out + text;
}

}  // namespace

std::string text_line(std::string_view level, std::string_view message, std::string_view time) {
  std::string out = "time=" + quote(time) + " level=";
  out.append(level).append(" msg=");
  if (needs_quotes(message))
    out += quote(message);
  else
    out += message;
  return out += '\n';
}

std::string json_line(std::string_view level, std::string_view message, std::string_view time,
                      const oci::Error* details) {
  std::string out;
  JsonObject object(out);
  object.member("level", level);
  object.member("msg", message);
  object.member("time", time);
  if (details != nullptr) {
    object.member("code", oci::code_name(details->code));
    if (!details->where.empty()) object.member("where", details->where);
    if (!details->step.empty()) object.member("step", details->step);
    if (details->sys_errno != 0) object.member("errno", std::int64_t{details->sys_errno});
  }
  object.end();
  return out += '\n';
}

std::string terminal_line(std::string_view level, std::string_view message, long seconds) {
  std::string name(level.substr(0, 4));
  for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
  if (message.ends_with('\n')) message.remove_suffix(1);
  char count[32];
  std::snprintf(count, sizeof count, "[%04ld] ", seconds);
  std::string out = "\x1b[" + std::to_string(level_color(level)) + "m" + name + "\x1b[0m" + count;
  constexpr std::size_t kMessageWidth = 44;
  out += message;
  out.append(kMessageWidth - std::min(kMessageWidth, rune_count(message)), ' ');
  return out += " \n";
}

oci::Status Log::set_format(std::string_view name) {
  if (name == "json") {
    format_ = LogFormat::kJson;
  } else if (!name.empty() && name != "text") {
    return oci::Error{oci::Code::kInvalidArgument,
                      "invalid log-format: " + std::string(name),
                      0,
                      "--log-format",
                      {}};
  }
  return {};
}

oci::Status Log::set_level(std::string_view name) {
  const int weight = weight_of(name);
  if (weight > kError)
    return oci::Error{
        oci::Code::kInvalidArgument, "unknown log level " + quote(name), 0, "--log-level", {}};
  level_ = weight;
  return {};
}

oci::Status Log::open(const std::string& where) {
  using Kind = LogService::Kind;
  const std::string_view given = where;
  for (const auto& [prefix, kind] :
       {std::pair<std::string_view, Kind>{"syslog:", Kind::kSyslog},
        std::pair<std::string_view, Kind>{"journald:", Kind::kJournald}}) {
    if (!given.starts_with(prefix)) continue;
    auto service = LogService::connect(kind, std::string(given.substr(prefix.size())));
    if (!service) return service.error();
    service_.emplace(service.take());
    return {};
  }
  constexpr std::string_view kFile = "file:";
  return open_file(given.starts_with(kFile) ? where.substr(kFile.size()) : where);
}

oci::Status Log::open_file(const std::string& path) {
  oci::UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_SYNC | O_CLOEXEC | O_NOCTTY, 0644));
  if (!fd) return path_error("open", path, errno);
  // Fails where RLIMIT_NOFILE is that low; the lower number then stays.
  if (const int high = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, kFirstLogFd); high >= 0)
    fd = oci::UniqueFd(high);
  file_ = std::move(fd);
  return {};
}

void Log::write(std::string_view level, std::string_view text, const oci::Error* details) {
  if (service_) return service_->write(level, text, details);
  const int fd = file_ ? file_.get() : STDERR_FILENO;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_);
  std::string line;
  if (format_ == LogFormat::kJson)
    line = json_line(level, text, now_rfc3339(), details);
  else if (::isatty(fd) == 1)
    line = terminal_line(level, text, static_cast<long>(seconds.count()));
  else
    line = text_line(level, text, now_rfc3339());
  // Nobody is left to tell when the log itself cannot be written.
  (void)write_all(fd, line);
}

void Log::error(const oci::Error& error) {
  write("error", error.text, &error);
  if (!file_ && !service_) return;
  std::string bare = error.text;
  if (!bare.ends_with('\n')) bare += '\n';
  (void)write_all(STDERR_FILENO, bare);
}

void Log::message(oci::LogLevel level, std::string_view text) {
  const int least = level_ ? *level_ : format_ == LogFormat::kJson && !service_ ? kError : kInfo;
  if (weight_of(level_name(level)) < least) return;
  write(level_name(level), text, nullptr);
}

}  // namespace ocirun
