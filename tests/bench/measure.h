// Runs a program as fast as it can be started and says how long it took.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace oci::bench {

using Words = std::vector<std::string>;

struct Run {
  double ms = 0;
  int code = 0;        // exit code, or 128 + signal
  std::string errors;  // its standard error, where it failed
};

// Standard input and output are /dev/null.
Run run(const Words& argv);
// The same for what must not fail: throws std::runtime_error with the command and its errors.
double timed(const Words& argv);

double now_ms();
// Of a process of ours; reaps it.
void wait_for_end(pid_t pid);
// VmRSS of /proc/PID/status, in kB.
long resident_kb(pid_t pid);

std::string read_text(const std::string& path);
void write_text(const std::string& path, const std::string& text);
std::string joined(const Words& words);

struct Summary {
  double median = 0, p90 = 0, least = 0;
  std::size_t n = 0;
};
Summary summary(std::vector<double> values);

}  // namespace oci::bench
