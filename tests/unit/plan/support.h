// Hosts, specs and ways to look at the steps of a plan.
#pragma once

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "lib/plan/plan.h"
#include "lib/plan/print.h"
#include "oci/parse.h"

namespace oci::plan::test {

inline HostFacts host_without_cgroups() {
  HostFacts host;
  host.kernel_major = 6;
  host.kernel_minor = 12;
  return host;
}

inline HostFacts host_v1() {
  HostFacts host = host_without_cgroups();
  host.cgroups.mode = cgroup::Mode::kV1;
  for (const char* name : {"cpuset", "devices", "freezer", "memory", "blkio", "pids"})
    host.cgroups.v1.push_back({{name}, std::string("/sys/fs/cgroup/") + name, "/"});
  host.cgroups.v1.push_back({{"cpu", "cpuacct"}, "/sys/fs/cgroup/cpu,cpuacct", "/"});
  host.cgroups.v1.push_back({{"name=systemd"}, "/sys/fs/cgroup/systemd", "/init.scope"});
  return host;
}

inline HostFacts host_hybrid() {
  HostFacts host = host_v1();
  host.cgroups.mode = cgroup::Mode::kHybrid;
  host.cgroups.unified_mount_point = "/sys/fs/cgroup/unified";
  host.cgroups.unified_own_path = "/init.scope";
  return host;
}

inline HostFacts host_v2() {
  HostFacts host = host_without_cgroups();
  host.cgroups.mode = cgroup::Mode::kV2;
  host.cgroups.unified_mount_point = "/sys/fs/cgroup";
  host.cgroups.unified_own_path = "/system.slice/engine.service";
  return host;
}

inline CreateInput input_of(const std::string& id = "c1") {
  CreateInput input;
  input.id = id;
  input.bundle = "/run/bundle";
  input.rootfs = "/run/bundle/rootfs";
  return input;
}

// The smallest container with namespaces of its own and nothing mounted.
inline spec::Spec small_spec() {
  spec::Spec spec;
  spec.oci_version = "1.3.0";
  spec.process.emplace();
  spec.process->args = {"sh"};
  spec.process->cwd = "/";
  spec.process->env = spec::Strings{"PATH=/bin"};
  spec.root = spec::Root{"rootfs", false};
  spec.linux_.emplace();
  for (const char* type : {"pid", "network", "ipc", "uts", "mount"})
    spec.linux_->namespaces.push_back({type, ""});
  return spec;
}

inline spec::Spec with_user_namespace(spec::Spec spec) {
  spec.linux_->namespaces.push_back({"user", ""});
  spec.linux_->uid_mappings = {{0, 100000, 65536}};
  spec.linux_->gid_mappings = {{0, 100000, 65536}};
  return spec;
}

inline std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  BOOST_REQUIRE_MESSAGE(file, "cannot read " << path);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline spec::Spec engine_config(const std::string& name) {
  auto spec = parse_spec(text_of(std::filesystem::path(OCI_SOURCE_DIR) /
                                 "tests/fixtures/engine-configs" / (name + ".json")));
  BOOST_REQUIRE_MESSAGE(spec, name);
  return spec.take();
}

inline Plan created(const spec::Spec& spec, const CreateInput& input = input_of(),
                    const HostFacts& host = host_v2()) {
  auto plan = compile_create(spec, input, host);
  BOOST_REQUIRE_MESSAGE(plan, (plan ? std::string() : plan.error().text));
  return plan.take();
}

inline Error create_error(const spec::Spec& spec, const CreateInput& input = input_of(),
                          const HostFacts& host = host_v2()) {
  auto plan = compile_create(spec, input, host);
  BOOST_REQUIRE_MESSAGE(!plan, "compiled, but an error was due");
  return std::move(plan).error();
}

inline Plan executed(const spec::Process& process, const ExecInput& input,
                     const HostFacts& host = host_v2()) {
  auto plan = compile_exec(process, input, host);
  BOOST_REQUIRE_MESSAGE(plan, (plan ? std::string() : plan.error().text));
  return plan.take();
}

// The printed steps, without their numbers.
inline std::vector<std::string> lines_of(const Plan& plan) {
  std::vector<std::string> lines;
  const std::string text = print(plan);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    const std::string line = text.substr(at, end - at);
    lines.push_back(line.substr(line.find(' ') + 1));
    at = end + 1;
  }
  return lines;
}

// The lines that begin with `name` and a space or an end, and hold `part`.
inline std::vector<std::string> steps(const Plan& plan, const std::string& name,
                                      const std::string& part = {}) {
  std::vector<std::string> found;
  for (const std::string& line : lines_of(plan))
    if ((line + " ").starts_with(name + " ") && line.find(part) != std::string::npos)
      found.push_back(line);
  return found;
}

// The only line of that kind.
inline std::string step(const Plan& plan, const std::string& name, const std::string& part = {}) {
  const auto found = steps(plan, name, part);
  BOOST_REQUIRE_MESSAGE(found.size() == 1, found.size()
                                               << " steps " << name << " with " << part << " in\n"
                                               << print(plan));
  return found.front();
}

inline bool holds(const std::string& line, const std::string& part) {
  if (line.find(part) != std::string::npos) return true;
  BOOST_TEST_MESSAGE("\"" << part << "\" is not in: " << line);
  return false;
}

// Position of the first line that begins with `start`.
inline std::size_t position(const Plan& plan, const std::string& start) {
  const auto lines = lines_of(plan);
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i].starts_with(start)) return i;
  BOOST_REQUIRE_MESSAGE(false, "no step " << start << " in\n" << print(plan));
  return 0;
}

// Whether the plan has steps with these beginnings in this order.
inline bool in_order(const Plan& plan, const std::vector<std::string>& starts) {
  const auto lines = lines_of(plan);
  std::size_t at = 0;
  for (const std::string& start : starts) {
    while (at < lines.size() && !lines[at].starts_with(start)) ++at;
    if (at == lines.size()) {
      BOOST_TEST_MESSAGE("no step " << start << " at its place in\n" << print(plan));
      return false;
    }
    ++at;
  }
  return true;
}

}  // namespace oci::plan::test
