#include "tests/root/support.h"

#include <unistd.h>

#include <filesystem>

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

}  // namespace oci::test
