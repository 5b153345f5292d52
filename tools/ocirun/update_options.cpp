#include "tools/ocirun/update_options.h"

#include <limits>

#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

oci::Error invalid(const char* flag, std::string_view why) {
  return {oci::Code::kInvalidArgument,
          std::string("invalid value for ") + flag + ": " + std::string(why),
          0,
          std::string("--") + flag,
          {}};
}

// Each answers false and keeps the error. An empty value is none.
class Reader {
 public:
  explicit Reader(const FlagValues& flags) : flags_(flags) {}

  bool number(const char* flag, std::optional<std::uint64_t>& out) {
    const std::string& text = flags_.text(flag);
    if (text.empty()) return true;
    const ParsedUint parsed = parse_uint(text);
    if (parsed.error) return fail(flag, number_error_text("ParseUint", text, *parsed.error));
    out = parsed.value;
    return true;
  }
  bool number(const char* flag, std::optional<std::int64_t>& out) {
    const std::string& text = flags_.text(flag);
    if (text.empty()) return true;
    const ParsedInt parsed = parse_int(text, 10);
    if (parsed.error) return fail(flag, number_error_text("ParseInt", text, *parsed.error));
    out = parsed.value;
    return true;
  }
  bool bytes(const char* flag, std::optional<std::int64_t>& out) {
    const std::string& text = flags_.text(flag);
    if (text.empty()) return true;
    const auto size = text == "-1" ? oci::Result<std::int64_t>(-1) : parse_size(text);
    if (!size) return fail(flag, size.error().text);
    out = *size;
    return true;
  }
  bool weight(const char* flag, std::optional<std::uint16_t>& out) {
    const int value = flags_.integer(flag);
    if (value == 0) return true;
    if (value < 0 || value > std::numeric_limits<std::uint16_t>::max())
      return fail(flag, "not in the range 10-1000");
    out = static_cast<std::uint16_t>(value);
    return true;
  }

  oci::Error error;

 private:
  bool fail(const char* flag, std::string_view why) {
    error = invalid(flag, why);
    return false;
  }
  const FlagValues& flags_;
};

}  // namespace

oci::Result<oci::spec::Resources> update_resources(const FlagValues& flags) {
  oci::spec::Resources out;
  oci::spec::Cpu& cpu = out.cpu.emplace();
  oci::spec::Memory& memory = out.memory.emplace();
  Reader read(flags);
  cpu.cpus = flags.text("cpuset-cpus");
  cpu.mems = flags.text("cpuset-mems");
  const bool good =
      read.weight("blkio-weight", out.block_io.emplace().weight) &&
      read.number("cpu-period", cpu.period) && read.number("cpu-rt-period", cpu.realtime_period) &&
      read.number("cpu-share", cpu.shares) && read.number("cpu-quota", cpu.quota) &&
      read.number("cpu-rt-runtime", cpu.realtime_runtime) && read.number("cpu-burst", cpu.burst) &&
      read.number("cpu-idle", cpu.idle) && read.bytes("memory", memory.limit) &&
      read.bytes("memory-swap", memory.swap) && read.bytes("kernel-memory", memory.kernel) &&
      read.bytes("kernel-memory-tcp", memory.kernel_tcp) &&
      read.bytes("memory-reservation", memory.reservation);
  if (!good) return read.error;
  if (flags.is_set("pids-limit")) out.pids = oci::spec::Pids{flags.integer("pids-limit")};
  return out;
}

}  // namespace ocirun
