// Errors and messages in logrus' text or JSON form, to standard error or to the file of --log.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "oci/fd.h"
#include "oci/result.h"
#include "oci/runtime.h"

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
  void set_debug(bool on) { debug_ = on; }
  // Appends to `path` from now on. Error: `open PATH: ...`.
  oci::Status open(const std::string& path);

  // Writes the error to the log and, when that is a file, its bare text to standard error too.
  void error(const oci::Error& error);
  // Warnings and debug messages. Podman takes a JSON log for one object, so without --debug it gets
  // errors only.
  void message(oci::LogLevel level, std::string_view text);

 private:
  void write(std::string_view level, std::string_view text, const oci::Error* details);
  oci::UniqueFd file_;  // none: standard error
  LogFormat format_ = LogFormat::kText;
  bool debug_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace ocirun
