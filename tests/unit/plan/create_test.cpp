// Namespaces, root and order of create.
#include "lib/plan/namespaces.h"
#include "lib/plan/rootfs.h"
#include "support.h"
#include "tests/support/proves.h"

namespace oci::plan {
namespace {
using namespace test;
}

BOOST_AUTO_TEST_SUITE(create)

BOOST_AUTO_TEST_CASE(new_namespaces) {
  spec::Spec spec = small_spec();
  spec.linux_->namespaces.push_back({"cgroup", ""});
  spec.linux_->namespaces.push_back({"time", ""});
  spec.linux_->time_offsets = {{"monotonic", {5, 6}}, {"boottime", {-1, 0}}};
  const Plan plan = created(spec);
  // Neither the cgroup namespace, which has to wait for the cgroup, nor the time namespace.
  BOOST_CHECK(holds(step(plan, "clone"), "types=0x6c020000"));
  BOOST_CHECK(holds(step(plan, "time_offsets"), "lines=\"boottime -1 0\\nmonotonic 5 6\\n\""));
  BOOST_CHECK(in_order(plan, {"time_offsets", "clone", "unshare types=0x2000000", "setsid"}));
}

// S113, S116
BOOST_AUTO_TEST_CASE(joined_namespaces) {
  spec::Spec spec = small_spec();
  spec.linux_->namespaces = {{"mount", "/ns/mnt"},
                             {"network", "ns/net"},
                             {"cgroup", "/ns/cgroup"},
                             {"user", "/ns/user"},
                             {"pid", ""}};
  spec.mounts = {{"/d", "", "/srv", {"bind"}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK(in_order(plan, {"open_tree", "setns ns=%8 types=0x10000000",
                              "setns ns=%9 types=0x40000000", "setns ns=%10 types=0x20000", "clone",
                              "become_root", "setns ns=%12 types=0x2000000", "setsid"}));
  BOOST_CHECK(steps(plan, "sync").empty());
  BOOST_CHECK(!plan.maps);
  BOOST_CHECK(steps(plan, "loopback_up").empty());
  BOOST_REQUIRE(plan.fds.size() > 2);
  BOOST_CHECK(plan.fds[0].kind == FdSource::Kind::kNamespace);
  BOOST_CHECK_EQUAL(plan.fds[1].path, "/run/bundle/ns/net");
  BOOST_CHECK_EQUAL(plan.fds[1].ns_type, 0x40000000u);
}

BOOST_AUTO_TEST_CASE(namespace_errors) {
  spec::Spec spec = small_spec();
  spec.linux_->namespaces.push_back({"pid", ""});
  BOOST_CHECK_EQUAL(create_error(spec).text, "malformed spec file: duplicated ns {\"pid\" \"\"}");
  BOOST_CHECK_EQUAL(create_error(spec).where, "/linux/namespaces/5");
  spec.linux_->namespaces.back() = {"foo", ""};
  BOOST_CHECK_EQUAL(create_error(spec).text, "namespace {\"foo\" \"\"} does not exist");
  spec.linux_->namespaces.back() = {"time", "/ns/time"};
  spec.linux_->time_offsets = {{"monotonic", {1, 0}}};
  BOOST_CHECK(holds(create_error(spec).text, "both namespace path and time offsets specified"));
  spec.linux_->namespaces.pop_back();
  BOOST_CHECK_EQUAL(
      create_error(spec).text,
      "time namespace offsets specified, but time namespace isn't enabled in the config");
}

BOOST_AUTO_TEST_CASE(id_maps) {
  spec::Spec spec = with_user_namespace(small_spec());
  const Plan plan = created(spec);
  BOOST_REQUIRE(plan.maps);
  BOOST_CHECK_EQUAL(plan.maps->uids.front().host_id, 100000u);
  BOOST_CHECK(in_order(plan, {"clone", "sync point=0", "become_root", "affinity"}));
  spec.linux_->uid_mappings = {{1, 100000, 10}};
  BOOST_CHECK_EQUAL(create_error(spec).text,
                    "user namespaces enabled, but no mapping found for uid 0");
  spec.linux_->uid_mappings.clear();
  BOOST_CHECK_EQUAL(create_error(spec).text, "user namespaces enabled, but no uid mappings found");
}

// What has no namespace of its own would hit the host.
BOOST_AUTO_TEST_CASE(the_host_is_left_alone) {
  spec::Spec spec = small_spec();
  spec.linux_->namespaces = {{"pid", ""}};
  spec.hostname = "x";
  BOOST_CHECK_EQUAL(create_error(spec).text,
                    "unable to set hostname without a private UTS namespace");
  spec.hostname.clear();
  spec.domainname = "x";
  BOOST_CHECK_EQUAL(create_error(spec).text,
                    "unable to set domainname without a private UTS namespace");
  spec.domainname.clear();
  spec.linux_->masked_paths = {"/proc/kcore"};
  BOOST_CHECK_EQUAL(create_error(spec).text,
                    "unable to restrict sys entries without a private MNT namespace");
  spec.linux_->masked_paths.clear();
  const Plan plan = created(spec);
  BOOST_CHECK(steps(plan, "propagation").empty());
  BOOST_CHECK(steps(plan, "open_root").empty());
  BOOST_CHECK(in_order(plan, {"open_path", "chroot"}));
  spec.root->readonly = true;
  BOOST_CHECK(create_error(spec).code == Code::kUnsupported);
}

// S137
BOOST_AUTO_TEST_CASE(network_devices_wait_for_the_caller) {
  spec::Spec spec = small_spec();
  spec.linux_->net_devices["eth0"] = {};
  const Plan plan = created(spec);
  BOOST_CHECK_EQUAL(plan.net_devices.size(), 1u);
  BOOST_CHECK(in_order(plan, {"loopback_up", "sync", "pivot_root"}));
  HostFacts host = host_v1();
  host.euid = 1000;
  spec.linux_->namespaces.push_back({"user", ""});
  spec.linux_->uid_mappings = spec.linux_->gid_mappings = {{0, 1000, 1}};
  const auto refused = compile_create(spec, input_of(), host);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK_EQUAL(refused.error().text,
                    "network devices are not supported for rootless containers");
  BOOST_CHECK_EQUAL(refused.error().where, "/linux/netDevices");
}

// S207
BOOST_AUTO_TEST_CASE(root_propagation_words) {
  spec::Spec spec = small_spec();
  BOOST_CHECK(holds(step(created(spec), "propagation"), "ms=0x80000 recursive"));
  spec.linux_->rootfs_propagation = "private";
  BOOST_CHECK(step(created(spec), "propagation", "ms=0x40000").find("recursive") ==
              std::string::npos);
  spec.linux_->rootfs_propagation = "rshared";
  const Plan shared = created(spec);
  BOOST_CHECK_EQUAL(steps(shared, "propagation", "ms=0x100000 recursive").size(), 2u);
  BOOST_CHECK(in_order(shared, {"propagation", "open_root", "pivot_root", "propagation"}));
  spec.linux_->rootfs_propagation = "unbindable";
  BOOST_CHECK(in_order(created(spec), {"propagation ms=0x40000 recursive", "open_root",
                                       "pivot_root", "propagation ms=0x20000  #"}));
  spec.linux_->rootfs_propagation = "bogus";
  BOOST_CHECK_EQUAL(create_error(spec).text, "rootfsPropagation=bogus is not supported");
  CreateInput input = input_of();
  input.no_pivot = true;
  spec.linux_->rootfs_propagation = "rprivate";
  BOOST_CHECK_EQUAL(create_error(spec, input).text,
                    "rootfsPropagation of [r]private is not safe without pivot_root");
  spec.linux_->rootfs_propagation = "rslave";
  BOOST_CHECK_EQUAL(steps(created(spec, input), "move_root").size(), 1u);
}

BOOST_AUTO_TEST_CASE(order_of_the_second_stage) {
  spec::Spec spec = small_spec();
  spec.process->oom_score_adj = -5;
  spec.hooks.create_runtime.push_back({"/bin/hook", {}, {}, {}});
  spec.root->readonly = true;
  spec.hostname = "h";
  spec.domainname = "d";
  spec.mounts = {{"/proc", "proc", "proc", {}, {}, {}}};
  spec.linux_->sysctl = {{"net.ipv4.ip_forward", "1"}};
  spec.linux_->readonly_paths = {"/proc/sys", "", "/proc/sys/"};
  spec.linux_->masked_paths = {"/proc/kcore", "proc/kcore"};
  const Plan plan = created(spec);
  BOOST_CHECK(plan.sync_hooks);
  BOOST_CHECK(in_order(plan, {"oom_score_adj value=\"-5\"",
                              "clone cgroup=%1",
                              "affinity",
                              "setsid",
                              "keyring name=\"_ses.c1\"",
                              "loopback_up",
                              "umask mask=00",
                              "propagation",
                              "open_root",
                              "open_tree to=%3 path=\"/dev/null\"",
                              "check_device",
                              "fs_mount to=%4",
                              "attach mount=%4",
                              "dev_node",
                              "symlink",
                              "sync point=1",
                              "pivot_root",
                              "stdio_null",
                              "mount_attr mount=%2 set=0x1",
                              "hostname",
                              "domainname",
                              "sysctl proc=%4",
                              "readonly_path",
                              "mask_path null=%3",
                              "stdio_owner",
                              "gate report=%6 from=%5",
                              "exec"}));
  BOOST_CHECK_EQUAL(steps(plan, "readonly_path").size(), 1u);
  BOOST_CHECK_EQUAL(steps(plan, "mask_path").size(), 1u);
  BOOST_CHECK(steps(plan, "open_proc").empty());
}

// S202: dots and slashes.
BOOST_AUTO_TEST_CASE(sysctl_paths, *oci::test::proves({"S203"})) {
  BOOST_CHECK_EQUAL(sysctl_path("net.ipv4.ip_forward"), "sys/net/ipv4/ip_forward");
  BOOST_CHECK_EQUAL(sysctl_path("net/ipv4/conf/eth0.1/forwarding"),
                    "sys/net/ipv4/conf/eth0.1/forwarding");
  BOOST_CHECK_EQUAL(sysctl_path("net.ipv4.conf.eth0/1.forwarding"),
                    "sys/net/ipv4/conf/eth0.1/forwarding");
  for (const char* bad : {"", "net/../kernel/x", "/net/x", "net//x", ".x", "net.x.", "a\nb"})
    BOOST_CHECK_EQUAL(sysctl_path(bad), "");
}

// A procfs that the configuration makes read-only cannot be written through.
BOOST_AUTO_TEST_CASE(sysctl_without_a_writable_procfs, *oci::test::proves({"S203"})) {
  spec::Spec spec = small_spec();
  spec.linux_->sysctl = {{"kernel.sem", "1"}};
  for (const char* option : {"ro", "rro"}) {
    spec.mounts = {{"/proc", "proc", "proc", {option}, {}, {}}};
    BOOST_CHECK(in_order(created(spec), {"attach", "open_proc", "sysctl"}));
  }
}

BOOST_AUTO_TEST_CASE(cgroups_by_layout) {
  const Plan v1 = created(small_spec(), input_of(), host_v1());
  BOOST_CHECK_EQUAL(steps(v1, "cgroup_enter").size(), 8u);
  BOOST_CHECK(step(v1, "clone").find("cgroup=") == std::string::npos);
  const Plan hybrid = created(small_spec(), input_of(), host_hybrid());
  BOOST_CHECK_EQUAL(steps(hybrid, "cgroup_enter").size(), 8u);
  BOOST_CHECK(holds(step(hybrid, "clone"), "cgroup=%1"));
  BOOST_CHECK_EQUAL(hybrid.fds.front().index, 8u);
  const Plan none = created(small_spec(), input_of(), host_without_cgroups());
  BOOST_CHECK(steps(none, "cgroup_enter").empty());
}

// S212, S224
BOOST_AUTO_TEST_CASE(seccomp_profile) {
  spec::Spec spec = small_spec();
  spec.linux_->seccomp.emplace();
  BOOST_CHECK(steps(created(spec), "seccomp").empty());
  spec.linux_->seccomp->default_action = "SCMP_ACT_ALLOW";
  spec.linux_->seccomp->syscalls = {{{"mkdir"}, "SCMP_ACT_ERRNO", {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK(!plan.seccomp.empty());
  BOOST_CHECK(in_order(plan, {"set_ids", "caps", "seccomp", "caps", "gate", "exec"}));
  spec.process->no_new_privileges = true;
  BOOST_CHECK(
      in_order(created(spec), {"no_new_privs", "caps", "ambient_caps", "gate", "seccomp", "exec"}));
  // An agent is told before the gate.
  spec.linux_->seccomp->syscalls[0].action = "SCMP_ACT_NOTIFY";
  BOOST_CHECK_EQUAL(create_error(spec).text, "seccomp listenerPath is not set");
  spec.linux_->seccomp->listener_path = "/agent";
  BOOST_CHECK(in_order(created(spec), {"pivot_root", "messenger", "no_new_privs", "caps",
                                       "ambient_caps", "seccomp", "gate", "exec"}));
  spec.process->no_new_privileges = false;
  BOOST_CHECK(in_order(created(spec), {"pivot_root", "messenger", "set_ids", "caps", "seccomp",
                                       "caps", "gate", "exec"}));
  spec.linux_->seccomp->default_action = "SCMP_ACT_X";
  BOOST_CHECK_EQUAL(create_error(spec).text, "string SCMP_ACT_X is not a valid action for seccomp");
}

BOOST_AUTO_TEST_CASE(terminal) {
  spec::Spec spec = small_spec();
  spec.process->terminal = true;
  spec.process->user.uid = 9;
  spec.process->console_size = spec::ConsoleSize{24, 100000};
  spec.mounts = {{"/dev/pts", "devpts", "devpts", {}, {}, {}}};
  CreateInput input = input_of();
  input.explicit_stdio = true;
  const Plan plan = created(spec, input);
  BOOST_CHECK(plan.terminal);
  BOOST_CHECK(holds(step(plan, "console"), "devpts=%3 root=%2 size=0xffff0018 uid=9 bind_console"));
  BOOST_CHECK(in_order(plan, {"pivot_root", "console", "controlling_tty", "set_ids"}));
  for (const char* name : {"dup", "stdio_null", "stdio_owner"})
    BOOST_CHECK(steps(plan, name).empty());
}

BOOST_AUTO_TEST_CASE(options_of_the_caller) {
  CreateInput input = input_of();
  input.no_new_keyring = true;
  input.gate_on_disk = false;
  input.explicit_stdio = true;
  const Plan plan = created(small_spec(), input);
  BOOST_CHECK(steps(plan, "keyring").empty());
  BOOST_CHECK_EQUAL(step(plan, "gate"), "gate");
  BOOST_CHECK_EQUAL(steps(plan, "dup").size(), 3u);
  BOOST_CHECK(
      in_order(plan, {"clone", "dup from=%2 fd=0", "dup from=%3 fd=1", "dup from=%4 fd=2"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
