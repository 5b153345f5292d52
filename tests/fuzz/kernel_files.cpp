// The texts of the kernel that are read: mountinfo, /proc/PID/cgroup, the files of cgroups. Any
// bytes; and any mounts and memberships, as the kernel would write them.
#include <vector>

#include "lib/cgroup/events.h"
#include "lib/cgroup/placement.h"
#include "lib/cgroup/probe.h"
#include "lib/cgroup/stats.h"
#include "lib/cgroup/update.h"
#include "tests/fuzz/target.h"

using namespace oci;
using namespace oci::cgroup;
using fuzz::Input;
using fuzz::require;

namespace {

// proc_pid_mountinfo(5): white space and backslashes are octal.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\\') {
      char octal[8];
      std::snprintf(octal, sizeof octal, "\\%03o", static_cast<unsigned>(c));
      out += octal;
    } else {
      out += c;
    }
  }
  return out;
}

std::string path(Input& in) {
  std::string out = "/" + std::string(in.text());
  std::erase(out, '\0');
  return out;
}

void check_mountinfo(Input& in) {
  std::string text;
  std::vector<CgroupMount> expected;
  while (!in.empty()) {
    const bool cgroup = in.flag();
    CgroupMount mount{path(in), path(in), in.flag(), {}};
    if (!mount.unified) mount.controllers = {"rw", in.flag() ? "cpu" : "name=systemd"};
    std::string type = "tmpfs";
    if (cgroup) type = mount.unified ? "cgroup2" : "cgroup";
    text += "36 35 98:0 " + escaped(mount.root) + " " + escaped(mount.mount_point) +
            " rw,noatime " + (in.flag() ? "master:1 shared:2 " : "") + "- " + type +
            " some\\040source ";
    text += (mount.unified ? "rw" : mount.controllers[0] + "," + mount.controllers[1]) + "\n";
    if (cgroup) expected.push_back(std::move(mount));
  }
  const auto read = parse_cgroup_mounts(text);
  require(read.size() == expected.size(), "each cgroup mount is found");
  for (std::size_t i = 0; i < read.size(); ++i)
    require(read[i].mount_point == expected[i].mount_point && read[i].root == expected[i].root &&
                read[i].unified == expected[i].unified &&
                read[i].controllers == expected[i].controllers,
            "a mount is read as it is");
}

void check_membership(Input& in) {
  std::string text;
  std::vector<std::string> expected;
  while (!in.empty()) {
    std::string name = path(in);
    std::erase(name, '\n');
    text += (in.flag() ? "7:cpu,cpuacct:" : "0::") + name + "\n";
    expected.push_back(name);
  }
  const auto read = parse_membership(text);
  require(read.size() == expected.size(), "each membership is found");
  for (std::size_t i = 0; i < read.size(); ++i)
    require(read[i].path == expected[i], "with its path");
}

void check_place(Input& in) {
  Layout layout;
  layout.mode = Mode::kV2;
  layout.unified_mount_point = "/sys/fs/cgroup";
  layout.unified_own_path = "/own/place";
  const std::string_view wanted = in.text();
  const auto dirs = place(wanted, in.rest(), layout);
  if (!dirs) return;
  for (const Dir& dir : *dirs) {
    require(is_safe_path(dir.path), "a cgroup is below its mount");
    require(dir.path.find("/../") == std::string::npos && !dir.path.ends_with("/.."),
            "and stays there");
  }
}

void check_stats(Input& in) {
  static constexpr const char* kFiles[] = {"cpu.stat",
                                           "cpuacct.usage_percpu",
                                           "cpuacct.usage_all",
                                           "memory.stat",
                                           "memory.events",
                                           "memory.max",
                                           "memory.current",
                                           "memory.pressure",
                                           "memory.numa_stat",
                                           "pids.current",
                                           "pids.max",
                                           "io.stat",
                                           "io.pressure",
                                           "rdma.current",
                                           "rdma.max",
                                           "hugetlb.2MB.events",
                                           "hugetlb.2MB.current",
                                           "blkio.throttle.io_serviced_recursive",
                                           "cpuset.cpus",
                                           "cpuset.mems",
                                           "cpuacct.stat",
                                           "cpu.pressure",
                                           "memory.usage_in_bytes",
                                           "memory.use_hierarchy"};
  const std::string_view rest = in.rest();
  // One text for all: each reader meets also what was meant for another.
  const ReadFile read = [&](std::string_view,
                            const std::string& file) -> std::optional<std::string> {
    for (const char* known : kFiles)
      if (file == known) return std::string(rest);
    return std::nullopt;
  };
  read_v1_stats(read, {"2MB"});
  read_v2_stats(read, {"2MB"});
}

void check_words(Input& in) {
  const std::string_view rest = in.rest();
  parse_number_list(rest);
  parse_pressure(rest);
  parse_value(rest);
  parse_membership(rest);
  parse_cgroup_mounts(rest);
  const auto space = rest.substr(0, rest.find(' '));
  line_of(rest, space);
  keyed_value(rest, space);
  undo_value("cpu.max", rest, "max 100000");
  undo_value("io.max", rest, "8:0 rbps=1");
  page_sizes_of({std::string(rest)});
}

}  // namespace

FUZZ_TARGET(kernel_files) {
  Input in(bytes);
  static constexpr void (*kChecks[])(Input&) = {check_mountinfo, check_membership, check_place,
                                                check_stats, check_words};
  kChecks[in.below(std::size(kChecks))](in);
}
