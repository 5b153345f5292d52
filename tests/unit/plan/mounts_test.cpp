#include "lib/words/mount_options.h"
#include "support.h"
#include "tests/support/proves.h"

namespace oci::plan {
namespace {

using namespace test;

Plan mounted(const spec::Mount& mount, const HostFacts& host = host_v2()) {
  spec::Spec spec = small_spec();
  spec.mounts = {mount};
  return created(spec, input_of(), host);
}

std::string mount_error(const spec::Mount& mount) {
  spec::Spec spec = small_spec();
  spec.mounts = {mount};
  return create_error(spec).text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mounts)

BOOST_AUTO_TEST_CASE(bind_changes_only_what_is_named) {
  const Plan plain = mounted({"/data", "none", "/srv", {"bind"}, {}, {}});
  BOOST_CHECK(step(plain, "open_tree", "/srv").find("recursive") == std::string::npos);
  BOOST_CHECK(steps(plain, "mount_attr").empty());
  const Plan changed = mounted({"/data", "", "/srv", {"rbind", "ro", "suid", "rnodev"}, {}, {}});
  BOOST_CHECK(holds(step(changed, "open_tree", "/srv"), "recursive"));
  const auto attrs = steps(changed, "mount_attr");
  BOOST_REQUIRE_EQUAL(attrs.size(), 2u);
  BOOST_CHECK(holds(attrs[0], "set=0x1 clear=0x2  #"));
  BOOST_CHECK(holds(attrs[1], "set=0x4 clear=0x0 recursive"));
  BOOST_CHECK(in_order(changed, {"open_tree", "mount_attr", "mount_attr", "attach"}));
}

BOOST_AUTO_TEST_CASE(bind_sources_are_below_the_bundle) {
  BOOST_CHECK(
      holds(step(mounted({"/d", "", "dir/../x", {"bind"}, {}, {}}), "open_tree", "/mounts/0"),
            "path=\"/run/bundle/x\""));
  BOOST_CHECK(holds(step(mounted({"/d", "", "", {"bind"}, {}, {}}), "open_tree", "/mounts/0"),
                    "path=\"/run/bundle\""));
}

// S020: without a bind option the word is a filesystem, which the kernel does not know.
BOOST_AUTO_TEST_CASE(type_bind_alone_is_no_bind) {
  BOOST_CHECK(holds(step(mounted({"/d", "bind", "/srv", {"ro"}, {}, {}}), "fs_mount", "/mounts/0"),
                    "type=\"bind\""));
}

BOOST_AUTO_TEST_CASE(a_symlink_that_is_copied) {
  const Plan plan = mounted({"/d", "", "/srv", {"bind", "copy-symlink", "ro", "rslave"}, {}, {}});
  for (const char* op : {"open_tree", "mount_attr", "attach", "propagation"})
    BOOST_CHECK(holds(step(plan, op, "/mounts/0"), "copy_symlink"));
}

BOOST_AUTO_TEST_CASE(symlink_options) {
  const Plan plan = mounted({"/d", "", "/srv", {"bind", "src-nofollow", "dest-nofollow"}, {}, {}});
  BOOST_CHECK(holds(step(plan, "open_tree", "/srv"), "no_follow"));
  BOOST_CHECK(holds(step(plan, "attach", "/mounts/0"), "no_follow"));
}

BOOST_AUTO_TEST_CASE(propagation_comes_after_attaching) {
  const Plan plan = mounted({"/d", "", "/srv", {"bind", "rprivate", "shared"}, {}, {}});
  BOOST_CHECK(holds(step(plan, "attach", "/mounts/0"), "keep"));
  const auto changes = steps(plan, "propagation", "/mounts/0");
  BOOST_REQUIRE_EQUAL(changes.size(), 2u);
  BOOST_CHECK(holds(changes[0], "ms=0x40000 recursive  #"));
  BOOST_CHECK(holds(changes[1], "ms=0x100000 release"));
  BOOST_CHECK(in_order(plan, {"attach", "propagation mount", "propagation mount"}));
}

// S064: slots do not grow with the number of mounts.
BOOST_AUTO_TEST_CASE(thousands_of_mounts) {
  spec::Spec spec = small_spec();
  for (int i = 0; i < 5000; ++i)
    spec.mounts.push_back({"/d" + std::to_string(i), "", "/srv", {"bind", "rprivate"}, {}, {}});
  BOOST_CHECK_EQUAL(steps(created(spec), "attach").size(), 5000u);
  const Error error = create_error(with_user_namespace(spec));
  BOOST_CHECK(error.code == Code::kUnsupported);
  BOOST_CHECK(holds(error.text, "too many mounts"));
}

BOOST_AUTO_TEST_CASE(new_filesystems) {
  const std::string line =
      step(mounted({"/d", "ext4", "/dev/sdb", {"ro", "noexec", "sync", "data=ordered"}, {}, {}}),
           "fs_mount", "/mounts/0");
  BOOST_CHECK(holds(line, "attr=0x9 "));
  BOOST_CHECK(
      holds(line, "keys=[\"source\" \"/dev/sdb\" \"ro\" \"\" \"sync\" \"\" \"data\" \"ordered\"]"));
  for (const char* type : {"proc", "sysfs", "tmpfs", "devpts", "mqueue", "cgroup2"})
    BOOST_CHECK(
        step(mounted({"/d", type, "x", {"ro"}, {}, {}}), "fs_mount", "/mounts/0").find("\"ro\"") ==
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(recursive_options_count_on_new_filesystems) {
  const Plan plan = mounted({"/d", "tmpfs", "tmpfs", {"rro"}, {}, {}});
  BOOST_CHECK(
      in_order(plan, {"fs_mount", "mount_attr mount=%3 set=0x1 clear=0x0 recursive", "attach"}) ||
      holds(step(plan, "mount_attr"), "set=0x1 clear=0x0 recursive"));
}

BOOST_AUTO_TEST_CASE(tmpfs_mode) {
  const std::string taken =
      step(mounted({"/d", "tmpfs", "tmpfs", {}, {}, {}}), "fs_mount", "/mounts/0");
  BOOST_CHECK(holds(taken, "mode_from_target"));
  BOOST_CHECK(holds(taken, "target=\"/d\""));
  const std::string given =
      step(mounted({"/d", "tmpfs", "tmpfs", {"mode=700"}, {}, {}}), "fs_mount", "/mounts/0");
  BOOST_CHECK(given.find("mode_from_target") == std::string::npos);
  BOOST_CHECK(step(mounted({"/d", "ramfs", "x", {}, {}, {}}), "fs_mount", "/mounts/0")
                  .find("mode_from_target") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(copy_up_is_before_readonly) {
  const Plan plan = mounted({"/d", "tmpfs", "tmpfs", {"tmpcopyup", "ro", "nodev"}, {}, {}});
  BOOST_CHECK(holds(step(plan, "fs_mount", "/mounts/0"), "attr=0x4 "));
  BOOST_CHECK(in_order(plan, {"fs_mount", "copy_up", "mount_attr", "attach"}));
  BOOST_CHECK_EQUAL(mounted({"/d", "", "/srv", {"bind", "tmpcopyup"}, {}, {}}).warnings.size(), 1u);
}

BOOST_AUTO_TEST_CASE(selinux_context) {
  spec::Spec spec = small_spec();
  spec.linux_->mount_label = "system_u:object_r:t:s0:c1,c2";
  spec.mounts = {{"/proc", "proc", "proc", {}, {}, {}},
                 {"/t", "tmpfs", "tmpfs", {}, {}, {}},
                 {"/m", "mqueue", "mqueue", {}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK(
      holds(step(plan, "fs_mount", "/mounts/1"), "\"context\" \"system_u:object_r:t:s0:c1,c2\""));
  BOOST_CHECK_EQUAL(steps(plan, "fs_mount", "context").size(), 1u);
}

// S051, S052
BOOST_AUTO_TEST_CASE(proc_is_guarded, *oci::test::proves({"S052"})) {
  BOOST_CHECK(holds(step(mounted({"/proc", "proc", "proc", {}, {}, {}}), "attach", "/mounts/0"),
                    "no_symlinks"));
  BOOST_CHECK(holds(step(mounted({"/sys", "sysfs", "sysfs", {}, {}, {}}), "attach", "/mounts/0"),
                    "no_symlinks"));
  BOOST_CHECK(holds(step(mounted({"/proc/./cpuinfo", "", "/lxcfs/cpuinfo", {"bind"}, {}, {}}),
                         "attach", "/mounts/0"),
                    "allow_in_proc"));
  BOOST_CHECK(step(mounted({"/data", "", "/srv", {"bind"}, {}, {}}), "attach", "/mounts/0")
                  .find("allow_in_proc") == std::string::npos);
  BOOST_CHECK_EQUAL(mount_error({"/proc/sys", "", "/srv", {"bind"}, {}, {}}),
                    "create mountpoint for /proc/sys mount: check proc-safety of /proc/sys mount: "
                    "\"/run/bundle/rootfs/proc/sys\" cannot be mounted because it is inside /proc");
  BOOST_CHECK(holds(mount_error({"/a/../proc/self/attr/", "tmpfs", "tmpfs", {}, {}, {}}),
                    "because it is inside /proc"));
  BOOST_CHECK(holds(mount_error({"/proc", "tmpfs", "tmpfs", {}, {}, {}}),
                    "because it is not of type proc"));
  BOOST_CHECK(holds(mount_error({"//proc", "", "/srv/fake", {"rbind"}, {}, {}}),
                    "because it is not of type proc"));
  BOOST_CHECK_EQUAL(
      steps(mounted({"/proc", "", "/proc", {"rbind"}, {}, {}}), "open_tree", "\"/proc\"").size(),
      1u);
}

BOOST_AUTO_TEST_CASE(bad_destinations) {
  BOOST_CHECK_EQUAL(mount_error({"/", "tmpfs", "tmpfs", {}, {}, {}}),
                    "create mountpoint for / mount: mountpoint \"/run/bundle/rootfs\" is on the "
                    "top of rootfs \"/run/bundle/rootfs\"");
  BOOST_CHECK(holds(mount_error({std::string("/a\0b", 4), "tmpfs", "tmpfs", {}, {}, {}}), "NUL"));
  const Plan relative = mounted({"data/x", "tmpfs", "tmpfs", {}, {}, {}});
  BOOST_CHECK(holds(step(relative, "attach", "/mounts/0"), "path=\"/data/x\""));
  BOOST_CHECK_EQUAL(relative.warnings.size(), 0u);  // validate() tells
}

// S062: the caller's rights count for the sources, and the copies do not stay tied to the host's
// mounts.
BOOST_AUTO_TEST_CASE(sources_in_a_user_namespace, *oci::test::proves({"S061"})) {
  spec::Spec spec = with_user_namespace(small_spec());
  spec.mounts = {{"/d", "", "/srv", {"rbind", "ro"}, {}, {}}};
  const Plan plan = created(spec);
  BOOST_CHECK(in_order(plan, {"open_tree to=%1 path=\"/srv\" recursive", "clone",
                              "propagation mount=%1 ms=0x80000 recursive",
                              "mount_attr mount=%1 set=0x1", "attach mount=%1"}));
}

BOOST_AUTO_TEST_CASE(errors_name_the_mount) {
  const Plan plan = mounted({"/d", "tmpfs", "src", {}, {}, {}});
  const std::size_t at = position(plan, "fs_mount");
  BOOST_CHECK_EQUAL(plan.notes[at].subject, "error mounting \"src\" to rootfs at \"/d\"");
  BOOST_CHECK_EQUAL(plan.notes[at].pointer, "/mounts/0");
}

BOOST_AUTO_TEST_CASE(notify_directory) {
  CreateInput input = input_of();
  input.notify_dir = "/run/state/c1/notify";
  const Plan plan = created(small_spec(), input);
  BOOST_CHECK(holds(step(plan, "attach", "/run/notify"), "path=\"/run/notify\""));
  BOOST_CHECK(holds(step(plan, "mount_attr"), "set=0xf "));
  BOOST_CHECK(holds(step(plan, "exec"), "\"NOTIFY_SOCKET=/run/notify/notify.sock\""));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(cgroup_mounts)

const spec::Mount kCgroup{
    "/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"}, {}, {}};

BOOST_AUTO_TEST_CASE(unified) {
  BOOST_CHECK(holds(step(mounted(kCgroup), "fs_mount", "/mounts/0"), "type=\"cgroup2\" attr=0xf"));
  spec::Spec spec = with_user_namespace(small_spec());
  spec.mounts = {kCgroup};
  spec.mounts[0].options = {"rw", "nosuid"};
  spec.linux_->cgroups_path = "/pod/c1";
  // CVE-2023-25809: own part only, and not writable.
  const Plan own = created(spec);
  BOOST_CHECK(holds(step(own, "open_tree", "/mounts/0"), "path=\"/sys/fs/cgroup/pod/c1\""));
  BOOST_CHECK(holds(step(own, "mount_attr", "/mounts/0"), "set=0x3 clear=0x0"));
  spec.linux_->namespaces.push_back({"cgroup", ""});
  BOOST_CHECK(holds(step(created(spec), "fs_mount", "/mounts/0"), "type=\"cgroup2\" attr=0x2"));
}

BOOST_AUTO_TEST_CASE(hierarchies_without_a_namespace) {
  const Plan plan = mounted(kCgroup, host_v1());
  BOOST_CHECK_EQUAL(steps(plan, "open_tree", "/mounts/0").size(), 8u);
  BOOST_CHECK_EQUAL(steps(plan, "fs_mount", "/mounts/0").size(), 1u);
  BOOST_CHECK(holds(step(plan, "open_tree", "cpu,cpuacct"), "/sys/fs/cgroup/cpu,cpuacct/c1"));
  BOOST_CHECK(in_order(plan, {"fs_mount", "attach", "open_tree", "attach", "symlink", "symlink",
                              "mount_attr", "dev_node"}));
  BOOST_CHECK(holds(step(plan, "mount_attr", "/mounts/0"), "set=0xf clear=0x0 recursive"));
}

BOOST_AUTO_TEST_CASE(hierarchies_with_a_namespace) {
  spec::Spec spec = small_spec();
  spec.mounts = {kCgroup};
  spec.mounts[0].options = {"rw", "rslave"};
  spec.linux_->namespaces.push_back({"cgroup", ""});
  const Plan plan = created(spec, input_of(), host_hybrid());
  BOOST_CHECK(holds(step(plan, "fs_mount", "\"cpuacct\""),
                    "keys=[\"source\" \"cgroup\" \"cpu\" \"\" \"cpuacct\" \"\"]"));
  BOOST_CHECK(holds(step(plan, "fs_mount", "systemd"), "\"name\" \"systemd\""));
  BOOST_CHECK_EQUAL(steps(plan, "symlink", "/mounts/0").size(), 2u);
  BOOST_CHECK(steps(plan, "mount_attr", "/mounts/0").empty());
  BOOST_CHECK(in_order(plan, {"symlink", "symlink", "propagation mount"}));
}

// S153
BOOST_AUTO_TEST_CASE(the_cgroup_becomes_the_users) {
  spec::Spec spec = with_user_namespace(small_spec());
  spec.mounts = {kCgroup};
  spec.mounts[0].options = {"rw"};
  spec.process->user.uid = 7;
  spec.linux_->namespaces.push_back({"cgroup", ""});
  const auto owner = [](const spec::Spec& s, const HostFacts& host) {
    return created(s, input_of(), host).cgroup_owner;
  };
  BOOST_CHECK(owner(spec, host_v2()) == 7u);
  BOOST_CHECK(!owner(spec, host_v1()));
  BOOST_CHECK(!owner(spec, host_hybrid()));
  spec::Spec readonly = spec, elsewhere = spec, shared = spec, plain = spec;
  readonly.mounts[0].options = {"ro"};
  BOOST_CHECK(!owner(readonly, host_v2()));
  elsewhere.mounts[0].destination = "/mnt";
  BOOST_CHECK(!owner(elsewhere, host_v2()));
  shared.linux_->namespaces.pop_back();
  BOOST_CHECK(!owner(shared, host_v2()));
  plain.linux_->namespaces = small_spec().linux_->namespaces;
  plain.linux_->namespaces.push_back({"cgroup", ""});
  BOOST_CHECK(!owner(plain, host_v2()));
}

BOOST_AUTO_TEST_CASE(no_cgroups) {
  spec::Spec spec = small_spec();
  spec.mounts = {kCgroup};
  const Error error = create_error(spec, input_of(), host_without_cgroups());
  BOOST_CHECK(error.code == Code::kUnsupported);
  BOOST_CHECK_EQUAL(error.where, "/mounts/0");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
