#include "tests/bench/measure.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace oci::bench {
namespace {

// One memory file takes the errors of all runs.
int errors_fd() {
  static const int fd = ::memfd_create("errors", MFD_CLOEXEC);
  return fd;
}

const posix_spawn_file_actions_t& streams() {
  static const posix_spawn_file_actions_t actions = [] {
    posix_spawn_file_actions_t made;
    ::posix_spawn_file_actions_init(&made);
    ::posix_spawn_file_actions_addopen(&made, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&made, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&made, errors_fd(), 2);
    return made;
  }();
  return actions;
}

std::string last_errors() {
  std::string text(4096, '\0');
  const ssize_t n = ::pread(errors_fd(), text.data(), text.size(), 0);
  text.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return text;
}

}  // namespace

double now_ms() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double, std::milli>(now).count();
}

Run run(const Words& argv) {
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  if (::ftruncate(errors_fd(), 0) != 0) throw std::runtime_error("ftruncate failed");
  ::lseek(errors_fd(), 0, SEEK_SET);
  const auto& actions = streams();
  pid_t pid = 0;
  int status = 0;
  const double begun = now_ms();
  if (::posix_spawn(&pid, words[0], &actions, nullptr, words.data(), environ) != 0)
    throw std::runtime_error("cannot start " + argv[0]);
  if (::waitpid(pid, &status, 0) != pid) throw std::runtime_error("waitpid failed");
  Run result;
  result.ms = now_ms() - begun;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  if (result.code != 0) result.errors = last_errors();
  return result;
}

double timed(const Words& argv) {
  const Run result = run(argv);
  if (result.code != 0)
    throw std::runtime_error(joined(argv) + ": exit code " + std::to_string(result.code) + ": " +
                             result.errors);
  return result.ms;
}

void wait_for_end(pid_t pid) {
  if (::waitpid(pid, nullptr, 0) != pid)
    throw std::runtime_error("process " + std::to_string(pid) + " is not ours to wait for");
}

long resident_kb(pid_t pid) {
  std::istringstream status(read_text("/proc/" + std::to_string(pid) + "/status"));
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
  throw std::runtime_error("no VmRSS of process " + std::to_string(pid));
}

std::string read_text(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::trunc);
  out << text << std::flush;
  if (!out) throw std::runtime_error("cannot write " + path);
}

std::string joined(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Summary summary(std::vector<double> values) {
  Summary result;
  result.n = values.size();
  if (values.empty()) return result;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  result.median =
      values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  result.p90 = values[std::min(values.size() - 1, values.size() * 9 / 10)];
  result.least = values.front();
  return result;
}

}  // namespace oci::bench
