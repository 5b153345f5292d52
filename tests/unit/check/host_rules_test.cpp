// Each rule that a host decides: what it says, and that it says nothing of a host that has all.
#include <map>
#include <set>

#include "lib/validate/requirements.h"
#include "tests/unit/check/support.h"

using namespace oci;
using namespace oci::check_rules;
using oci::check_rules::test::Files;
using oci::spec::Spec;

namespace {

struct Case {
  std::function<void(Spec&)> spec;
  std::function<void(Host&)> host;
  std::string finding;
};

spec::Resources& resources(Spec& s) {
  if (!s.linux_->resources) s.linux_->resources.emplace();
  return *s.linux_->resources;
}

void add_user_namespace(Spec& s) {
  s.linux_->namespaces.push_back({"user", ""});
  s.linux_->uid_mappings = s.linux_->gid_mappings = {{0, 100000, 1000}};
}

void unprivileged(Host& h) { h.capabilities = 0; }

std::vector<Case> process_cases() {
  return {
      {[](Spec& s) { s.process->args = {"/bin/no"}; },
       {},
       "S071 /process/args/0: exec: \"/bin/no\": stat /bin/no: no such file or directory"},
      {[](Spec& s) { s.process->args = {"sh"}; },
       {},
       "S071 /process/args/0: exec: \"sh\": executable file not found in $PATH"},
      {[](Spec& s) { s.process->args = {"/bin"}; },
       {},
       "S071 /process/args/0: exec: \"/bin\": is a directory"},
      {[](Spec& s) { s.process->cwd = "/bin/sh"; },
       {},
       "S069 /process/cwd: mkdir /bin/sh: not a directory"},
      {[](Spec& s) {
         s.process->rlimits = {{"RLIMIT_CORE", 5000, 1}};
       },
       unprivileged,
       "S073 /process/rlimits/0/hard: RLIMIT_CORE: the hard limit 5000 is above the caller's, "
       "4096, "
       "and the caller has no CAP_SYS_RESOURCE"},
      {[](Spec& s) {
         s.process->rlimits = {{"RLIMIT_NOFILE", 1 << 21, 1}};
       },
       {},
       "S073 /process/rlimits/0/hard: RLIMIT_NOFILE: the hard limit 2097152 is above 1048576, the "
       "value of fs.nr_open"},
      {[](Spec& s) { s.process->apparmor_profile = "p"; },
       [](Host& h) { h.facts.apparmor = false; },
       "S074 /process/apparmorProfile: profile \"p\" is asked for, but this host has no AppArmor"},
      {[](Spec& s) { s.process->apparmor_profile = "p"; },
       {},
       "S074 /process/apparmorProfile: profile \"p\" is not loaded"},
      {[](Spec& s) { s.process->selinux_label = "l"; }, [](Host& h) { h.facts.selinux = false; },
       "S075 /process/selinuxLabel: a label is given, but this host has no SELinux"},
      {[](Spec& s) { s.process->capabilities->permitted = {"CAP_CHOWN"}; }, unprivileged,
       "S076 /process/capabilities/permitted/0: the caller does not have CAP_CHOWN itself"},
      {[](Spec& s) { s.process->oom_score_adj = -10; }, unprivileged,
       "warning S079 /process/oomScoreAdj: oomScoreAdj -10 is below the caller's, 0: this may take "
       "CAP_SYS_RESOURCE, which the caller does not have"},
      {[](Spec& s) { s.process->scheduler.emplace().policy = "SCHED_FIFO"; }, unprivileged,
       "S080 /process/scheduler/policy: SCHED_FIFO takes CAP_SYS_NICE, which the caller does not "
       "have"},
      {[](Spec& s) {
         s.process->io_priority = spec::IoPriority{"IOPRIO_CLASS_RT", 1};
       },
       unprivileged,
       "S082 /process/ioPriority/class: IOPRIO_CLASS_RT takes CAP_SYS_NICE, which the caller does "
       "not have"},
  };
}

std::vector<Case> file_cases() {
  return {
      {[](Spec& s) {
         s.mounts = {{"/d", "", "/nowhere", {"bind"}, {}, {}}};
       },
       {},
       "S019 /mounts/0/source: stat /nowhere: no such file or directory"},
      {[](Spec& s) {
         s.mounts = {{"/d", "bogusfs", "x", {}, {}, {}}};
       },
       {},
       "warning S020 /mounts/0/type: filesystem \"bogusfs\" is not known to the kernel, unless a "
       "module brings it"},
      {[](Spec& s) {
         s.mounts = {{"/d", "tmpfs", "x", {"rnosymfollow"}, {}, {}}};
       },
       [](Host& h) { h.facts.kernel_major = 5, h.facts.kernel_minor = 13; },
       "S046 /mounts/0/options: nosymfollow on a mount takes Linux 5.14"},
      {[](Spec& s) {
         s.mounts = {{"/d", "", "/proc", {"bind", "idmap"}, {}, {}}};
       },
       {},
       "S022 /mounts/0: proc cannot be mounted with other ids"},
      {[](Spec& s) {
         add_user_namespace(s);
         std::erase_if(s.linux_->namespaces, [](const auto& ns) { return ns.type == "network"; });
         s.mounts = {{"/sys", "sysfs", "sysfs", {}, {}, {}}};
       },
       {},
       "S059 /mounts/0: sysfs cannot be mounted in a user namespace that has no network namespace "
       "of its own: bind the host's /sys"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->devices = {{"c", "/dev/null", 1, 5, {}, {}, {}}};
       },
       {},
       "S133 /linux/devices/0: in a user namespace /dev/null of the host is bound: it is another "
       "device"},
      {[](Spec& s) {
         s.hooks.create_runtime = {{"/nowhere", {}, {}, {}}};
       },
       {},
       "S229 /hooks/createRuntime/0/path: createRuntime hook #0: /nowhere: no such file or "
       "directory"},
      {[](Spec& s) {
         s.hooks.poststop = {{"/proc/version", {}, {}, {}}};
       },
       {},
       "S229 /hooks/poststop/0/path: poststop hook #0: /proc/version: permission denied"},
      {[](Spec& s) {
         s.hooks.start_container = {{"/no", {}, {}, {}}};
       },
       {},
       "S229 /hooks/startContainer/0/path: startContainer hook #0: /no: no such file or directory "
       "in the container"},
  };
}

std::vector<Case> namespace_cases() {
  return {
      {add_user_namespace, [](Host& h) { h.user_namespaces = 0; },
       "S110 /linux/namespaces: no user namespace may be made: user.max_user_namespaces is 0"},
      {[](Spec& s) {
         s.linux_->namespaces.push_back({"cgroup", ""});
       },
       [](Host& h) { h.namespaces.erase("cgroup"); },
       "S111 /linux/namespaces/5/type: this kernel has no cgroup namespaces"},
      {[](Spec& s) {
         s.linux_->namespaces.push_back({"time", ""});
       },
       [](Host& h) { h.namespaces.erase("time"); },
       "S112 /linux/namespaces/5/type: this kernel has no time namespaces"},
      {[](Spec& s) { s.linux_->namespaces[1].path = "/proc/self/ns/uts"; },
       {},
       "S113 /linux/namespaces/1/path: /proc/self/ns/uts is not a namespace of the type that is "
       "asked for"},
      {[](Spec& s) { s.linux_->namespaces[1].path = "/nowhere"; },
       {},
       "S113 /linux/namespaces/1/path: /nowhere: no such file or directory"},
      {add_user_namespace,
       [](Host& h) {
         h.facts.euid = 1000;
         h.uids = {{1000, 1}, {100000, 500}};
       },
       "S117 /linux/uidMappings/0: ids 100000 to 100999 are not the caller's by /etc/subuid"},
      {add_user_namespace,
       [](Host& h) {
         h.gids = {{0, 65536}};
       },
       "S118 /linux/gidMappings/0: ids 100000 to 100999 do not exist in the caller's user "
       "namespace"},
      {add_user_namespace,
       [](Host& h) {
         h.facts.euid = 1000;
         h.map_helpers = false;
       },
       "S117 /linux/uidMappings: to map more than the own id takes newuidmap and newgidmap, which "
       "are not found"},
      {[](Spec& s) { s.linux_->net_devices["eth7"] = {}; },
       {},
       "S137 /linux/netDevices/eth7: there is no network device \"eth7\""},
  };
}

std::vector<Case> resource_cases() {
  return {
      {[](Spec& s) { resources(s).memory.emplace().limit = 1 << 20; },
       [](Host& h) { h.controllers.erase("memory"); },
       "S155 /linux/resources/memory/limit: this host's cgroup v2 has no controller \"memory\""},
      {[](Spec& s) {
         resources(s).memory.emplace().limit = 2000;
         resources(s).memory->swap = 1000;
       },
       [](Host& h) { h.facts.cgroups = {}; },
       "S164 /linux/resources/memory/swap: memory+swap limit should be >= memory limit"},
      {[](Spec& s) { resources(s).cpu.emplace().cpus = "0-3"; },
       {},
       "S174 /linux/resources/cpu/cpus: CPU 2,3 is not online on this host"},
      {[](Spec& s) { resources(s).cpu.emplace().mems = "1"; },
       {},
       "S174 /linux/resources/cpu/mems: memory node 1 is not online on this host"},
      {[](Spec& s) {
         resources(s).hugepage_limits = {{"3MB", 1}};
       },
       {},
       "S181 /linux/resources/hugepageLimits/0/pageSize: this host has no huge pages of 3MB"},
      {[](Spec& s) {
         resources(s).network.emplace().priorities = {{"eth9", 1}};
       },
       [](Host& h) { h.facts.cgroups = {}; },
       "S183 /linux/resources/network/priorities/0/name: there is no network device \"eth9\""},
      {[](Spec& s) { resources(s).rdma["mlx5_9"].hca_handles = 1; },
       {},
       "S185 /linux/resources/rdma/mlx5_9: this host has no RDMA device \"mlx5_9\""},
      {[](Spec& s) { resources(s).unified["memory.high"] = "1"; },
       [](Host& h) { h.facts.cgroups = {}; },
       "S186 /linux/resources/unified: this host has no cgroup v2"},
  };
}

void seccomp(Spec& s, const std::string& name, const std::string& action) {
  s.linux_->seccomp.emplace().default_action = "SCMP_ACT_ALLOW";
  s.linux_->seccomp->syscalls = {{{name}, action, {}, {}}};
}

std::vector<Case> kernel_cases() {
  return {
      {[](Spec& s) { s.linux_->intel_rdt.emplace(); }, [](Host& h) { h.resctrl = false; },
       "S198 /linux/intelRdt: no resctrl is mounted on /sys/fs/resctrl"},
      {[](Spec& s) { s.linux_->memory_policy.emplace().mode = "MPOL_WEIGHTED_INTERLEAVE"; },
       [](Host& h) { h.facts.kernel_major = 6, h.facts.kernel_minor = 8; },
       "S199 /linux/memoryPolicy/mode: MPOL_WEIGHTED_INTERLEAVE takes Linux 6.9"},
      {[](Spec& s) { s.linux_->memory_policy.emplace().nodes = "4-5"; },
       {},
       "S200 /linux/memoryPolicy/nodes: none of these memory nodes is online on this host"},
      {[](Spec& s) { s.linux_->sysctl["net.no.such"] = "1"; },
       {},
       "warning S202 /linux/sysctl/net.no.such: sysctl \"net.no.such\" is not there on this host"},
      {[](Spec& s) { s.linux_->mount_label = "l"; }, [](Host& h) { h.facts.selinux = false; },
       "S206 /linux/mountLabel: a label is given, but this host has no SELinux"},
      {[](Spec& s) { seccomp(s, "read", "SCMP_ACT_LOG"); },
       [](Host& h) { h.seccomp_actions.erase("log"); },
       "S219 /linux/seccomp/syscalls/0/action: this kernel does not know SCMP_ACT_LOG"},
      {[](Spec& s) { s.linux_->seccomp.emplace().default_action = "SCMP_ACT_LOG"; },
       [](Host& h) { h.seccomp_actions.erase("log"); },
       "S212 /linux/seccomp/defaultAction: this kernel does not know SCMP_ACT_LOG"},
      {[](Spec& s) {
         seccomp(s, "read", "SCMP_ACT_LOG");
         s.linux_->seccomp->flags = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
       },
       [](Host& h) { h.facts.kernel_major = 5, h.facts.kernel_minor = 18; },
       "S215 /linux/seccomp/flags/0: SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV takes Linux 5.19"},
      {[](Spec& s) {
         seccomp(s, "read", "SCMP_ACT_NOTIFY");
         s.linux_->seccomp->listener_path = "/nowhere";
       },
       {},
       "S216 /linux/seccomp/listenerPath: failed to connect with seccomp agent specified in the "
       "seccomp profile: dial unix /nowhere: connect: no such file or directory"},
      {[](Spec& s) { seccomp(s, "no_such_call", "SCMP_ACT_LOG"); },
       {},
       "warning S218 /linux/seccomp/syscalls: system calls that are not known, and ignored: "
       "\"no_such_call\""},
      {[](Spec& s) { seccomp(s, "read", "SCMP_ACT_LOG"); },
       [](Host& h) { h.seccomp_actions.clear(); },
       "S223 /linux/seccomp: this kernel has no seccomp filters"},
  };
}

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (auto cases :
       {process_cases(), file_cases(), namespace_cases(), resource_cases(), kernel_cases()})
    all.insert(all.end(), cases.begin(), cases.end());
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(host_rules)

BOOST_AUTO_TEST_CASE(each_says_what_is_missing) {
  const Files files;
  for (const Case& c : all_cases()) {
    Spec spec = check_rules::test::small_spec();
    Host host = check_rules::test::good_host();
    c.spec(spec);
    if (c.host) c.host(host);
    const auto found = check_rules::test::judged(spec, host, files);
    std::string all;
    bool seen = false;
    for (const std::string& line : found) all += "\n  " + line, seen = seen || line == c.finding;
    BOOST_TEST(seen, c.finding << " not found, but:" << all);
  }
}

// What is there, and what is of no matter.
BOOST_AUTO_TEST_CASE(nothing_is_missing) {
  Files files;
  files.file("data/file");
  Spec spec = check_rules::test::small_spec();
  add_user_namespace(spec);
  spec.process->rlimits = {{"RLIMIT_NOFILE", 4096, 1024}};
  spec.process->capabilities->permitted = {"CAP_CHOWN"};
  spec.process->apparmor_profile = "docker-default";
  spec.mounts = {{"/data", "", "data", {"bind"}, {}, {}},
                 {"/sys", "sysfs", "sysfs", {}, {}, {}},
                 {"/c", "cgroup", "cgroup", {}, {}, {}}};
  spec.hooks.prestart = {{"/proc/self/exe", {}, {}, {}}};
  spec.hooks.start_container = {{"/bin/sh", {}, {}, {}}};
  spec.linux_->namespaces[1].path = "/proc/self/ns/net";
  spec.linux_->net_devices["eth0"] = {};
  spec.linux_->devices = {{"c", "/dev/null", 1, 3, {}, {}, {}}};
  resources(spec).cpu.emplace().cpus = "0-1";
  resources(spec).hugepage_limits = {{"2MB", 1}};
  spec.linux_->sysctl["kernel/msgmax"] = "1";
  seccomp(spec, "read", "SCMP_ACT_LOG");
  for (const std::string& line :
       check_rules::test::judged(spec, check_rules::test::good_host(), files))
    BOOST_ERROR("unexpected " << line);
}

BOOST_AUTO_TEST_CASE(a_cgroup_that_is_in_use) {
  const Files files;
  files.file("cgroup/c/cgroup.procs");
  std::ofstream(files.bundle / "cgroup/c/cgroup.procs") << "1\n2\n";
  Spec spec = check_rules::test::small_spec();
  spec.linux_->cgroups_path = "/c";
  Host host = check_rules::test::good_host();
  host.facts.cgroups.unified_mount_point = files.bundle / "cgroup";
  const auto found = check_rules::test::judged(spec, host, files);
  BOOST_REQUIRE(found.size() == 1u);
  BOOST_TEST(found[0] ==
             "S150 /linux/cgroupsPath: container's cgroup is not empty: 2 process(es) "
             "found in " +
                 (files.bundle / "cgroup/c"));
}

// The table of requirements names the host as judge exactly where there is a rule.
BOOST_AUTO_TEST_CASE(rows_and_rules_agree) {
  std::set<std::string> ids;
  for (const auto rules : check_rules::test::all_rules())
    for (const HostRule& rule : rules) {
      const auto* row = validate_rules::find_requirement(rule.id);
      BOOST_REQUIRE_MESSAGE(row != nullptr, rule.id);
      BOOST_TEST(row->anchor == rule.anchor, rule.id);
      BOOST_TEST((row->judges & validate_rules::kHost) != 0u, rule.id << " has a rule");
      ids.emplace(rule.id);
    }
  // The root is looked at before there is anything else to look at; the sources of mounts are
  // S019's; the limits are the plan's.
  for (const char* other : {"S002", "S015", "S062", "S162"}) ids.emplace(other);
  for (const auto list :
       {validate_rules::config_requirements(), validate_rules::linux_requirements(),
        validate_rules::rest_requirements()})
    for (const auto& row : list)
      if ((row.judges & validate_rules::kHost) != 0)
        BOOST_TEST(ids.contains(std::string(row.id)), row.id << " has no rule");
}

BOOST_AUTO_TEST_SUITE_END()
