#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Spec;

namespace oci::test {
namespace {

spec::Cpu& cpu(Spec& s) {
  if (!s.linux_->resources) s.linux_->resources.emplace();
  return s.linux_->resources->cpu.emplace();
}

Case annotation(const std::string& id, const std::string& key) {
  return {[key](Spec& s) { s.annotations[key] = "x"; }, Level::kWarning, id, "/annotations/" + key,
          "annotation " + key + " has no effect here"};
}

Case mount(const std::string& type, const std::string& option, const std::string& text) {
  return {[=](Spec& s) {
            s.mounts = {{"/d", type, "x", {option}, {}, {}}};
          },
          Level::kWarning, "S050", "/mounts/0/options/0", text};
}

std::vector<Case> annotation_cases() {
  return {
      annotation("S245", "org.systemd.property.TimeoutStopUSec"),
      annotation("S246", "org.criu.config"),
      annotation("S251", "run.oci.systemd.subgroup"),
      annotation("S252", "run.oci.systemd.force_cgroup_v1"),
      annotation("S253", "run.oci.delegate-cgroup"),
      annotation("S254", "run.oci.mount_context_type"),
      annotation("S255", "run.oci.seccomp.receiver"),
      annotation("S257", "run.oci.seccomp_fail_unknown_syscall"),
      annotation("S258", "run.oci.seccomp_bpf_data"),
      annotation("S260", "run.oci.hooks.stderr"),
      {[](Spec& s) { s.annotations["module.wasm.image/variant"] = "x"; }, Level::kWarning, "S262",
       "/annotations/module.wasm.image~1variant",
       "annotation module.wasm.image/variant has no effect here"},
      annotation("S263", "krun.cpus"),
      {[](Spec& s) { s.annotations["org.opencontainers.x"] = ""; }, Level::kWarning, "S264",
       "/annotations/org.opencontainers.x",
       "annotation org.opencontainers.x: org.opencontainers is reserved for the specification"},
  };
}

std::vector<Case> process_advice_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  const std::string needs = "SCHED_DEADLINE needs 1024 <= runtime <= deadline <= period, not ";
  return {
      {[](Spec& s) {
         s.process->console_size = spec::ConsoleSize{1, 1};
       },
       warning, "S068", "/process/consoleSize", "consoleSize without a terminal has no effect"},
      {[](Spec& s) { s.process->command_line = "a"; }, warning, "S072", "/process/commandLine",
       "commandLine has no effect on Linux"},
      {[](Spec& s) { s.process->user.username = "a"; }, warning, "S089", "/process/user/username",
       "username has no effect on Linux: uid counts"},
      {[](Spec& s) { s.process->scheduler.emplace().policy = "SCHED_ISO"; }, error, "S081",
       "/process/scheduler/policy", "no Linux kernel knows SCHED_ISO"},
      {[](Spec& s) { s.process->scheduler.emplace().policy = "SCHED_DEADLINE"; }, error, "S081",
       "/process/scheduler", needs + "0, 0, 0"},
      {[](Spec& s) {
         spec::Scheduler& scheduler = s.process->scheduler.emplace();
         scheduler.policy = "SCHED_DEADLINE";
         scheduler.runtime = 3000;
         scheduler.deadline = 2000;
         scheduler.period = 4000;
       },
       error, "S081", "/process/scheduler", needs + "3000, 2000, 4000"},
      {[](Spec& s) {
         s.hooks.prestart = {{"/a", {}, {}, {}}};
       },
       warning, "S234", "/hooks/prestart",
       "prestart hooks are deprecated: use createRuntime, createContainer or startContainer"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.process->user.additional_gids = {1, 5000};
       },
       error, "S088", "/linux/gidMappings",
       "additional group 5000 is not mapped in the user namespace"},
  };
}

std::vector<Case> block_cases() {
  const Level error = Level::kError, warning = Level::kWarning;
  return {
      {[](Spec& s) {
         s.linux_->devices = {{"p", "dev/x", 0, 0, {}, {}, {}}};
       },
       warning, "S126", "/linux/devices/0/path",
       "device path \"dev/x\" is not absolute: taken as below /"},
      {[](Spec& s) { s.linux_->resources.emplace().memory.emplace().use_hierarchy = true; },
       warning, "S168", "/linux/resources/memory/useHierarchy",
       "memory.useHierarchy has no effect"},
      {[](Spec& s) { cpu(s).quota = 999; }, error, "S171", "/linux/resources/cpu/quota",
       "cpu.quota must be at least 1000, not 999"},
      {[](Spec& s) { cpu(s).period = 1000001; }, error, "S171", "/linux/resources/cpu/period",
       "cpu.period must be between 1000 and 1000000, not 1000001"},
      {[](Spec& s) {
         spec::Cpu& c = cpu(s);
         c.quota = 2000;
         c.burst = 2001;
       },
       error, "S172", "/linux/resources/cpu/burst", "cpu.burst 2001 is above cpu.quota 2000"},
      {[](Spec& s) {
         s.linux_->masked_paths = {"/a", "proc/x"};
       },
       warning, "S204", "/linux/maskedPaths/1",
       "path \"proc/x\" is not absolute: taken as below /"},
      {[](Spec& s) { s.linux_->readonly_paths = {""}; }, warning, "S205", "/linux/readonlyPaths/0",
       "path \"\" is not absolute: taken as below /"},
      {[](Spec& s) {
         s.mounts = {{"/d", "bind", "/s", {"ro"}, {}, {}}};
       },
       error, "S020", "/mounts/0/type",
       "type \"bind\" without the option bind or rbind: there is no such filesystem"},
      {[](Spec& s) {
         s.mounts = {{"/d", "tmpfs", "x", {"mand"}, {}, {}}};
       },
       warning, "S035", "/mounts/0/options/0", "mount option mand has no effect since Linux 5.15"},
      mount("tmpfs", "size=1m,zzz=1", "mount option \"zzz\" is not known to tmpfs"),
      mount("sysfs", "mode=755", "mount option \"mode\" is not known to sysfs"),
      mount("ext4", "x-gvfs-hide",
            "mount option \"x-gvfs-hide\" goes to the filesystem, which refuses it"),
      {[](Spec&) {}, warning, "S211", "/mounts", "nothing is mounted on /dev/shm"},
  };
}

}  // namespace

std::vector<Case> advice_cases() {
  std::vector<Case> all = annotation_cases();
  for (auto more : {process_advice_cases(), block_cases()})
    all.insert(all.end(), more.begin(), more.end());
  return all;
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(advice)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer) {
  for (const test::Case& c : test::advice_cases()) test::check_case(c);
}

// create() says none of it.
BOOST_AUTO_TEST_CASE(is_not_for_create) {
  for (const test::Case& c : test::advice_cases()) {
    Spec spec = test::good_spec();
    c.change(spec);
    for (const Finding& f : validate(spec)) BOOST_TEST(f.text != c.text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_in_order) {
  Spec spec = test::good_spec();
  for (const char* path : {"/proc", "/sys", "/dev/pts", "/dev/shm"})
    spec.mounts.push_back({path, "tmpfs", "x", {"nosuid", "mode=755,size=1m"}, {}, {}});
  spec.mounts.push_back({"/b", "bind", "/s", {"rbind", "ro"}, {}, {}});
  spec.mounts.push_back({"/o", "overlay", "x", {"lowerdir=/a,upperdir=/b"}, {}, {}});
  spec.annotations = {{"run.oci.keep_original_groups", "1"},
                      {"org.opencontainers.image.os", "linux"},
                      {"io.kubernetes.cri.container-type", "sandbox"}};
  spec.process->terminal = true;
  spec.process->console_size = spec::ConsoleSize{1, 1};
  spec.linux_->resources.emplace().cpu.emplace().quota = -1;
  spec.linux_->masked_paths = {"/proc/kcore"};
  for (const Finding& f : advise(spec)) BOOST_ERROR("unexpected " << f);
}

BOOST_AUTO_TEST_SUITE_END()
