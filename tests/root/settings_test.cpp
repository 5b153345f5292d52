// Scheduling, I/O priority, CPU affinity, memory policy and personality, as the process itself sees
// them. Spec: config.md#linux-process, config-linux.md#memory-policy
#include <sched.h>

#include <boost/test/unit_test.hpp>

#include "tests/root/support.h"

using namespace oci::test;

namespace {

Facts settings(Bundle& b) { return probe(b, {"settings"}); }

struct Scheduled {
  const char *json, *policy, *nice, *priority, *flags, *deadline;
};

// Whether root may do this here at all.
bool can_schedule() {
  const sched_param high{10}, none{0};
  const bool can = ::sched_setscheduler(0, SCHED_FIFO, &high) == 0;
  ::sched_setscheduler(0, SCHED_OTHER, &none);
  return can;
}

void check_scheduler(const Scheduled& want) {
  Bundle b;
  b.config.set("/process/scheduler", want.json);
  // A v1 cgroup has no share of real time that is not given to it.
  if (!read_file("/sys/fs/cgroup/cpu/cpu.rt_runtime_us").empty())
    b.config.set("/linux/resources/cpu", R"({"realtimeRuntime":100000})");
  auto f = settings(b);
  BOOST_TEST(f["policy"] == want.policy, want.json);
  BOOST_TEST(f["nice"] == want.nice, want.json);
  BOOST_TEST(f["priority"] == want.priority, want.json);
  BOOST_TEST(f["flags"] == want.flags, want.json);
  if (*want.deadline != 0) BOOST_TEST(f["deadline"] == want.deadline, want.json);
}

// The test's own CPUs are as before afterwards.
struct Pinned {
  cpu_set_t before;
  explicit Pinned(int cpu) {
    ::sched_getaffinity(0, sizeof before, &before);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    ::sched_setaffinity(0, sizeof one, &one);
  }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  ~Pinned() { ::sched_setaffinity(0, sizeof before, &before); }
};

std::string cpus_here() {
  for (const std::string& line : lines(read_file("/proc/self/status")))
    if (line.starts_with("Cpus_allowed_list:\t")) return line.substr(19);
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(settings_of_the_process)

// S080, S081
BOOST_AUTO_TEST_CASE(schedulers) {
  OCI_NOT_RUNC("old ones do not know it");
  for (const Scheduled& want : {
           Scheduled{R"({"policy":"SCHED_OTHER","nice":-5})", "0", "-5", "0", "0", ""},
           Scheduled{R"({"policy":"SCHED_BATCH","nice":7})", "3", "7", "0", "0", ""},
           Scheduled{R"({"policy":"SCHED_IDLE"})", "5", "0", "0", "0", ""},
           Scheduled{R"({"policy":"SCHED_BATCH","flags":["SCHED_FLAG_RESET_ON_FORK"]})", "3", "0",
                     "0", "1", ""},
       })
    check_scheduler(want);
}

BOOST_AUTO_TEST_CASE(real_time_schedulers) {
  OCI_NOT_RUNC("old ones do not know it");
  OCI_SKIP_IF(!can_schedule(), "real-time scheduling is not permitted here");
  check_scheduler({R"({"policy":"SCHED_FIFO","priority":10})", "1", "0", "10", "0", ""});
  check_scheduler({R"({"policy":"SCHED_RR","priority":99,"flags":["SCHED_FLAG_RESET_ON_FORK"]})",
                   "2", "0", "99", "1", ""});
}

BOOST_AUTO_TEST_CASE(the_deadline_scheduler) {
  OCI_NOT_RUNC("old ones do not know it");
  OCI_SKIP_IF(!can_schedule(), "real-time scheduling is not permitted here");
  check_scheduler({R"({"policy":"SCHED_DEADLINE","runtime":1000000,"deadline":20000000,
                       "period":50000000,"flags":["SCHED_FLAG_RECLAIM"]})",
                   "6", "0", "0", "2", "1000000:20000000:50000000"});
}

// S082
BOOST_AUTO_TEST_CASE(io_priorities) {
  OCI_NOT_RUNC("old ones do not know it");
  for (const auto& [json, want] : std::map<std::string, std::string>{
           {R"({"class":"IOPRIO_CLASS_RT","priority":1})", "1:1"},
           {R"({"class":"IOPRIO_CLASS_BE","priority":7})", "2:7"},
           {R"({"class":"IOPRIO_CLASS_IDLE","priority":0})", "3:0"}}) {
    Bundle b;
    b.config.set("/process/ioPriority", json);
    BOOST_TEST(settings(b)["ioprio"] == want, json);
    b.start_sleeper();
    BOOST_TEST(facts(b.exec({"/bin/probe", "settings"}).out)["ioprio"] == want, json);
  }
}

// S085
BOOST_AUTO_TEST_CASE(the_callers_cpus_are_not_the_containers) {
  OCI_NOT_RUNC("old ones leave them");
  const std::string all = cpus_here();
  const Pinned pinned(0);
  OCI_SKIP_IF(cpus_here() == all, "there is one CPU");
  Bundle b;
  BOOST_TEST(settings(b)["Cpus_allowed_list"] == all);
  b.start_sleeper();
  BOOST_TEST(facts(b.exec({"/bin/probe", "settings"}).out)["Cpus_allowed_list"] == all);
}

// S083, S084
BOOST_AUTO_TEST_CASE(cpus_of_an_exec) {
  OCI_NOT_RUNC("old ones do not know it");
  const std::string all = cpus_here();
  {
    const Pinned pinned(1);
    OCI_SKIP_IF(cpus_here() != "1" || all == "1", "there is one CPU");
  }
  Bundle b;
  b.config.set("/process/execCPUAffinity", R"({"initial":"0","final":"1"})");
  BOOST_TEST(settings(b)["Cpus_allowed_list"] == all);  // not of the container itself
  b.start_sleeper();
  BOOST_TEST(facts(b.exec({"/bin/probe", "settings"}).out)["Cpus_allowed_list"] == "1");
  write_file(b.scratch("p.json"), R"({"user":{"uid":0,"gid":0},"cwd":"/","env":["PATH=/bin"],
      "args":["/bin/probe","settings"],"execCPUAffinity":{"final":"0"}})");
  auto f = facts(b.exec({}, {"--process", b.scratch("p.json")}).out);
  BOOST_TEST(f["Cpus_allowed_list"] == "0");
}

// S199, S200, S201
BOOST_AUTO_TEST_CASE(memory_policies) {
  OCI_NOT_RUNC("old ones do not know it");
  constexpr unsigned kBalancing = 1u << 13, kRelative = 1u << 14, kStatic = 1u << 15;
  struct Policy {
    const char* json;
    unsigned mode;
    const char* nodes;
  };
  for (const Policy& want : {
           Policy{R"({"mode":"MPOL_DEFAULT"})", 0, "0"},
           Policy{R"({"mode":"MPOL_PREFERRED","nodes":"0"})", 1, "1"},
           Policy{R"({"mode":"MPOL_BIND","nodes":"0"})", 2, "1"},
           Policy{R"({"mode":"MPOL_INTERLEAVE","nodes":"0"})", 3, "1"},
           Policy{R"({"mode":"MPOL_LOCAL"})", 4, "0"},
           Policy{R"({"mode":"MPOL_PREFERRED_MANY","nodes":"0"})", 5, "1"},
           Policy{R"({"mode":"MPOL_WEIGHTED_INTERLEAVE","nodes":"0"})", 6, "1"},
           Policy{R"({"mode":"MPOL_BIND","nodes":"0-3","flags":["MPOL_F_STATIC_NODES"]})",
                  2 | kStatic, "f"},
           Policy{R"({"mode":"MPOL_INTERLEAVE","nodes":"0,2","flags":["MPOL_F_RELATIVE_NODES"]})",
                  3 | kRelative, "5"},
           Policy{R"({"mode":"MPOL_BIND","nodes":"0","flags":["MPOL_F_NUMA_BALANCING"]})",
                  2 | kBalancing, "1"},
       }) {
    Bundle b;
    b.config.set("/linux/memoryPolicy", want.json);
    const Outcome r = b.args({"/bin/probe", "settings"}).run();
    if (!r.ok() && contains(r.err, "invalid argument")) {
      BOOST_TEST_MESSAGE("SKIPPED: this kernel does not know " << want.json);
      continue;
    }
    const std::string both = std::to_string(want.mode) + ":" + want.nodes;
    BOOST_TEST(facts(r.out)["mempolicy"] == both, want.json << r.text());
    b.start_sleeper();
    BOOST_TEST(facts(b.exec({"/bin/probe", "settings"}).out)["mempolicy"] == both, want.json);
  }
}

// S208
BOOST_AUTO_TEST_CASE(personalities) {
  OCI_NOT_RUNC("old ones do not know it");
  for (const auto& [domain, want] :
       std::map<std::string, std::string>{{"LINUX", "0"}, {"LINUX32", "8"}}) {
    Bundle b;
    b.config.set("/linux/personality", R"({"domain":")" + domain + R"("})");
    BOOST_TEST(settings(b)["personality"] == want);
    b.start_sleeper();
    BOOST_TEST(facts(b.exec({"/bin/probe", "settings"}).out)["personality"] == want);
  }
}

BOOST_AUTO_TEST_SUITE_END()
