#include "lib/runtime/update.h"

#include <boost/test/unit_test.hpp>

#include "oci/parse.h"

using namespace oci;

namespace {

spec::Resources merged(const char* base, const char* change) {
  spec::Resources out = parse_resources(base).value();
  runtime::merge_resources(out, parse_resources(change).value());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update)

BOOST_AUTO_TEST_CASE(what_is_given_replaces_and_the_rest_stays) {
  const spec::Resources out = merged(
      R"({"memory":{"limit":1,"swap":2},"cpu":{"shares":3,"cpus":"0"},"pids":{"limit":4},
          "devices":[{"allow":true,"access":"r"}],"unified":{"a.b":"1","c.d":"2"}})",
      R"({"memory":{"limit":10},"cpu":{"quota":5,"cpus":"1"},"pids":{},"devices":[],
          "blockIO":{"weight":100},"hugepageLimits":[{"pageSize":"2MB","limit":6}],
          "rdma":{"x":{"hcaHandles":1}},"network":{"classID":7},"unified":{"c.d":"3"}})");
  BOOST_TEST(out.memory->limit.value() == 10);
  BOOST_TEST(out.memory->swap.value() == 2);
  BOOST_TEST(out.cpu->shares.value() == 3u);
  BOOST_TEST(out.cpu->quota.value() == 5);
  BOOST_TEST(out.cpu->cpus == "1");
  BOOST_TEST(out.pids->limit.value() == 4);
  BOOST_TEST(out.devices.size() == 1u);
  BOOST_TEST(out.block_io->weight.value() == 100);
  BOOST_TEST(out.hugepage_limits.at(0).limit == 6u);
  BOOST_TEST(out.rdma.at("x").hca_handles.value() == 1u);
  BOOST_TEST(out.network->class_id.value() == 7u);
  BOOST_TEST(out.unified == (spec::StringMap{{"a.b", "1"}, {"c.d", "3"}}));
}

BOOST_AUTO_TEST_CASE(devices_and_the_check_are_not_kept) {
  const spec::Resources out = merged(
      "{}", R"({"devices":[{"allow":true,"access":"rwm"}],"memory":{"checkBeforeUpdate":true}})");
  BOOST_TEST(out.devices.empty());
  BOOST_TEST(!out.memory->check_before_update.has_value());
}

BOOST_AUTO_TEST_CASE(the_weight_comes_back_with_the_end_of_idleness) {
  const auto shares = [](const char* change, const char* recorded) {
    const spec::Resources out =
        runtime::with_weight(parse_resources(change).value(), parse_resources(recorded).value());
    return out.cpu ? out.cpu->shares.value_or(0) : 0;
  };
  BOOST_TEST(shares(R"({"cpu":{"idle":0}})", R"({"cpu":{"idle":1,"shares":512}})") == 512u);
  BOOST_TEST(shares(R"({"cpu":{"idle":0,"shares":9}})", R"({"cpu":{"idle":1,"shares":512}})") ==
             9u);
  BOOST_TEST(shares(R"({"cpu":{"idle":0}})", R"({"cpu":{"shares":512}})") == 0u);
  BOOST_TEST(shares(R"({"cpu":{"idle":1}})", R"({"cpu":{"idle":1,"shares":512}})") == 0u);
  BOOST_TEST(shares(R"({"cpu":{"quota":5}})", R"({"cpu":{"idle":1,"shares":512}})") == 0u);
  BOOST_TEST(shares("{}", "{}") == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
