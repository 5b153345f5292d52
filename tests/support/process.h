// Runs a program as a user of it would: own streams, a time limit, what came out of it.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace oci::test {

struct Outcome {
  int code = -1;  // exit code; 128 + signal; kTimedOut
  std::string out, err;
  std::chrono::milliseconds took{};

  static constexpr int kTimedOut = -2;
  bool ok() const { return code == 0; }
  // For messages: everything that is known.
  std::string text() const;
};

struct Command {
  std::vector<std::string> argv;
  std::vector<std::string> env = {};  // beside the caller's own; "NAME" alone removes it
  std::string input = {};
  std::string cwd = {};
  std::vector<std::pair<int, int>> fds = {};  // (caller's descriptor, number in the program)
  std::chrono::milliseconds timeout = std::chrono::seconds(20);
  std::function<void()> in_child = {};  // right before the program starts
};

// A program that runs. Its streams are memory files: whoever inherits them holds nobody up.
class Running {
 public:
  explicit Running(const Command& command);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();  // SIGKILL, unless it has ended
  pid_t pid() const { return pid_; }
  std::string out() const;  // what has been written up to now
  std::string err() const;
  Outcome wait();                          // or kill, when the time is over
  bool wait_for(const std::string& text);  // until `text` is in its output

 private:
  pid_t pid_ = 0;
  int out_ = -1, err_ = -1;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::milliseconds timeout_;
};

inline Outcome run(const Command& command) { return Running(command).wait(); }

// Tries `condition` until it holds or the time is over.
bool eventually(const std::function<bool()>& condition,
                std::chrono::milliseconds timeout = std::chrono::seconds(5));

bool contains(std::string_view text, std::string_view part);
std::vector<std::string> lines(const std::string& text);
// key=value lines, as the probe prints them.
std::map<std::string, std::string> facts(const std::string& text);

std::string read_file(const std::string& path);  // empty where it cannot be read
void write_file(const std::string& path, const std::string& text, unsigned mode = 0644);

}  // namespace oci::test
