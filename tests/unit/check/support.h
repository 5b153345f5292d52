// A host that has all, a small document, and rules looked at by themselves.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "lib/check/compile.h"
#include "lib/check/host_rules.h"
#include "tests/support/good_spec.h"
#include "tests/support/temp_dir.h"

namespace oci::check_rules::test {

inline Host good_host() {
  Host host;
  host.facts = ideal_host();
  host.capabilities = ~std::uint64_t{0};
  host.controllers = {"cpu", "cpuset", "io", "memory", "pids", "hugetlb", "rdma"};
  host.filesystems = {"proc", "sysfs", "tmpfs", "ext4"};
  host.namespaces = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  host.user_namespaces = 1000;
  host.profiles = {"docker-default"};
  for (const char* name : {"RLIMIT_NOFILE", "RLIMIT_CORE"}) host.hard_limits[name] = 4096;
  host.max_open_files = 1 << 20;
  host.network_devices = {"lo", "eth0"};
  host.cpus = {0, 1};
  host.memory_nodes = {0};
  host.page_sizes = {"2MB"};
  host.seccomp_actions = {"kill_process", "kill_thread", "trap", "errno",
                          "user_notif",   "trace",       "log",  "allow"};
  host.rdma_devices = {"mlx5_0"};
  host.resctrl = true;
  host.uids = host.gids = {{0, 4294967295}};
  return host;
}

inline spec::Spec small_spec() {
  spec::Spec spec = oci::test::good_spec();
  spec.process->args = {"/bin/sh"};
  return spec;
}

inline std::vector<std::span<const HostRule>> all_rules() {
  return {file_host_rules(), namespace_host_rules(), resource_host_rules(), kernel_host_rules(),
          process_host_rules()};
}

// A bundle with a root in which /bin/sh is a program.
struct Files {
  oci::test::TempDir bundle;
  Files() {
    std::filesystem::create_directories(bundle / "rootfs/bin");
    program("rootfs/bin/sh");
  }
  void file(const std::string& name) const {
    std::filesystem::create_directories(std::filesystem::path(bundle / name).parent_path());
    std::ofstream(bundle / name) << "x";
  }
  void program(const std::string& name) const {
    file(name);
    std::filesystem::permissions(bundle / name, std::filesystem::perms(0755));
  }
};

// "S073 /process/rlimits/0/hard: text" of each finding; the plan is that of this host.
inline std::vector<std::string> judged(const spec::Spec& spec, const Host& host,
                                       const Files& files) {
  const std::string bundle = files.bundle.path();
  plan::CreateInput input;
  input.id = "c";
  input.bundle = bundle;
  input.rootfs = bundle + "/rootfs";
  const Compiled compiled = compile_rest(spec, input, host.facts);
  const RootView root(input.rootfs, bundle, spec.mounts);
  std::vector<Finding> found;
  for (const auto rules : all_rules())
    validate_rules::apply(
        rules, Ground{spec, host, bundle, root, compiled.plan ? &*compiled.plan : nullptr}, "",
        found);
  std::vector<std::string> out;
  for (const Finding& f : found)
    out.push_back((f.level == Level::kError ? "" : "warning ") + f.requirement + " " + f.pointer +
                  ": " + f.text);
  return out;
}

}  // namespace oci::check_rules::test
