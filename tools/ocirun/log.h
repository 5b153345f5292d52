// Errors and messages in logrus' text or JSON form, to standard error or to the file of --log.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "oci/fd.h"
#include "oci/result.h"
#include "oci/runtime.h"
#include "tools/ocirun/log_service.h"

namespace ocirun {

enum class LogFormat { kText, kJson };

// One line, with its newline. `time` is RFC 3339. `details` adds the keys code, where, step and
// errno that it has.
std::string text_line(std::string_view level, std::string_view message, std::string_view time);
std::string json_line(std::string_view level, std::string_view message, std::string_view time,
                      const oci::Error* details = nullptr);
// What a terminal gets instead of text_line(); `seconds` since the start.
std::string terminal_line(std::string_view level, std::string_view message, long seconds);

class Log {
 public:
  // "text", "json" or empty. Error: `invalid log-format: x`.
  oci::Status set_format(std::string_view name);
  // "error", "warning", "info" or "debug": nothing below it is written.
  oci::Status set_level(std::string_view name);
  // To `where` from now on: "syslog:IDENTIFIER", "journald:IDENTIFIER", or a file that is appended
  // to, "[file:]PATH". Error: `open PATH: ...`.
  oci::Status open(const std::string& where);

  // Writes the error to the log and, when that is not standard error, its bare text there, too.
  void error(const oci::Error& error);
  // Warnings and debug messages. Podman takes a JSON log for one object, so without a level it gets
  // errors only; other logs get no debug messages then.
  void message(oci::LogLevel level, std::string_view text);

 private:
  void write(std::string_view level, std::string_view text, const oci::Error* details);
  oci::Status open_file(const std::string& path);
  oci::UniqueFd file_;  // none: standard error
  std::optional<LogService> service_;
  LogFormat format_ = LogFormat::kText;
  std::optional<int> level_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ocirun
