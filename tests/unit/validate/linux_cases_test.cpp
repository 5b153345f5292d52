#include "tests/unit/validate/support.h"

using namespace oci;
using oci::spec::Spec;
using oci::test::check_clean;

namespace oci::test {
namespace {

const Level error = Level::kError, warning = Level::kWarning;

std::vector<Case> id_map_cases() {
  return {
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->uid_mappings.clear();
       },
       error, "S120", "/linux/uidMappings", "user namespaces enabled, but no uid mappings found"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->gid_mappings = {{5, 5, 1}};
       },
       error, "S120", "/linux/gidMappings",
       "user namespaces enabled, but no mapping found for gid 0"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->namespaces.back().path = "/proc/1/ns/user";
       },
       warning, "S119", "/linux/uidMappings",
       "config.json has both a userns path to join and userns mappings specified: they must match "
       "those of the "
       "namespace"},
      {[](Spec& s) {
         s.linux_->uid_mappings = {{0, 0, 1}};
       },
       warning, "S121", "/linux/uidMappings", "uid mappings are ignored without a user namespace"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->uid_mappings.push_back({1000, 5, 0});
       },
       error, "S122", "/linux/uidMappings/1/size", "an id mapping of size 0 maps nothing"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->uid_mappings.push_back({999, 5, 1});
       },
       error, "S122", "/linux/uidMappings/1", "id mapping overlaps with mapping #0"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->gid_mappings.push_back({2000, 100999, 1});
       },
       error, "S122", "/linux/gidMappings/1", "id mapping overlaps with mapping #0"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->gid_mappings = {{0, 1, 4294967295}};
       },
       error, "S122", "/linux/gidMappings/0", "id mapping exceeds the range of ids"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.linux_->uid_mappings.resize(341);
       },
       error, "S122", "/linux/uidMappings", "more than 340 id mappings"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.process->user.uid = 1000;
       },
       error, "S086", "/linux/uidMappings",
       "cannot set uid to unmapped user in user namespace: uid 1000"},
      {[](Spec& s) {
         add_user_namespace(s);
         s.process->user.gid = 1000;
       },
       error, "S086", "/linux/gidMappings",
       "cannot set gid to unmapped user in user namespace: gid 1000"},
  };
}

Case sysctl(const std::string& key, const std::string& dropped, const std::string& text) {
  return {[=](Spec& s) {
            s.linux_->sysctl[key] = "1";
            drop_namespace(s, dropped);
          },
          error, "S202", "/linux/sysctl/" + (key == "net/ipv4/x" ? "net~1ipv4~1x" : key), text};
}

std::vector<Case> sysctl_cases() {
  const std::string separate = " is not in a separate kernel namespace";
  std::vector<Case> out = {
      sysctl("net.ipv4.ip_forward", "network",
             "sysctl \"net.ipv4.ip_forward\" not allowed in host network namespace"),
      sysctl("net/ipv4/x", "network",
             "sysctl \"net/ipv4/x\" not allowed in host network namespace"),
      sysctl("kernel.hostname", "",
             "sysctl \"kernel.hostname\" is not allowed as it conflicts with the OCI "
             "\"hostname\" field"),
      sysctl("kernel.sem", "ipc",
             "sysctl \"kernel.sem\" is not allowed in the hosts ipc namespace"),
      sysctl("fs.mqueue.msg_max", "ipc",
             "sysctl \"fs.mqueue.msg_max\" is not allowed in the hosts ipc namespace"),
      sysctl("user.max_user_namespaces", "",
             "setting ucounts without a user namespace not allowed: user.max_user_namespaces"),
      sysctl("kernel.domainname", "uts", "sysctl \"kernel.domainname\"" + separate),
      {[](Spec& s) {
         s.linux_->sysctl["kernel.domainname"] = "x";
         s.domainname = "y";
       },
       error, "S202", "/linux/sysctl/kernel.domainname",
       "sysctl \"kernel.domainname\" is not allowed as it conflicts with the OCI \"domainname\" "
       "field"},
  };
  for (const char* key : {"vm.swappiness", "unknown", "", "net", "net.", ".net.x", "net..x",
                          "net.ipv4..", "kernel.sem2"})
    out.push_back(sysctl(key, "", "sysctl \"" + std::string(key) + "\"" + separate));
  return out;
}

std::vector<Case> namespace_cases() {
  return {
      {[](Spec& s) { s.linux_->cgroups_path = "/a/.."; }, error, "S306", "/linux/cgroupsPath",
       "cgroupsPath \"/a/..\" names no cgroup of the container's own"},
      {[](Spec& s) {
         s.linux_->namespaces.push_back({"foo", ""});
       },
       error, "S115", "/linux/namespaces/5/type", "namespace {\"foo\" \"\"} does not exist"},
      {[](Spec& s) {
         s.linux_->namespaces.push_back({"pid", ""});
       },
       error, "S104", "/linux/namespaces/5", "malformed spec file: duplicated ns {\"pid\" \"\"}"},
      {[](Spec& s) { s.linux_->namespaces[0].path = "ns/pid"; }, warning, "S113",
       "/linux/namespaces/0/path", "namespace path \"ns/pid\" is not absolute"},
      {[](Spec& s) {
         s.linux_->devices = {{"z", "/dev/z", 0, 0, {}, {}, {}}};
       },
       error, "S125", "/linux/devices/0/type", "invalid device type \"z\""},
      {[](Spec& s) {
         s.linux_->devices = {{"c", "", 1, 3, {}, {}, {}}};
       },
       error, "S126", "/linux/devices/0/path", "device path must not be empty"},
      {[](Spec& s) {
         s.linux_->devices = {{"c", "/d", 1, 3, {}, 0xffffffff, {}}};
       },
       error, "S129", "/linux/devices/0/uid", "invalid device owner 4294967295"},
      {[](Spec& s) {
         s.linux_->devices = {{"c", "/d", 1, 3, {}, {}, 0xffffffff}};
       },
       error, "S129", "/linux/devices/0/gid", "invalid device group 4294967295"},
      {[](Spec& s) {
         s.linux_->devices = {{"c", "/d", 1, 3, {}, {}, {}}, {"c", "/d", 1, 5, {}, {}, {}}};
       },
       warning, "S130", "/linux/devices/1/path",
       "device \"/d\" is listed more than once: the first one counts"},
      {[](Spec& s) {
         s.linux_->net_devices["eth0"] = {};
         drop_namespace(s, "network");
       },
       error, "S137", "/linux/netDevices",
       "unable to move network devices without a NET namespace"},
      {[](Spec& s) { s.linux_->net_devices["a b"] = {}; }, error, "S138", "/linux/netDevices/a b",
       "invalid network device name \"a b\""},
      {[](Spec& s) { s.linux_->net_devices["e"] = {"sixteen-bytes-xx"}; }, error, "S138",
       "/linux/netDevices/e/name", "invalid network device name \"sixteen-bytes-xx\""},
      {[](Spec& s) { s.linux_->net_devices["e"] = {"x%s"}; }, error, "S138",
       "/linux/netDevices/e/name", "invalid network device name \"x%s\""},
      {[](Spec& s) {
         s.linux_->net_devices = {{"a", {"x"}}, {"b", {"x"}}};
       },
       error, "S138", "/linux/netDevices/b", "network device name \"x\" is used twice"},
  };
}

std::vector<Case> other_cases() {
  const std::string restrict = "unable to restrict sys entries without a private MNT namespace";
  const auto policy = [](std::string mode, std::string nodes, spec::Strings flags) {
    return [=](Spec& s) { s.linux_->memory_policy = spec::MemoryPolicy{mode, nodes, flags}; };
  };
  return {
      {[](Spec& s) { s.linux_->rootfs_propagation = "bogus"; }, error, "S207",
       "/linux/rootfsPropagation", "rootfsPropagation=bogus is not supported"},
      {[](Spec& s) {
         s.linux_->masked_paths = {"/proc/kcore"};
         drop_namespace(s, "mount");
       },
       error, "S107", "/linux/maskedPaths", restrict},
      {[](Spec& s) {
         s.linux_->readonly_paths = {"/proc/sys"};
         drop_namespace(s, "mount");
       },
       error, "S107", "/linux/readonlyPaths", restrict},
      {[](Spec& s) { s.linux_->intel_rdt.emplace().clos_id = "../x"; }, error, "S191",
       "/linux/intelRdt/closID", "invalid intelRdt.ClosID \"../x\""},
      {[](Spec& s) { s.linux_->intel_rdt.emplace().mem_bw_schema = "L3:0=f"; }, error, "S194",
       "/linux/intelRdt/memBwSchema", "intelRdt.memBwSchema must start with MB:, not \"L3:0=f\""},
      {[](Spec& s) { s.linux_->intel_rdt.emplace().mem_bw_schema = "MB:0=1\nL3:0=f"; }, error,
       "S192", "/linux/intelRdt/memBwSchema", "a line of schemata must not contain newlines"},
      {[](Spec& s) {
         s.linux_->intel_rdt.emplace().schemata = {"L3:0=f", "L2:0=f\n"};
       },
       error, "S192", "/linux/intelRdt/schemata/1", "a line of schemata must not contain newlines"},
      {[](Spec& s) { s.linux_->intel_rdt.emplace().l3_cache_schema = "0=f"; }, warning, "S193",
       "/linux/intelRdt/l3CacheSchema",
       "intelRdt.l3CacheSchema should be one line that starts with L3:"},
      {policy("MPOL_FOO", "", {}), error, "S199", "/linux/memoryPolicy/mode",
       "invalid memory policy mode: \"MPOL_FOO\""},
      {policy("MPOL_DEFAULT", "0-6,9", {}), error, "S200", "/linux/memoryPolicy/nodes",
       "invalid memory policy: mode requires 0 nodes but got 8"},
      {policy("MPOL_BIND", "", {}), error, "S200", "/linux/memoryPolicy/nodes",
       "invalid memory policy: mode requires at least 1 node but got 0"},
      {policy("MPOL_BIND", "a", {}), error, "S200", "/linux/memoryPolicy/nodes",
       "invalid memory policy node: \"a\""},
      {policy("MPOL_BIND", "0", {"MPOL_F_X"}), error, "S201", "/linux/memoryPolicy/flags/0",
       "invalid memory policy flag: \"MPOL_F_X\""},
      {[](Spec& s) {
         s.linux_->personality = spec::Personality{"FOO", {}};
       },
       error, "S208", "/linux/personality/domain", "invalid personality domain FOO"},
      {[](Spec& s) {
         s.linux_->personality = spec::Personality{"LINUX", {"X"}};
       },
       warning, "S209", "/linux/personality/flags",
       "personality flags are not supported and ignored"},
      {[](Spec& s) {
         s.linux_->time_offsets["boottime"] = {1, 0};
       },
       error, "S123", "/linux/timeOffsets",
       "time namespace offsets specified, but time namespace isn't enabled in the config"},
      {[](Spec& s) {
         s.linux_->namespaces.push_back({"time", "/proc/1/ns/time"});
         s.linux_->time_offsets["boottime"] = {1, 0};
       },
       error, "S123", "/linux/timeOffsets",
       "time namespace enabled, but both namespace path and time offsets specified -- you may only "
       "provide one"},
      {[](Spec& s) {
         s.linux_->time_offsets["wall"] = {1, 0};
       },
       error, "S123", "/linux/timeOffsets/wall", "unknown clock \"wall\" in timeOffsets"},
      {[](Spec& s) {
         s.linux_->time_offsets["boottime"] = {1, 1000000000};
       },
       error, "S123", "/linux/timeOffsets/boottime/nanosecs",
       "nanosecs must be below 1000000000, not 1000000000"},
  };
}

}  // namespace

std::vector<Case> linux_cases() {
  std::vector<Case> out;
  for (const auto& part : {id_map_cases(), sysctl_cases(), namespace_cases(), other_cases()})
    out.insert(out.end(), part.begin(), part.end());
  return out;
}

}  // namespace oci::test

BOOST_AUTO_TEST_SUITE(linux_rules)

BOOST_AUTO_TEST_CASE(each_rule_has_its_text_and_pointer) {
  for (const test::Case& c : test::linux_cases()) test::check_case(c);
}

BOOST_AUTO_TEST_CASE(sysctls_of_own_namespaces) {
  check_clean([](Spec& s) {
    test::add_user_namespace(s);
    for (const char* key : {"net.ipv4.ip_forward", "net/ipv4/conf/eth0.1/forwarding",
                            "net.ipv4.conf.eth0/1.forwarding", "kernel.shm_rmid_forced",
                            "fs.mqueue.msg_max", "kernel.domainname", "user.max_pid_namespaces"})
      s.linux_->sysctl[key] = "1";
  });
}

BOOST_AUTO_TEST_CASE(what_is_allowed) {
  check_clean([](Spec& s) {
    test::add_user_namespace(s);
    s.linux_->uid_mappings.push_back({1000, 5, 1});
    s.linux_->gid_mappings = {{0, 0, 4294967295}};
    s.linux_->namespaces.push_back({"time", ""});
    s.linux_->time_offsets = {{"monotonic", {-1, 999999999}}, {"boottime", {1, 0}}};
    s.linux_->cgroups_path = "system.slice:runc:x";
    s.linux_->rootfs_propagation = "rslave";
    s.linux_->masked_paths = {"/proc/kcore", "relative", ""};
    s.linux_->personality = spec::Personality{"LINUX32", {}};
    s.linux_->memory_policy = spec::MemoryPolicy{"MPOL_PREFERRED", "", {"MPOL_F_STATIC_NODES"}};
    s.linux_->net_devices = {{"eth0", {"x%d"}}, {"eth1", {"x%d"}}, {"eth2", {}}};
    s.linux_->intel_rdt = spec::IntelRdt{"/", {"L2:0=f"}, "L3:0=f", "MB:0=10", true};
    s.linux_->devices = {{"p", "/fifo", 0, 0, {}, {}, {}}, {"u", "dev/x", 1, 2, 0600, 1, 1}};
  });
}

BOOST_AUTO_TEST_SUITE_END()
