#include "lib/plan/rdt.h"

#include "support.h"

namespace oci::plan {
namespace {

using namespace test;

HostFacts host_with_rdt() {
  HostFacts host = host_v1();
  host.resctrl = "/r";
  host.resctrl_l3 = host.resctrl_mb = true;
  return host;
}

Rdt planned(const spec::IntelRdt& wanted) {
  auto rdt = plan_rdt(wanted, "box", host_with_rdt());
  BOOST_REQUIRE_MESSAGE(rdt.ok(), (rdt.ok() ? "" : rdt.error().text));
  return rdt.take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rdt)

// S191, S195
BOOST_AUTO_TEST_CASE(which_group) {
  spec::IntelRdt wanted;
  BOOST_TEST(planned(wanted).group == "/r/box");
  BOOST_TEST(!planned(wanted).named);
  BOOST_TEST(planned(wanted).monitoring == "");
  wanted.enable_monitoring = true;
  BOOST_TEST(planned(wanted).monitoring == "/r/box/mon_groups/box");
  wanted.clos_id = "gold";
  BOOST_TEST(planned(wanted).group == "/r/gold");
  BOOST_TEST(planned(wanted).named);
  BOOST_TEST(planned(wanted).monitoring == "/r/gold/mon_groups/box");
  wanted.clos_id = "/";
  BOOST_TEST(planned(wanted).group == "/r");
  BOOST_TEST(planned(wanted).monitoring == "/r/mon_groups/box");
}

// S192, S193
BOOST_AUTO_TEST_CASE(lines_in_their_order) {
  spec::IntelRdt wanted;
  BOOST_TEST(planned(wanted).lines.empty());
  wanted.schemata = {"L2:0=f", "", "MB:0=40"};
  wanted.mem_bw_schema = "MB:0=20";
  wanted.l3_cache_schema = "L3:0=f\nMB:0=90\nL3CODE:0=3";
  BOOST_TEST((planned(wanted).lines ==
              spec::Strings{"L3:0=f", "L3CODE:0=3", "MB:0=20", "L2:0=f", "MB:0=40"}));
}

// S198
BOOST_AUTO_TEST_CASE(a_host_without) {
  const spec::IntelRdt wanted{"", {}, "L3:0=f", "MB:0=20", false};
  HostFacts host = host_with_rdt();
  const auto text = [&] {
    const auto rdt = plan_rdt(wanted, "box", host);
    return rdt ? std::string() : rdt.error().text + " at " + rdt.error().where;
  };
  host.resctrl_mb = false;
  BOOST_TEST(text() ==
             "intelRdt.memBwSchema is specified in config, but Intel RDT/MBA is not enabled at "
             "/linux/intelRdt/memBwSchema");
  host.resctrl_l3 = false;
  BOOST_TEST(text() ==
             "intelRdt.l3CacheSchema is specified in config, but Intel RDT/CAT is not enabled at "
             "/linux/intelRdt/l3CacheSchema");
  host.resctrl = "";
  BOOST_TEST(text() ==
             "intelRdt is specified in config, but Intel RDT is not enabled at /linux/intelRdt");
}

BOOST_AUTO_TEST_CASE(init_enters_it_after_its_cgroup) {
  spec::Spec spec = small_spec();
  spec.linux_->intel_rdt.emplace().enable_monitoring = true;
  const Plan plan = created(spec, input_of(), host_with_rdt());
  spec::Strings files;
  for (const FdSource& source : plan.fds)
    if (source.kind == FdSource::Kind::kRdtTasks) files.push_back(source.path);
  BOOST_TEST((files == spec::Strings{"/r/c1/tasks", "/r/c1/mon_groups/c1/tasks"}));
}

BOOST_AUTO_TEST_CASE(schemata_are_compared_by_what_they_mean) {
  const std::string file = "    MB:0=100;1= 20\n    L3:0=00fff;1=f\n";
  BOOST_TEST(schemata_difference({}, file) == "");
  BOOST_TEST(schemata_difference({"L3:1=F;0=fff", "MB:1=020"}, file) == "");
  BOOST_TEST(schemata_difference({"L3:0=0xfff"}, file) == "");
  BOOST_TEST(schemata_difference({"L3:0=ff"}, file) == "L3:0=ff");
  BOOST_TEST(schemata_difference({"L3:0=fff;2=f"}, file) == "L3:2=f");
  BOOST_TEST(schemata_difference({"MB:0=100", "L2:0=f"}, file) == "L2:0=f");
  BOOST_TEST(schemata_difference({"L3:0=fff"}, "") == "L3:0=fff");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::plan
