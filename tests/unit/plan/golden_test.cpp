// Whole plans, kept as text. After a change that is meant: OCI_UPDATE_GOLDEN=1, then read the
// difference.
#include <cstdlib>

#include "support.h"

namespace oci::plan {
namespace {

using namespace test;

// The filter's length depends on libseccomp; its place in the plan has tests of its own.
spec::Spec without_filter(spec::Spec spec) {
  if (spec.linux_) spec.linux_->seccomp.reset();
  return spec;
}

std::string rendered(const Plan& plan) {
  std::string text;
  for (const FdSource& source : plan.fds) {
    constexpr const char* kKinds[] = {"namespace", "cgroup dir",    "cgroup tasks",
                                      "gate",      "gate report",   "init pidfd",
                                      "stdio",     "user namespace"};
    text += "%" + std::to_string(source.slot) + " = " + kKinds[static_cast<int>(source.kind)] +
            " " + std::to_string(source.index) + " " + source.path + "\n";
  }
  text += print(plan);
  for (const std::string& warning : plan.warnings) text += "warning: " + warning + "\n";
  return text;
}

void compare(const std::string& name, const Plan& plan) {
  const auto path =
      std::filesystem::path(OCI_SOURCE_DIR) / "tests/unit/plan/golden" / (name + ".txt");
  const std::string now = rendered(plan);
  if (std::getenv("OCI_UPDATE_GOLDEN")) {
    std::ofstream(path, std::ios::binary) << now;
    BOOST_TEST_MESSAGE("UPDATED: " << path);
  }
  const std::string kept = text_of(path);
  if (now == kept) return;
  std::size_t at = 0, line = 1;
  while (at < now.size() && at < kept.size() && now[at] == kept[at]) line += now[at++] == '\n';
  BOOST_ERROR(name << " differs from line " << line << " on; the plan is now\n" << now);
}

spec::Spec default_spec(bool cgroup_namespace) {
  auto spec = parse_spec(default_config(cgroup_namespace, false, 0, 0));
  BOOST_REQUIRE(spec);
  return spec.take();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(golden)

BOOST_AUTO_TEST_CASE(default_spec_on_each_layout) {
  compare("default-v1", created(default_spec(false), input_of(), host_v1()));
  compare("default-hybrid", created(default_spec(false), input_of(), host_hybrid()));
  compare("default-v2", created(default_spec(true), input_of(), host_v2()));
}

BOOST_AUTO_TEST_CASE(engine_configs) {
  struct Case {
    const char* name;
    HostFacts host;
  };
  for (const Case& c : {Case{"docker28-002", host_v1()}, Case{"docker-022", host_v1()},
                        Case{"podman-034", host_v1()}, Case{"podman5-runc-011", host_v2()},
                        Case{"ctr21-015", host_v2()}, Case{"cri21-004", host_v1()},
                        Case{"cri21-005", host_v2()}, Case{"crio-001", host_hybrid()},
                        Case{"podman58-crun-v2-003", host_v2()}, Case{"buildah-005", host_v2()}})
    compare(c.name, created(without_filter(engine_config(c.name)), input_of(), c.host));
}

BOOST_AUTO_TEST_CASE(id_mapped_mounts) {
  spec::Spec spec = with_user_namespace(small_spec());
  const std::vector<spec::IdMapping> map{{0, 5000, 100}};
  spec.mounts = {{"/a", "", "/srv/a", {"rbind", "ridmap", "ro", "rnosuid", "rslave"}, {}, {}},
                 {"/b", "", "/srv/b", {"bind", "idmap"}, map, map},
                 {"/c", "tmpfs", "tmpfs", {"idmap", "nodev"}, {}, {}}};
  compare("id-mapped", created(spec));
}

BOOST_AUTO_TEST_CASE(exec) {
  ExecInput input;
  input.id = "c1";
  input.join = 0x08000000 | 0x04000000 | 0x20000000 | 0x40000000 | 0x00020000;
  input.dirs = {{{}, "/sys/fs/cgroup", "/c1", true}};
  compare("exec-v2", executed(*default_spec(false).process, input));
}

BOOST_AUTO_TEST_SUITE_END()

// Every configuration that a real engine wrote compiles, on every layout, into a plan whose frame
// is sound.
BOOST_AUTO_TEST_CASE(all_engine_configs_compile) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(
           std::filesystem::path(OCI_SOURCE_DIR) / "tests/fixtures/engine-configs")) {
    const std::string name = file.path().stem().string();
    if (file.path().extension() != ".json" || name.starts_with("process-") ||
        name.starts_with("resources-"))
      continue;
    const spec::Spec spec = without_filter(engine_config(name));
    for (const HostFacts& host : {host_v1(), host_hybrid(), host_v2()}) {
      const auto plan = compile_create(spec, input_of(), host);
      BOOST_CHECK_MESSAGE(plan, name << ": " << (plan ? std::string() : plan.error().text));
      if (!plan) continue;
      View view;
      BOOST_CHECK(view.open((*plan).init));
      BOOST_CHECK_EQUAL(view.steps().size(), (*plan).notes.size());
      BOOST_CHECK(view.steps().back().op == Op::kExec);
    }
    ++count;
  }
  BOOST_CHECK_GT(count, 100u);
}

}  // namespace oci::plan
