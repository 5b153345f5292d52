// Intel RDT. Spec: config-linux.md#intelrdt
//
// On a file system that behaves like resctrl, for which a runtime that was built with OCI_DRILLS
// can be told to take it.
#include <sys/mount.h>

#include <boost/test/unit_test.hpp>
#include <filesystem>

#include "tests/root/support.h"
#include "tests/support/resctrl_fixture.h"

using namespace oci::test;
namespace fs = std::filesystem;

namespace {

struct Host {
  TempDir temp;
  ResctrlFixture resctrl{made(temp / "resctrl")};

  static std::string made(const std::string& path) {
    fs::create_directories(path);
    return path;
  }
};

struct Allocated : Bundle {
  Allocated(Host& host, const std::string& rdt) : host_(host) {
    config.set("/linux/intelRdt", rdt);
  }

  Outcome with_rdt(Command command) const {
    command.env.push_back("OCI_RESCTRL=" + host_.resctrl.path());
    return oci::test::run(command);
  }
  Outcome with_rdt(const std::vector<std::string>& words) const { return with_rdt(command(words)); }
  Outcome create_it() { return with_rdt(args({"/bin/sleep", "1000"}).creation("create", {})); }
  Outcome delete_it() { return with_rdt({"delete", "--force", id()}); }
  std::string in(const std::string& group, const std::string& file) const {
    return host_.resctrl.content(group + "/" + file);
  }
  std::string pid_line() const { return std::to_string(pid()) + "\n"; }
  // The text of the refusal, after which nothing new is there.
  std::string refused() {
    const Outcome r = create_it();
    BOOST_TEST(!r.ok());
    BOOST_TEST(!host_.resctrl.has(id()));
    return said(r);
  }

 private:
  Host& host_;
};

bool can_be_told() {
  static const bool can = [] {
    Host host;
    Allocated b(host, "{}");
    return host.resctrl.mounted() && b.create_it().ok() && b.delete_it().ok();
  }();
  return can;
}
#define OCI_NEEDS_RDT() \
  OCI_SKIP_IF(!can_be_told(), "no /dev/fuse, or this runtime was built without OCI_DRILLS")

}  // namespace

BOOST_AUTO_TEST_SUITE(rdt)

BOOST_AUTO_TEST_CASE(a_group_of_its_own, *proves({"S191", "S193", "S194"})) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"l3CacheSchema":"L3:0=f;1=ff","memBwSchema":"MB:0=20"})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in(b.id(), "schemata") == "    MB:0=20\n    L3:0=f;1=ff\n");
  BOOST_TEST(b.in(b.id(), "tasks") == b.pid_line());
  OCI_CHECK_HAS(read_file(b.state_dir() + "/state.json"),
                R"("intel_rdt_path":")" + host.resctrl.path() + "/" + b.id() + "\"");
  OCI_REQUIRE_OK(b.delete_it());
  BOOST_TEST(!host.resctrl.has(b.id()));
}

BOOST_AUTO_TEST_CASE(without_schemata_nothing_is_written) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, "{}");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in(b.id(), "schemata") == host.resctrl.content("schemata"));
  BOOST_TEST(b.in(b.id(), "tasks") == b.pid_line());
}

BOOST_AUTO_TEST_CASE(schemata_come_last, *proves({"S192"})) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"l3CacheSchema":"L3:0=f;1=f\nMB:0=10","schemata":["L3:0=3;1=3"]})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in(b.id(), "schemata") == "    MB:0=100\n    L3:0=3;1=3\n");
}

BOOST_AUTO_TEST_CASE(a_class_that_is_there, *proves({"S191"})) {
  OCI_NEEDS_RDT();
  Host host;
  host.resctrl.make_group("gold");
  Allocated b(host, R"({"closID":"gold"})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in("gold", "tasks") == b.pid_line());
  BOOST_TEST(!host.resctrl.has(b.id()));
  OCI_REQUIRE_OK(b.delete_it());
  BOOST_TEST(host.resctrl.has("gold"));
}

BOOST_AUTO_TEST_CASE(a_class_that_is_not_there) {
  OCI_NEEDS_RDT();
  Host host;
  OCI_CHECK_HAS(Allocated(host, R"({"closID":"gold"})").refused(),
                "clos dir not accessible (must be pre-created when schemata, l3CacheSchema and "
                "memBwSchema are empty)");
  BOOST_TEST(!host.resctrl.has("gold"));
  // With schemata it is made, and stays for the others that name it.
  Allocated b(host, R"({"closID":"gold","schemata":["L3:0=f;1=f"]})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in("gold", "schemata") == "    MB:0=100\n    L3:0=f;1=f\n");
  OCI_REQUIRE_OK(b.delete_it());
  BOOST_TEST(host.resctrl.has("gold"));
  // The same in other words, and something else.
  Allocated same(host, R"({"closID":"gold","l3CacheSchema":"L3:1=00f;0=F"})");
  OCI_REQUIRE_OK(same.create_it());
  OCI_REQUIRE_OK(same.delete_it());
  OCI_CHECK_HAS(Allocated(host, R"({"closID":"gold","memBwSchema":"MB:0=20"})").refused(),
                "/gold are not what is asked for: MB:0=20");
}

BOOST_AUTO_TEST_CASE(the_root_class, *proves({"S197"})) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"closID":"/","enableMonitoring":true})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(host.resctrl.content("tasks") == b.pid_line());
  BOOST_TEST(b.in("mon_groups/" + b.id(), "tasks") == b.pid_line());
  OCI_REQUIRE_OK(b.delete_it());
  BOOST_TEST(!host.resctrl.has("mon_groups/" + b.id()));
  BOOST_TEST(host.resctrl.has("mon_groups"));
}

BOOST_AUTO_TEST_CASE(a_monitoring_group, *proves({"S195"})) {
  OCI_NEEDS_RDT();
  Host host;
  host.resctrl.make_group("gold");
  Allocated b(host, R"({"closID":"gold","enableMonitoring":true})");
  OCI_REQUIRE_OK(b.create_it());
  BOOST_TEST(b.in("gold", "tasks") == b.pid_line());
  BOOST_TEST(b.in("gold/mon_groups/" + b.id(), "tasks") == b.pid_line());
  OCI_REQUIRE_OK(b.delete_it());
  BOOST_TEST(!host.resctrl.has("gold/mon_groups/" + b.id()));
  BOOST_TEST(host.resctrl.has("gold"));
}

BOOST_AUTO_TEST_CASE(what_the_kernel_refuses_leaves_nothing) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"schemata":["L9:0=f"]})");
  OCI_CHECK_HAS(b.refused(), "invalid argument, last_cmd_status: unknown line");
  for (const char* name : {"a", "b", "c"}) host.resctrl.make_group(name);
  OCI_CHECK_HAS(Allocated(host, "{}").refused(),
                "no space left on device, last_cmd_status: out of CLOSIDs");
}

BOOST_AUTO_TEST_CASE(a_create_that_fails_later_leaves_nothing) {
  OCI_NEEDS_RDT();
  Host host;
  for (const char* rdt :
       {R"({"enableMonitoring":true})", R"({"closID":"gold","schemata":["L3:0=f;1=f"]})"}) {
    Allocated b(host, rdt);
    b.config.add("/hooks/createRuntime", R"({"path":"/bin/busybox","args":["false"]})");
    OCI_CHECK_HAS(b.refused(), "createRuntime");
    BOOST_TEST(!host.resctrl.has("gold"));
  }
}

BOOST_AUTO_TEST_CASE(exec_joins_it) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"enableMonitoring":true})");
  OCI_REQUIRE_OK(b.create_it());
  OCI_REQUIRE_OK(b.start());
  OCI_REQUIRE_OK(b.with_rdt(
      {"exec", "--detach", "--pid-file", b.scratch("pid"), b.id(), "/bin/sleep", "1000"}));
  const std::string both = b.pid_line() + read_file(b.scratch("pid")) + "\n";
  BOOST_TEST(b.in(b.id(), "tasks") == both);
  BOOST_TEST(b.in(b.id() + "/mon_groups/" + b.id(), "tasks") == both);
}

BOOST_AUTO_TEST_CASE(update_changes_schemata) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"l3CacheSchema":"L3:0=f;1=f"})");
  OCI_REQUIRE_OK(b.create_it());
  OCI_REQUIRE_OK(b.with_rdt({"update", "--mem-bw-schema", "MB:0=30", b.id()}));
  BOOST_TEST(b.in(b.id(), "schemata") == "    MB:0=30\n    L3:0=f;1=f\n");
  OCI_REQUIRE_OK(b.with_rdt({"update", "--l3-cache-schema", "L3:0=3;1=3", b.id()}));
  BOOST_TEST(b.in(b.id(), "schemata") == "    MB:0=30\n    L3:0=3;1=3\n");
  const Outcome r = b.with_rdt({"update", "--l3-cache-schema", "L9:0=3", b.id()});
  OCI_CHECK_HAS(said(r), "last_cmd_status: unknown line");
  BOOST_TEST(b.in(b.id(), "schemata") == "    MB:0=30\n    L3:0=3;1=3\n");
  Allocated plain(host, "null");
  OCI_REQUIRE_OK(plain.create_it());
  OCI_CHECK_HAS(said(plain.with_rdt({"update", "--mem-bw-schema", "MB:0=30", plain.id()})),
                "updating a non-existent Intel RDT configuration is not supported");
}

BOOST_AUTO_TEST_CASE(events_tell_of_it) {
  OCI_NEEDS_RDT();
  Host host;
  Allocated b(host, R"({"enableMonitoring":true,"l3CacheSchema":"L3:0=f;1=f"})");
  OCI_REQUIRE_OK(b.create_it());
  const Outcome r = b.with_rdt({"events", "--stats", b.id()});
  OCI_CHECK_HAS(
      r.out,
      R"("intel_rdt":{"l3_cache_info":{"cbm_mask":"fff","min_cbm_bits":2,"num_closids":4},)"
      R"("l3_cache_schema_root":"L3:0=fff;1=fff","l3_cache_schema":"L3:0=f;1=f",)"
      R"("mem_bw_info":{"bandwidth_gran":10,"delay_linear":1,"min_bandwidth":10,"num_closids":4},)"
      R"("mem_bw_schema_root":"MB:0=100","mem_bw_schema":"MB:0=100",)"
      R"("schemata":["MB:0=100","    L3:0=f;1=f"],)"
      R"("mbm_stats":[{"mbm_total_bytes":2000,"mbm_local_bytes":1000}],)"
      R"("cmt_stats":[{"llc_occupancy":4096}]})");
}

// The real one, where there is hardware for it.
BOOST_AUTO_TEST_CASE(the_kernels_own) {
  OCI_SKIP_IF(!fs::exists("/sys/fs/resctrl/schemata"), "resctrl is not mounted here");
  Bundle b;
  b.config.set("/linux/intelRdt", R"({"enableMonitoring":true})");
  b.start_sleeper();
  OCI_CHECK_HAS(read_file("/sys/fs/resctrl/" + b.id() + "/tasks"), std::to_string(b.pid()));
  OCI_REQUIRE_OK(b.remove());
  BOOST_TEST(!fs::exists("/sys/fs/resctrl/" + b.id()));
}

BOOST_AUTO_TEST_CASE(a_machine_without_it) {
  OCI_SKIP_IF(fs::exists("/sys/fs/resctrl/schemata"), "this machine has resctrl");
  Bundle b;
  b.config.set("/linux/intelRdt", "{}");
  OCI_CHECK_HAS(said(b.run()), "intelRdt is specified in config, but Intel RDT is not enabled");
}

BOOST_AUTO_TEST_SUITE_END()
