// Real cgroups: limits changed and put back, what was used, a lack of memory.
#include <poll.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "tests/unit/cgroup/root_fixture.h"

namespace oci::cgroup {

namespace {

class UpdateFixture : public test::RootFixture {
 public:
  // Changes all or, with an error, nothing.
  Status change(Cgroup& cgroup, const std::string& resources) {
    const auto writes = update_writes(parse_resources(resources).value(), cgroup.dirs(),
                                      layout.mode, cgroup.cpu_max(), nullptr)
                            .value();
    const auto undos = cgroup.prepare_undo(writes);
    Status done = cgroup.write_all(writes);
    if (!done) {
      const Status undone = cgroup.undo(undos);
      BOOST_CHECK_MESSAGE(undone.ok(), (undone ? "" : undone.error().text));
    }
    return done;
  }

  bool v1_has(const std::string& controller) const {
    return !dir_of(plan_at("", "{}").dirs, controller).empty();
  }

  static std::string value(const Cgroup& cgroup, const std::string& controller,
                           const std::string& file) {
    return read(dir_of(cgroup.dirs(), controller) + "/" + file);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cgroup_root_update, UpdateFixture)

BOOST_AUTO_TEST_CASE(memory_and_swap_move_together) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("memory"), "no v1 memory controller here");
  const Plan plan = plan_at("/box", R"({"memory":{"limit":33554432,"swap":67108864}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  const auto limits = [&] {
    return value(cgroup, "memory", "memory.limit_in_bytes") +
           value(cgroup, "memory", "memory.memsw.limit_in_bytes");
  };
  // Beyond and below both old values: each order of the two is refused once.
  change(cgroup, R"({"memory":{"limit":134217728,"swap":268435456}})").value();
  BOOST_TEST(limits() == "134217728\n268435456\n");
  change(cgroup, R"({"memory":{"limit":16777216,"swap":33554432}})").value();
  BOOST_TEST(limits() == "16777216\n33554432\n");
  change(cgroup, R"({"memory":{"limit":8388608}})").value();
  BOOST_TEST(limits() == "8388608\n33554432\n");
}

BOOST_AUTO_TEST_CASE(a_refused_value_brings_all_back) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("memory") && v1_has("pids"), "no v1 memory and pids controllers here");
  const Plan plan =
      plan_at("/box", R"({"memory":{"limit":33554432,"swap":67108864},"pids":{"limit":9}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  const auto all = [&] {
    return value(cgroup, "memory", "memory.limit_in_bytes") +
           value(cgroup, "memory", "memory.memsw.limit_in_bytes") +
           value(cgroup, "memory", "memory.soft_limit_in_bytes") +
           value(cgroup, "memory", "memory.swappiness") +
           value(cgroup, "memory", "memory.oom_control") + value(cgroup, "pids", "pids.max");
  };
  const std::string before = all();
  // pids.max takes no number that large, and comes last.
  const Status refused = change(
      cgroup,
      R"({"memory":{"limit":134217728,"swap":268435456,"reservation":4096,"swappiness":5,"disableOOMKiller":true},"pids":{"limit":9000000000}})");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().where == "/linux/resources/pids/limit");
  BOOST_TEST(all() == before);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_put_back_keeps_nothing_else) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("memory") && v1_has("pids"), "no v1 memory and pids controllers here");
  const Plan plan = plan_at("/box", R"({"memory":{"limit":33554432},"pids":{"limit":9}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  const auto writes =
      update_writes(parse_resources(R"({"memory":{"limit":67108864},"pids":{"limit":5}})").value(),
                    cgroup.dirs(), layout.mode, {}, nullptr)
          .value();
  auto undos = cgroup.prepare_undo(writes);
  cgroup.write_all(writes).value();
  BOOST_REQUIRE(undos.back().write.file == "pids.max");  // the first one to be put back
  undos.back().before = "no number\n";
  const Status undone = cgroup.undo(undos);
  BOOST_REQUIRE(!undone);
  BOOST_TEST(undone.error().text.find("\"no number\"") != std::string::npos);
  BOOST_TEST(value(cgroup, "pids", "pids.max") == "5\n");
  BOOST_TEST(value(cgroup, "memory", "memory.limit_in_bytes") == "33554432\n");
}

BOOST_AUTO_TEST_CASE(quota_and_burst_move_together) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("cpu"), "no v1 cpu controller here");
  Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
  OCI_SKIP_UNLESS(!value(cgroup, "cpu", "cpu.cfs_burst_us").empty(), "a kernel without cpu burst");
  const auto limits = [&] {
    return value(cgroup, "cpu", "cpu.cfs_quota_us") + value(cgroup, "cpu", "cpu.cfs_burst_us");
  };
  change(cgroup, R"({"cpu":{"quota":50000,"burst":40000}})").value();
  BOOST_TEST(limits() == "50000\n40000\n");
  change(cgroup, R"({"cpu":{"quota":5000,"burst":4000}})").value();
  BOOST_TEST(limits() == "5000\n4000\n");
  const Status refused = change(cgroup, R"({"cpu":{"quota":2000}})");
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().sys_errno == EINVAL);
  BOOST_TEST(limits() == "5000\n4000\n");
}

BOOST_AUTO_TEST_CASE(the_weight_comes_back_from_idleness) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("cpu") && v1_has("pids"), "no v1 cpu and pids controllers here");
  const Plan plan = plan_at("/box", R"({"cpu":{"shares":512}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  OCI_SKIP_UNLESS(!value(cgroup, "cpu", "cpu.idle").empty(), "a kernel without idle cgroups");
  BOOST_TEST(!change(cgroup, R"({"cpu":{"idle":1},"pids":{"limit":9000000000}})").ok());
  BOOST_TEST(value(cgroup, "cpu", "cpu.idle") == "0\n");
  BOOST_TEST(value(cgroup, "cpu", "cpu.shares") == "512\n");
  change(cgroup, R"({"cpu":{"idle":1}})").value();
  BOOST_TEST(value(cgroup, "cpu", "cpu.idle") == "1\n");
}

BOOST_AUTO_TEST_CASE(what_was_used) {
  OCI_NEEDS_ROOT();
  Cgroup cgroup = Cgroup::make(bare_plan("/box")).value();
  test::Inmate inmate(cgroup);
  const Stats stats = cgroup.stats().value();
  if (layout.mode == Mode::kV2 || v1_has("pids")) BOOST_TEST(stats.pids.current == 1u);
  if (v1_has("memory")) {
    BOOST_TEST(stats.memory.memory.usage > 0u);
    BOOST_TEST(!stats.memory.raw.empty());
  }
  if (v1_has("cpuset")) BOOST_TEST(!stats.cpuset.cpus.empty());
}

BOOST_AUTO_TEST_CASE(a_cgroup_that_is_gone_has_no_stats) {
  OCI_NEEDS_ROOT();
  const Plan plan = bare_plan("/box");
  const auto stats = Cgroup::open(plan.dirs, plan.mode).value().stats();
  BOOST_REQUIRE(!stats);
  BOOST_TEST(stats.error().sys_errno == ENOENT);
}

BOOST_AUTO_TEST_CASE(a_lack_of_memory_is_told) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(v1_has("memory"), "no v1 memory controller here");
  const Plan plan = plan_at("/box", R"({"memory":{"limit":8388608,"swap":8388608}})");
  Cgroup cgroup = Cgroup::make(plan).value();
  cgroup.apply(plan).value();
  const auto watch = cgroup.watch_memory().value();
  BOOST_REQUIRE(watch.has_value());
  pollfd fd{watch->fd.get(), POLLIN, 0};
  BOOST_TEST(::poll(&fd, 1, 0) == 0);
  test::Inmate hungry(cgroup, [] {
    constexpr std::size_t kMore = 64u << 20;
    void* memory =
        ::mmap(nullptr, kMore, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory != MAP_FAILED) std::memset(memory, 1, kMore);
    return 0;
  });
  BOOST_TEST(hungry.join() != 0);
  BOOST_TEST(::poll(&fd, 1, 5000) == 1);
  BOOST_TEST(cgroup.oom_kills().value() == 1u);
  BOOST_TEST(cgroup.stats().value().memory.oom_kills == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
