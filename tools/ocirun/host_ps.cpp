#include "tools/ocirun/host_ps.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "oci/fd.h"
#include "tools/ocirun/go_text.h"

namespace ocirun {
namespace {

// Column `index` of a line in columns of spaces; empty where the line ends before.
std::string_view column(std::string_view line, std::size_t index) {
  constexpr std::string_view kSpaces = " \t\r\v\f";
  for (;; --index) {
    line.remove_prefix(std::min(line.find_first_not_of(kSpaces), line.size()));
    const std::size_t end = std::min(line.find_first_of(kSpaces), line.size());
    if (index == 0 || line.empty()) return line.substr(0, end);
    line.remove_prefix(end);
  }
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

oci::Error error(oci::Code code, std::string text, int number = 0) {
  return oci::Error{code, std::move(text), number, "ps", {}};
}

oci::Result<pid_t> spawn_ps(const std::vector<std::string>& arguments, int output) {
  std::vector<char*> argv{const_cast<char*>("ps")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  if (const int failed = ::posix_spawn_file_actions_init(&actions))
    return path_error("spawn", "ps", failed);
  pid_t pid = -1;
  int failed = ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  if (failed == 0) failed = ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  if (failed == 0) failed = ::posix_spawnp(&pid, "ps", &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failed == ENOENT)
    return error(oci::Code::kSystem, "exec: \"ps\": executable file not found in $PATH", failed);
  if (failed != 0) return path_error("spawn", "ps", failed);
  return pid;
}

std::string read_all(int fd) {
  std::string out;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(count));
  }
}

}  // namespace

oci::Result<std::string> run_ps(const std::vector<std::string>& arguments) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return path_error("pipe2", "ps", errno);
  const oci::UniqueFd read_end(ends[0]);
  oci::UniqueFd write_end(ends[1]);
  const auto pid = spawn_ps(arguments, write_end.get());
  if (!pid) return pid.error();
  write_end.reset();
  std::string output = read_all(read_end.get());
  int status = 0;
  while (::waitpid(*pid, &status, 0) < 0) {
    if (errno == ECHILD)
      break;  // whoever called us ignores SIGCHLD: there is no status, only the output
    if (errno != EINTR) return path_error("waitpid", "ps", errno);
  }
  if (WIFSIGNALED(status))
    return error(oci::Code::kSystem, "signal " + std::to_string(WTERMSIG(status)) + ": " + output);
  if (WEXITSTATUS(status) != 0)
    return error(oci::Code::kSystem,
                 "exit status " + std::to_string(WEXITSTATUS(status)) + ": " + output);
  return output;
}

oci::Result<std::string> filter_ps(std::string_view output, const std::vector<pid_t>& pids) {
  const std::string_view header = take_line(output);
  std::size_t index = 0;
  while (column(header, index) != "PID")
    if (column(header, index++).empty())
      return error(oci::Code::kSystem, "couldn't find PID field in ps output");
  std::string out = std::string(header) + '\n';
  while (!output.empty()) {
    const std::string_view line = take_line(output);
    if (line.empty()) continue;
    const std::string_view word = column(line, index);
    const ParsedInt number = parse_int(word, 10);
    if (number.error)
      return error(oci::Code::kSystem,
                   "unable to parse pid: " + number_error_text("Atoi", word, *number.error));
    const bool ours =
        std::find(pids.begin(), pids.end(), static_cast<pid_t>(number.value)) != pids.end();
    if (ours) (out += line) += '\n';
  }
  return out;
}

}  // namespace ocirun
