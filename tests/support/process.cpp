#include "tests/support/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace oci::test {
namespace {

using Clock = std::chrono::steady_clock;

int memory_file(const std::string& content = {}) {
  const int fd = ::memfd_create("oci-test", MFD_CLOEXEC);
  if (fd < 0) throw std::runtime_error("memfd_create failed");
  if (!content.empty() && ::write(fd, content.data(), content.size()) < 0) ::abort();
  ::lseek(fd, 0, SEEK_SET);
  return fd;
}

std::string content_of(int fd) {
  std::string text;
  char buffer[65536];
  ssize_t n;
  while ((n = ::pread(fd, buffer, sizeof buffer, static_cast<off_t>(text.size()))) > 0)
    text.append(buffer, static_cast<std::size_t>(n));
  return text;
}

// The numbers of two descriptors may overlap: first out of the way, then into place.
void place_fds(std::vector<std::pair<int, int>> fds) {
  for (auto& [from, to] : fds) from = ::fcntl(from, F_DUPFD_CLOEXEC, 200);
  for (const auto& [from, to] : fds) ::dup2(from, to);
}

[[noreturn]] void become(const Command& command, int in, int out, int err) {
  auto fds = command.fds;
  for (const auto& [fd, number] : {std::pair{in, 0}, {out, 1}, {err, 2}}) {
    const auto same = [n = number](const auto& f) { return f.second == n; };
    if (std::none_of(fds.begin(), fds.end(), same)) fds.emplace_back(fd, number);
  }
  place_fds(std::move(fds));
  if (!command.cwd.empty() && ::chdir(command.cwd.c_str()) != 0) ::_exit(125);
  for (const std::string& e : command.env) {
    const auto equals = e.find('=');
    if (equals == std::string::npos)
      ::unsetenv(e.c_str());
    else
      ::setenv(e.substr(0, equals).c_str(), e.substr(equals + 1).c_str(), 1);
  }
  if (command.in_child) command.in_child();
  std::vector<char*> argv;
  for (const std::string& a : command.argv) argv.push_back(const_cast<char*>(a.c_str()));
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
  ::_exit(126);
}

}  // namespace

std::string Outcome::text() const {
  return "exit code " + std::to_string(code) + "\nstdout: " + out + "\nstderr: " + err;
}

Running::Running(const Command& command)
    : out_(memory_file()), err_(memory_file()), begun_(Clock::now()), timeout_(command.timeout) {
  const int in = memory_file(command.input);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) become(command, in, out_, err_);
  ::close(in);
}

Running::~Running() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(out_);
  ::close(err_);
}

std::string Running::out() const { return content_of(out_); }
std::string Running::err() const { return content_of(err_); }

Outcome Running::wait() {
  Outcome outcome;
  int status = 0;
  const auto ended = [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; };
  if (eventually(ended, timeout_)) {
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  } else {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, &status, 0);
    outcome.code = Outcome::kTimedOut;
  }
  pid_ = 0;
  outcome.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
  outcome.out = out();
  outcome.err = err();
  return outcome;
}

bool Running::wait_for(const std::string& text) {
  return eventually([&] { return contains(out(), text); });
}

bool eventually(const std::function<bool()>& condition, std::chrono::milliseconds timeout) {
  const auto end = Clock::now() + timeout;
  for (auto nap = std::chrono::microseconds(200);;
       nap = std::min(nap * 2, std::chrono::microseconds(10000))) {
    if (condition()) return true;
    if (Clock::now() > end) return false;
    std::this_thread::sleep_for(nap);
  }
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::vector<std::string> lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    all.push_back(line);
  }
  return all;
}

std::map<std::string, std::string> facts(const std::string& text) {
  std::map<std::string, std::string> all;
  for (const std::string& line : lines(text))
    if (const auto equals = line.find('='); equals != std::string::npos)
      all[line.substr(0, equals)] = line.substr(equals + 1);
  return all;
}

std::string read_file(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

void write_file(const std::string& path, const std::string& text, unsigned mode) {
  std::ofstream(path, std::ios::trunc) << text << std::flush;
  ::chmod(path.c_str(), mode);
}

}  // namespace oci::test
