// `update` and `events`: their flags and lines.
#include <boost/test/unit_test.hpp>

#include "tests/unit/tools/capture.h"
#include "tools/ocirun/command.h"
#include "tools/ocirun/go_text.h"
#include "tools/ocirun/stats_json.h"
#include "tools/ocirun/update_options.h"

using namespace ocirun;

namespace {

oci::Result<oci::spec::Resources> update_with(std::vector<std::string> words) {
  auto line = parse_line(kUpdate.flags, std::move(words), kUpdate.order);
  BOOST_REQUIRE_MESSAGE(line.ok(), (line ? "" : line.error().text));
  return update_resources(line->flags);
}

std::string update_error(std::vector<std::string> words) {
  const auto resources = update_with(std::move(words));
  return resources ? "no error" : resources.error().text;
}

std::string size_of(std::string_view text) {
  const auto size = parse_size(text);
  return size ? std::to_string(*size) : size.error().text;
}

std::int64_t nanoseconds(std::string_view text) {
  const auto duration = parse_duration(text);
  return duration ? duration->count() : -999;
}

std::string events_error(std::vector<std::string> words) {
  const auto line = parse_line(kEvents.flags, std::move(words), kEvents.order);
  return line ? "no error" : line.error().text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(update_and_events)

BOOST_AUTO_TEST_CASE(all_flags_of_update) {
  const auto out = update_with({"--blkio-weight",
                                "500",
                                "--cpu-period",
                                "1",
                                "--cpu-quota",
                                "-2",
                                "--cpu-burst",
                                "3",
                                "--cpu-share",
                                "4",
                                "--cpu-rt-period",
                                "5",
                                "--cpu-rt-runtime",
                                "6",
                                "--cpuset-cpus",
                                "0-1",
                                "--cpuset-mems",
                                "0",
                                "--memory",
                                "1k",
                                "--memory-reservation",
                                "2k",
                                "--memory-swap",
                                "-1",
                                "--kernel-memory",
                                "4",
                                "--kernel-memory-tcp",
                                "5",
                                "--pids-limit",
                                "-1",
                                "--cpu-idle",
                                "1",
                                "id"});
  BOOST_REQUIRE(out.ok());
  BOOST_TEST(out->block_io->weight.value() == 500);
  BOOST_TEST(out->cpu->period.value() == 1u);
  BOOST_TEST(out->cpu->quota.value() == -2);
  BOOST_TEST(out->cpu->burst.value() == 3u);
  BOOST_TEST(out->cpu->shares.value() == 4u);
  BOOST_TEST(out->cpu->realtime_period.value() == 5u);
  BOOST_TEST(out->cpu->realtime_runtime.value() == 6);
  BOOST_TEST(out->cpu->cpus == "0-1");
  BOOST_TEST(out->cpu->mems == "0");
  BOOST_TEST(out->cpu->idle.value() == 1);
  BOOST_TEST(out->memory->limit.value() == 1024);
  BOOST_TEST(out->memory->reservation.value() == 2048);
  BOOST_TEST(out->memory->swap.value() == -1);
  BOOST_TEST(out->memory->kernel.value() == 4);
  BOOST_TEST(out->memory->kernel_tcp.value() == 5);
  BOOST_TEST(out->pids->limit.value() == -1);
}

BOOST_AUTO_TEST_CASE(what_is_not_given_is_not_set) {
  const auto out = update_with({"--memory", "", "id"});
  BOOST_REQUIRE(out.ok());
  BOOST_TEST(!out->memory->limit.has_value());
  BOOST_TEST(!out->pids.has_value());
  BOOST_TEST(!out->block_io->weight.has_value());
  BOOST_TEST(!out->cpu->shares.has_value());
  BOOST_TEST(!out->cpu->idle.has_value());
}

BOOST_AUTO_TEST_CASE(errors_are_worded_as_runcs) {
  BOOST_TEST(update_error({"--cpu-quota", "abc"}) ==
             "invalid value for cpu-quota: strconv.ParseInt: parsing \"abc\": invalid syntax");
  BOOST_TEST(update_error({"--cpu-share", "-5"}) ==
             "invalid value for cpu-share: strconv.ParseUint: parsing \"-5\": invalid syntax");
  BOOST_TEST(update_error({"--cpu-period", "99999999999999999999"}) ==
             "invalid value for cpu-period: strconv.ParseUint: parsing \"99999999999999999999\": "
             "value out of range");
  BOOST_TEST(update_error({"--memory", "abc"}) == "invalid value for memory: invalid size: 'abc'");
  BOOST_TEST(update_error({"--kernel-memory", "-5"}) ==
             "invalid value for kernel-memory: invalid size: '-5'");
  BOOST_TEST(update_error({"--blkio-weight", "70000"}) ==
             "invalid value for blkio-weight: not in the range 10-1000");
  BOOST_TEST(update_error({"--blkio-weight", "-1"}) ==
             "invalid value for blkio-weight: not in the range 10-1000");
}

BOOST_AUTO_TEST_CASE(sizes) {
  BOOST_TEST(size_of("0") == "0");
  BOOST_TEST(size_of("512") == "512");
  BOOST_TEST(size_of("512b") == "512");
  BOOST_TEST(size_of("32k") == "32768");
  BOOST_TEST(size_of("1.5 GiB") == "1610612736");
  BOOST_TEST(size_of("80mb") == "83886080");
  BOOST_TEST(size_of("1T") == "1099511627776");
  BOOST_TEST(size_of("1P") == "1125899906842624");
  BOOST_TEST(size_of("") == "invalid size: ''");
  BOOST_TEST(size_of("-5") == "invalid size: '-5'");
  BOOST_TEST(size_of("5x") == "invalid suffix: 'x'");
  BOOST_TEST(size_of("5kx") == "invalid suffix: 'kx'");
  BOOST_TEST(size_of("5bb") == "invalid suffix: 'bb'");
  BOOST_TEST(size_of("9999999P") == "invalid size: '9999999P'");
  BOOST_TEST(size_of("1.2.3") == "strconv.ParseFloat: parsing \"1.2.3\": invalid syntax");
  BOOST_TEST(size_of("k5") == "strconv.ParseFloat: parsing \"k5\": invalid syntax");
}

BOOST_AUTO_TEST_CASE(durations) {
  BOOST_TEST(nanoseconds("5s") == 5'000'000'000);
  BOOST_TEST(nanoseconds("1h30m") == 5'400'000'000'000);
  BOOST_TEST(nanoseconds("1.5s") == 1'500'000'000);
  BOOST_TEST(nanoseconds(".5ms") == 500'000);
  BOOST_TEST(nanoseconds("1us") == 1'000);
  BOOST_TEST(nanoseconds("1\u00b5s") == 1'000);
  BOOST_TEST(nanoseconds("7ns") == 7);
  BOOST_TEST(nanoseconds("0") == 0);
  BOOST_TEST(nanoseconds("-1s") == -1'000'000'000);
  for (const char* bad : {"", "5", "s", "1x", "1h1", "1 s", ".s", "1..5s", "-", "9999999999h"})
    BOOST_TEST(nanoseconds(bad) == -999, bad);
  BOOST_TEST(events_error({"--interval", "5", "id"}) ==
             "invalid value \"5\" for flag -interval: parse error");
  BOOST_TEST(events_error({"--interval", "5s", "id"}) == "no error");
}

BOOST_AUTO_TEST_CASE(lines) {
  BOOST_TEST(oom_line("a<b") == "{\"type\":\"oom\",\"id\":\"a\\u003cb\"}\n");
  BOOST_TEST(
      stats_line("x", {}) ==
      R"({"type":"stats","id":"x","data":{"cpu":{"usage":{"kernel":0,"user":0},"throttling":{}},)"
      R"("cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,)"
      R"("memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,)"
      R"("sched_relax_domain_level":0},"memory":{"usage":{"limit":0,"failcnt":0},)"
      R"("swap":{"limit":0,"failcnt":0},"kernel":{"limit":0,"failcnt":0},)"
      R"("kernelTCP":{"limit":0,"failcnt":0}},"pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},)"
      R"("network_interfaces":null}})"
      "\n");
}

BOOST_AUTO_TEST_CASE(intel_rdt) {
  oci::Stats stats;
  oci::RdtStats& rdt = stats.rdt.emplace();
  const auto has = [&](const std::string& part) {
    const std::string line = stats_line("x", stats);
    BOOST_TEST((line.find("\"intel_rdt\":" + part) != std::string::npos), line);
  };
  has("{}");
  rdt.cache = oci::RdtStats::Cache{"fff", 2, 4};
  rdt.cache_schema_root = "L3:0=fff";
  rdt.cache_schema = "L3:0=f";
  rdt.schemata = {"L3:0=f", "  MB:0=20"};
  rdt.traffic.emplace().push_back({0, 7});
  rdt.cache_bytes = {1, 0};
  has(R"({"l3_cache_info":{"cbm_mask":"fff","min_cbm_bits":2,"num_closids":4},)"
      R"("l3_cache_schema_root":"L3:0=fff","l3_cache_schema":"L3:0=f",)"
      R"("schemata":["L3:0=f","  MB:0=20"],)"
      R"("mbm_stats":[{"mbm_total_bytes":0,"mbm_local_bytes":7}],)"
      R"("cmt_stats":[{"llc_occupancy":1},{"llc_occupancy":0}]})");
}

BOOST_AUTO_TEST_CASE(members_that_are_there_when_they_count) {
  oci::Stats stats;
  stats.cpu.total = 3;
  stats.cpu.percpu = {1, 2};
  stats.cpu.throttled_time = 9;
  stats.cpu.pressure.emplace().some = {0.12, 1.5, 100, 77};
  stats.cpuset.cpus = {0, 1};
  stats.memory.memory.limit = oci::kUnlimited;
  stats.memory.raw = {{"anon", 0}, {"rss", 5}};
  stats.pids = {1, 50};
  stats.block_io.serviced = {{8, 0, "Read", 3}};
  stats.hugetlb["2MB"].usage = 4;
  const std::string line = stats_line("x", stats);
  for (
      const char* part : {
          R"("usage":{"total":3,"percpu":[1,2],"kernel":0,"user":0})",
          R"("throttling":{"throttledTime":9},"psi":{"some":{"avg10":0.12,"avg60":1.5,"avg300":100,"total":77},"full":{"avg10":0,)",
          R"("cpuset":{"cpus":[0,1],)",
          R"("usage":{"limit":18446744073709551615,"failcnt":0})",
          R"("raw":{"anon":0,"rss":5})",
          R"("pids":{"current":1,"limit":50})",
          R"("blkio":{"ioServicedRecursive":[{"major":8,"op":"Read","value":3}]})",
          R"("hugetlb":{"2MB":{"usage":4,"failcnt":0}})",
      })
    BOOST_TEST((line.find(part) != std::string::npos), part << " in " << line);
}

BOOST_AUTO_TEST_SUITE_END()
