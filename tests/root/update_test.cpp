// update: limits of a container that lives.
#include <signal.h>

#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

class Limits : public Updatable {
 public:
  Limits() {
    config.set("/linux/resources/memory", R"({"limit":104857600,"swap":209715200})")
        .set("/linux/resources/cpu", R"({"shares":512,"quota":50000,"period":100000})")
        .set("/linux/resources/pids", R"({"limit":50})");
  }
  std::string value(const std::string& file) const {
    return trimmed(read_file(cgroup_file(id(), file)));
  }
  // The values of v1 that the cases here change.
  std::string all() const {
    std::string text;
    for (const char* file : {"memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "cpu.shares",
                             "cpu.cfs_quota_us", "cpu.cfs_period_us", "pids.max"})
      text += std::string(file) + "=" + value(file) + "\n";
    return text;
  }
};

bool have_v1() {
  bool memory = false, cpu = false, pids = false;
  for (const std::string& mount : cgroup_mounts()) {
    memory = memory || !read_file(mount + "/memory.oom_control").empty();
    cpu = cpu || !read_file(mount + "/cpu.stat").empty();
    pids = pids || contains(mount, "/pids");
  }
  return memory && cpu && pids;
}

}  // namespace

#define OCI_NEEDS_V1() OCI_SKIP_IF(!have_v1(), "no v1 memory, cpu and pids controllers here")

BOOST_AUTO_TEST_SUITE(update)

BOOST_AUTO_TEST_CASE(by_flags) {
  OCI_NEEDS_V1();
  Limits b;
  b.start_sleeper();
  const Outcome r = b.update({"--memory", "50m", "--memory-swap", "70m", "--cpu-share", "1024",
                              "--cpu-quota", "25000", "--pids-limit", "7", "--cpuset-cpus", "0"});
  OCI_REQUIRE_OK(r);
  BOOST_TEST((r.out + r.err) == "");
  BOOST_TEST(b.value("memory.limit_in_bytes") == "52428800");
  BOOST_TEST(b.value("memory.memsw.limit_in_bytes") == "73400320");
  BOOST_TEST(b.value("cpu.shares") == "1024");
  BOOST_TEST(b.value("cpu.cfs_quota_us") == "25000");
  BOOST_TEST(b.value("cpu.cfs_period_us") == "100000");
  BOOST_TEST(b.value("pids.max") == "7");
  BOOST_TEST(b.value("cpuset.cpus") == "0");
  OCI_REQUIRE_OK(b.update({"--memory", "-1", "--pids-limit", "-1"}));
  BOOST_TEST(b.value("memory.memsw.limit_in_bytes") == "9223372036854771712");
  BOOST_TEST(b.value("pids.max") == "max");
  BOOST_TEST(b.value("cpu.shares") == "1024");
}

BOOST_AUTO_TEST_CASE(by_a_file_or_standard_input) {
  OCI_NEEDS_V1();
  Limits b;
  b.start_sleeper();
  OCI_REQUIRE_OK(b.update_by(R"({"pids":{"limit":8}})"));
  BOOST_TEST(b.value("pids.max") == "8");
  write_file(b.scratch("r.json"), R"({"pids":{"limit":9}})");
  // Other flags count nothing beside it.
  OCI_REQUIRE_OK(b.update({"-r", b.scratch("r.json"), "--pids-limit", "10", "--memory", "abc"}));
  BOOST_TEST(b.value("pids.max") == "9");
  OCI_REQUIRE_OK(b.update_by("{}"));
  OCI_CHECK_HAS(b.update_by("").err, "msg=EOF");
  OCI_CHECK_HAS(said(b.update_by("{")), "msg=\"unexpected EOF\"");
  OCI_CHECK_HAS(b.update({"-r", "/nonexistent"}).err,
                "open /nonexistent: no such file or directory");
}

BOOST_AUTO_TEST_CASE(all_or_nothing, *proves({"S188"})) {
  OCI_NOT_RUNC("it leaves what was written before the error");
  OCI_NEEDS_V1();
  Limits b;
  b.start_sleeper();
  const std::string before = b.all(), record = read_file(b.state_dir() + "/state.json");
  const Outcome r = b.update_by(
      R"({"memory":{"limit":73400320,"swap":83886080},"cpu":{"shares":100,"quota":20000},"pids":{"limit":9000000000}})");
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(said(r), "failed to write \"9000000000\"");
  BOOST_TEST(!contains(r.err, "Setting back"), r.err);
  BOOST_TEST(b.all() == before);
  BOOST_TEST(read_file(b.state_dir() + "/state.json") == record);
}

BOOST_AUTO_TEST_CASE(nothing_changes_where_the_record_cannot_be_written) {
  OCI_NOT_RUNC("it has no such order");
  OCI_NEEDS_V1();
  Limits b;
  b.start_sleeper();
  const std::string before = b.all();
  Command c = b.command({"update", "--pids-limit", "5", "--cpu-quota", "20000", b.id()});
  c.argv.insert(c.argv.begin(),
                {"unshare", "--mount", "sh", "-c",
                 "mount --bind \"$0\" \"$0\" && mount -o remount,ro,bind \"$0\" && exec \"$@\"",
                 b.state_dir()});
  const Outcome r = oci::test::run(c);
  BOOST_TEST(r.code == 1, r.text());
  OCI_CHECK_HAS(r.err, "read-only file system");
  BOOST_TEST(b.all() == before);
}

BOOST_AUTO_TEST_CASE(all_or_nothing_on_v2, *proves({"S188"})) {
  OCI_NOT_RUNC("it leaves what was written before the error");
  Limits b;
  b.config.drop("/linux/resources");
  b.start_sleeper();
  OCI_SKIP_IF(cgroup_file(b.id(), "hugetlb.2MB.max").empty(), "no v2 hugetlb controller here");
  OCI_SKIP_IF(have_v1(), "v2 is not in charge here");
  OCI_REQUIRE_OK(b.update_by(R"({"hugepageLimits":[{"pageSize":"2MB","limit":4194304}]})"));
  BOOST_TEST(b.value("hugetlb.2MB.max") == "4194304");
  BOOST_TEST(b.value("hugetlb.2MB.rsvd.max") == "4194304");
  const Outcome r = b.update_by(
      R"({"hugepageLimits":[{"pageSize":"2MB","limit":2097152}],"unified":{"hugetlb.2MB.max":"6291456","cgroup.nosuch":"1"}})");
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "cgroup.nosuch");
  BOOST_TEST(b.value("hugetlb.2MB.max") == "4194304");
  BOOST_TEST(b.value("hugetlb.2MB.rsvd.max") == "4194304");
}

BOOST_AUTO_TEST_CASE(errors_of_the_kernel) {
  OCI_NEEDS_V1();
  Limits b;
  b.start_sleeper();
  OCI_CHECK_HAS(said(b.update({"--memory", "4k"})),
                "unable to set memory limit to 4096 (current usage: ");
  OCI_CHECK_HAS(said(b.update({"--cpu-share", "1"})), "the minimum allowed cpu-shares is 2");
  OCI_CHECK_HAS(said(b.update({"--cpu-period", "5"})), "failed to write \"5\": write ");
  OCI_CHECK_HAS(said(b.update({"--l3-cache-schema", "L3:0=f"})),
                "Intel RDT/CAT: l3 cache schema is not enabled");
  OCI_CHECK_HAS(said(b.update({"--mem-bw-schema", "MB:0=20"})),
                "Intel RDT/MBA: memory bandwidth schema is not enabled");
  const Outcome kernel = b.update({"--kernel-memory", "5M"});
  OCI_REQUIRE_OK(kernel);
  OCI_CHECK_HAS(kernel.err, "Kernel memory settings are ignored and will be removed");
}

BOOST_AUTO_TEST_CASE(created_and_paused_ones_too_but_not_stopped_ones) {
  OCI_NEEDS_V1();
  Limits b;
  OCI_REQUIRE_OK(b.args({"/bin/sleep", "1000"}).create());
  OCI_REQUIRE_OK(b.update({"--pids-limit", "11"}));
  BOOST_TEST(b.value("pids.max") == "11");
  OCI_REQUIRE_OK(b.start());
  OCI_REQUIRE_OK(b.call({"pause", b.id()}));
  OCI_REQUIRE_OK(b.update({"--pids-limit", "12"}));
  BOOST_TEST(b.value("pids.max") == "12");
  BOOST_TEST(b.status() == "paused");
  OCI_REQUIRE_OK(b.call({"resume", b.id()}));
  OCI_REQUIRE_OK(b.call({"kill", b.id(), "KILL"}));
  BOOST_TEST(eventually([&] { return b.status() == "stopped"; }));
  const Outcome r = b.update({"--pids-limit", "13"});
  BOOST_TEST(r.code == 1);
  OCI_CHECK_HAS(r.err, "container not running");
}

BOOST_AUTO_TEST_CASE(devices_stay, *proves({"S161"})) {
  Bundle b;
  b.start_sleeper();
  const std::string list = read_file(cgroup_file(b.id(), "devices.list"));
  Command c = b.command({"update", "-r", "-", b.id()});
  c.input = R"({"devices":[{"allow":true,"access":"rwm"}]})";
  OCI_REQUIRE_OK(oci::test::run(c));
  BOOST_TEST(read_file(cgroup_file(b.id(), "devices.list")) == list);
}

BOOST_AUTO_TEST_CASE(a_container_that_is_not_there) {
  Bundle b;
  for (const char* flag : {"--memory=5m", "--memory=abc"}) {
    const Outcome r = b.call({"update", flag, "nosuch"});
    BOOST_TEST(r.code == 1);
    OCI_CHECK_HAS(r.err, "container does not exist");
  }
}

BOOST_AUTO_TEST_CASE(exec_after_it_still_works) {
  Bundle b;
  b.start_sleeper();
  OCI_REQUIRE_OK(b.call({"update", "--cpu-idle", "0", b.id()}));
  OCI_REQUIRE_OK(b.exec({"true"}));
}

BOOST_AUTO_TEST_SUITE_END()
