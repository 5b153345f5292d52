#include "tests/root/support.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <sstream>

namespace oci::test {
namespace {

namespace fs = std::filesystem;

// Everything in the tests' pid namespace but its pid 1 and themselves; the dead wait there to be
// reaped.
void add_processes(std::set<std::string>& all) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/proc", ignored)) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (name == "1" || name == std::to_string(::getpid())) continue;
    const std::string stat = read_file("/proc/" + name + "/stat");
    if (stat.empty() || contains(stat, ") Z ")) continue;
    all.insert("process " + name + " " + stat.substr(0, stat.find(')') + 1));
  }
}

}  // namespace

std::set<std::string> Traces::now() const {
  std::set<std::string> all;
  add_processes(all);
  for (const std::string& line : lines(read_file("/proc/self/mountinfo")))
    all.insert("mount " + line);
  for (const std::string& dir : cgroup_dirs(bundle_.id())) all.insert("cgroup " + dir);
  std::error_code ignored;
  for (const auto& entry : fs::recursive_directory_iterator(bundle_.state_root(), ignored))
    all.insert("state " + entry.path().string());
  return all;
}

std::string Traces::left() const {
  std::string text;
  eventually(
      [&] {
        text.clear();
        for (const std::string& item : now())
          if (before_.count(item) == 0) text += item + "\n";
        return text.empty();
      },
      std::chrono::seconds(2));
  return text;
}

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
