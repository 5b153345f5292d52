// A forked child of a test: killed and reaped at the end unless the test has done so.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <utility>

namespace oci::test {

class Child {
 public:
  // `body` runs in the child; its result is the exit code. It must not use Boost.Test.
  template <class F>
  explicit Child(F body) : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ == 0) ::_exit(body());
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  pid_t pid() const { return pid_; }
  // Reaps; the exit code, or 128 + signal.
  int join() {
    int status = 0;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  // Somebody else has reaped it.
  void forget() { pid_ = 0; }

 private:
  pid_t pid_;
};

}  // namespace oci::test
