// Logs that a service keeps: syslog(3) and journald, each by datagrams to its socket.
#pragma once

#include <string>
#include <string_view>

#include "oci/fd.h"
#include "oci/result.h"

namespace ocirun {

class LogService {
 public:
  enum class Kind { kSyslog, kJournald };
  // `identifier` is what the lines are found by. Error: nobody listens.
  static oci::Result<LogService> connect(Kind kind, std::string identifier);
  void write(std::string_view level, std::string_view text, const oci::Error* details) const;

 private:
  LogService(Kind kind, std::string identifier, oci::UniqueFd socket)
      : kind_(kind), identifier_(std::move(identifier)), socket_(std::move(socket)) {}
  Kind kind_;
  std::string identifier_;
  oci::UniqueFd socket_;
};

// RFC 3164, section 4.1, as local programs say it: no host name.
std::string syslog_datagram(std::string_view level, std::string_view identifier, long pid,
                            std::string_view time, std::string_view text);
// systemd's "Native Journal Protocol". `details` adds the fields ERRNO, OCI_CODE, OCI_WHERE and
// OCI_STEP that it has.
std::string journal_datagram(std::string_view level, std::string_view identifier,
                             std::string_view text, const oci::Error* details);

}  // namespace ocirun
