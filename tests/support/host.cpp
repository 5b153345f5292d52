#include "tests/support/host.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "tests/support/process.h"

namespace oci::test {

namespace fs = std::filesystem;

std::vector<std::string> cgroup_mounts() {
  std::vector<std::string> all;
  for (const std::string& line : lines(read_file("/proc/self/mountinfo"))) {
    if (!contains(line, " - cgroup")) continue;
    std::istringstream in(line);
    std::string word;
    for (int i = 0; i < 5; ++i) in >> word;
    all.push_back(word);
  }
  return all;
}

std::vector<std::string> cgroup_dirs(const std::string& part) {
  std::vector<std::string> all;
  for (const std::string& mount : cgroup_mounts()) {
    std::error_code error;
    for (fs::recursive_directory_iterator
             it(mount, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error)) {
      std::error_code ignored;
      if (it->is_directory(ignored) && contains(it->path().string(), part))
        all.push_back(it->path());
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::string cgroup_file(const std::string& part, const std::string& name) {
  for (const std::string& dir : cgroup_dirs(part))
    if (::access((dir + "/" + name).c_str(), F_OK) == 0) return dir + "/" + name;
  return {};
}

bool has_capability(unsigned number) {
  for (const std::string& line : lines(read_file("/proc/self/status")))
    if (line.starts_with("CapEff:"))
      return (std::stoull(line.substr(7), nullptr, 16) >> number & 1) != 0;
  return false;
}

std::string link_of(const std::string& path) {
  char target[4096];
  const ssize_t n = ::readlink(path.c_str(), target, sizeof target);
  return n < 0 ? std::string() : std::string(target, static_cast<std::size_t>(n));
}

}  // namespace oci::test
