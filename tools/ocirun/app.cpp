#include "tools/ocirun/app.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

#include "oci/version.h"
#include "tools/ocirun/go_text.h"
#include "tools/ocirun/help.h"
#include "tools/ocirun/output.h"

namespace ocirun {
namespace {

constexpr std::string_view kLogFormats[] = {"text", "json"};
constexpr std::string_view kLogLevels[] = {"error", "warning", "info", "debug"};
constexpr std::string_view kCgroupManagers[] = {"cgroupfs", "systemd", "disabled"};
constexpr std::string_view kRootlessModes[] = {"true", "false", "auto"};

constexpr std::array kGlobalFlags{
    Flag{"debug", "", FlagType::kBool, "write debug messages to the log"},
    Flag{"log", "", kFile,
         "where errors and messages go instead of standard error: [file:]FILE, syslog:ID or "
         "journald:ID"},
    Flag{"log-format", "", {"FORMAT", kLogFormats}, "form of the log", "\"text\""},
    Flag{"log-level", "", {"LEVEL", kLogLevels}, "least level to log"},
    Flag{"root", "", kDirectory, "directory for the state of containers, best on a tmpfs",
         "\"/run/ocirun\""},
    Flag{"criu", "", kFile, "accepted for old callers, without effect", "", true},
    Flag{"systemd-cgroup", "", FlagType::kBool,
         "let systemd make the cgroups; cgroupsPath then has the form \"slice:prefix:name\""},
    Flag{"cgroup-manager", "", {"NAME", kCgroupManagers}, "who makes the cgroups", "\"cgroupfs\""},
    Flag{
        "rootless", "", {"MODE", kRootlessModes}, "go on where cgroups cannot be made", "\"auto\""},
    Flag{"help", "h", FlagType::kBool, "show help"},
    Flag{"version", "v", FlagType::kBool, "print the version"},
};

constexpr Value kHelpOperands[] = {{FlagType::kString, "command", Offer::kCommands}};

constexpr Flag kHelpFlag{"help", "h", FlagType::kBool, "show help", "", true};

oci::Error bad_argument(std::string text, std::string where) {
  return oci::Error{oci::Code::kInvalidArgument, std::move(text), 0, std::move(where), {}};
}

// Opens the log as the global flags say. What goes wrong is reported on standard error.
oci::Status set_up_log(const FlagValues& global, Log& log) {
  const std::string& level = global.text("log-level");
  if (global.on("debug") || !level.empty())
    if (auto status = log.set_level(global.on("debug") ? "debug" : level); !status) return status;
  if (auto status = log.set_format(global.text("log-format")); !status) return status;
  const std::string& path = global.text("log");
  if (path.empty()) return {};
  return log.open(path);
}

int finish(Log& log, const oci::Status& status) {
  if (status) return 0;
  log.error(status.error());
  return 1;
}

// The help of what was misused goes to standard output, the error to the log.
int usage_error(Log& log, const std::string& headline, const std::string& help,
                const oci::Error& error) {
  const oci::Status printed = print("Incorrect Usage" + headline + "\n\n" + help);
  if (!printed) log.error(printed.error());
  log.error(error);
  return 1;
}

int unknown_command(Log& log, const std::string& name) {
  constexpr int kUnknownCommand = 3;
  // The newline is part of the text in runc's logs.
  log.error(bad_argument("No help topic for '" + name + "'\n", name));
  return kUnknownCommand;
}

// In the place of a peer it finds the containers that are there. Empty: it is called otherwise.
std::string peer_root(const Program& program) {
  const bool crun = program.name == "crun";
  if (!crun && program.name != "runc") return {};
  const char* own = std::getenv("XDG_RUNTIME_DIR");
  // crun takes it for root, too.
  const bool use_own = own != nullptr && *own != 0 && (crun || ::geteuid() != 0);
  return (use_own ? std::string(own) : "/run") + "/" + program.name;
}

std::string help_text(const Program& program) {
  auto flags = kGlobalFlags;
  const std::string root = quote(peer_root(program));
  for (Flag& flag : flags)
    if (flag.name == "root" && root.size() > 2) flag.default_text = root;
  return program_help(program, flags);
}

oci::Result<std::string> state_root(const Program& program, const FlagValues& global) {
  if (!global.is_set("root")) return peer_root(program);
  const std::string& given = global.text("root");
  std::string cwd;
  if (!given.starts_with('/')) {
    char* current = ::getcwd(nullptr, 0);
    if (current == nullptr) return path_error("getwd", ".", errno);
    cwd = current;
    std::free(current);
  }
  std::string root = absolute_path(given, cwd);
  if (root == "/") return bad_argument("Option --root argument should not be set to /", "--root");
  return root;
}

oci::Result<oci::CgroupManager> cgroup_manager(const FlagValues& global) {
  const std::string& name = global.text("cgroup-manager");
  if (name == "systemd") return oci::CgroupManager::kSystemd;
  if (name == "disabled") return oci::CgroupManager::kDisabled;
  if (!name.empty() && name != "cgroupfs")
    return bad_argument("unknown cgroup manager " + quote(name), "--cgroup-manager");
  return global.on("systemd-cgroup") ? oci::CgroupManager::kSystemd : oci::CgroupManager::kCgroupfs;
}

oci::Result<oci::Rootless> rootless(const FlagValues& global) {
  const std::string& text = global.text("rootless");
  if (text.empty() || text == "auto") return oci::Rootless::kAuto;
  const std::optional<bool> value = parse_bool(text);
  if (!value)
    return bad_argument(number_error_text("ParseBool", text, NumberError::kSyntax), "--rootless");
  return *value ? oci::Rootless::kYes : oci::Rootless::kNo;
}

// The flags of a command and --help, which every command has.
std::vector<Flag> flags_with_help(const Command& command) {
  std::vector<Flag> flags(command.flags.begin(), command.flags.end());
  flags.push_back(kHelpFlag);
  return flags;
}

int run_command(const Program& program, const Command& command, Log& log, FlagValues global,
                std::vector<std::string> words) {
  auto line = parse_line(flags_with_help(command), std::move(words), command.order);
  if (!line)
    return usage_error(log, ": " + line.error().text, command_help(program, command), line.error());
  if (line->flags.on("help")) return finish(log, print(command_help(program, command)));
  if (const auto status = check_arguments(program, command, line->arguments.size()); !status)
    return usage_error(log, ".", command_help(program, command), status.error());
  ParsedLine parsed = line.take();
  Invocation call{program,
                  command,
                  log,
                  std::move(global),
                  std::move(parsed.flags),
                  std::move(parsed.arguments)};
  return command.run(call);
}

int run_help(Invocation& call) {
  if (call.arguments.empty()) return finish(call.log, print(help_text(call.program)));
  const Command* command = find_command(call.arguments[0]);
  if (command == nullptr) return unknown_command(call.log, call.arguments[0]);
  return finish(call.log, print(command_help(call.program, *command)));
}

}  // namespace

constinit const Command kHelp{
    .name = "help",
    .summary = "list the commands, or show the help of one",
    .synopsis = "[command]",
    .description = "The same as the option --help of the command.",
    .operands = kHelpOperands,
    .max_arguments = kNoLimit,
    .run = run_help,
};

std::span<const Flag> global_flags() { return kGlobalFlags; }

int Invocation::fail(oci::Error error, std::string_view prefix, int code) {
  error.text.insert(0, prefix);
  log.error(error);
  return code;
}

oci::Result<oci::Runtime> Invocation::open_runtime(bool strict) {
  oci::RuntimeOptions options;
  auto root = state_root(program, global);
  if (!root) return root.error();
  auto manager = cgroup_manager(global);
  if (!manager) return manager.error();
  const auto mode = rootless(global);
  if (!mode && strict) return mode.error();
  options.root = root.take();
  options.cgroup_manager = *manager;
  options.rootless = mode ? *mode : oci::Rootless::kAuto;
  options.title = program.path;
  options.log = [this](oci::LogLevel level, std::string_view text) { log.message(level, text); };
  return oci::Runtime::open(std::move(options));
}

oci::Result<oci::CheckOptions> Invocation::check_options() const {
  oci::CheckOptions options;
  auto manager = cgroup_manager(global);
  if (!manager) return manager.error();
  const auto mode = rootless(global);
  if (!mode) return mode.error();
  options.cgroup_manager = *manager;
  options.rootless = *mode;
  options.bundle = flags.text("bundle");
  options.no_pivot = flags.on("no-pivot");
  return options;
}

int run_tool(const Program& program, std::vector<std::string> words) {
  Log log;
  auto line = parse_line(kGlobalFlags, std::move(words), FlagOrder::kBeforeArguments);
  if (!line) return usage_error(log, ". " + line.error().text, help_text(program), line.error());
  ParsedLine parsed = line.take();
  const FlagValues& global = parsed.flags;
  if (global.on("help")) return finish(log, print(help_text(program)));
  if (global.on("version")) return finish(log, print(version_text(program)));
  if (auto status = set_up_log(global, log); !status) return finish(log, status);
  // Refused whatever the command, so that no later one works on "/" by chance.
  if (auto root = state_root(program, global); !root) return finish(log, root.error());
  if (global.is_set("criu")) log.message(oci::LogLevel::kWarning, "--criu has no effect");
  std::vector<std::string> rest = std::move(parsed.arguments);
  if (rest.empty() || rest.front().empty()) return finish(log, print(help_text(program)));
  const Command* command = find_command(rest.front());
  if (command == nullptr) return unknown_command(log, rest.front());
  rest.erase(rest.begin());
  return run_command(program, *command, log, std::move(parsed.flags), std::move(rest));
}

}  // namespace ocirun
