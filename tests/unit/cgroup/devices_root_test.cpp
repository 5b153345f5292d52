// Device rules in the kernel, against the same reference as the pure tests.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>

#include "lib/cgroup/device_bpf.h"
#include "lib/cgroup/devices.h"
#include "lib/sys/bpf.h"
#include "tests/support/proves.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/cgroup/device_rules.h"
#include "tests/unit/cgroup/root_fixture.h"

namespace oci::cgroup {

namespace {

constexpr int kLists = 60;

// Nodes of all devices of the requests, made outside of the container's cgroup.
class Nodes {
 public:
  Nodes() {
    for (const test::Request& request : test::all_requests())
      ::mknod(path(request).c_str(), mode(request), ::makedev(request.major, request.minor));
    usable_ = ::access(path({'c', 1, 3, 0}).c_str(), R_OK) == 0 &&
              UniqueFd(::open(path({'c', 1, 3, 0}).c_str(), O_RDWR));
  }
  bool usable() const { return usable_; }

  // What the kernel answers to the calling process: EPERM comes from the device cgroup, anything
  // else from behind it.
  bool allows(const test::Request& request) const {
    if (request.access == kAccessMknod) {
      const std::string fresh = dir_ / "new";
      const bool made =
          ::mknod(fresh.c_str(), mode(request), ::makedev(request.major, request.minor)) == 0;
      const bool allowed = made || errno != EPERM;
      ::unlink(fresh.c_str());
      return allowed;
    }
    const int how = request.access == kAccessRead    ? O_RDONLY
                    : request.access == kAccessWrite ? O_WRONLY
                                                     : O_RDWR;
    const UniqueFd fd(::open(path(request).c_str(), how | O_NONBLOCK | O_CLOEXEC));
    return fd || errno != EPERM;
  }

 private:
  static mode_t mode(const test::Request& request) {
    return (request.type == 'b' ? S_IFBLK : S_IFCHR) | 0600;
  }
  std::string path(const test::Request& request) const {
    return dir_ /
           (request.type + std::to_string(request.major) + "-" + std::to_string(request.minor));
  }
  oci::test::TempDir dir_;
  bool usable_ = false;
};

// mknod alone, or opening; block devices of major 1 are the kernel's RAM disks and left alone.
std::vector<test::Request> askable() {
  std::vector<test::Request> out;
  for (const test::Request& request : test::all_requests())
    if ((request.access == kAccessMknod || (request.access & kAccessMknod) == 0) &&
        !(request.type == 'b' && request.major == 1))
      out.push_back(request);
  return out;
}

// In the cgroup: one byte of each command is answered by one byte for each request.
struct Prober {
  sys::Pipe commands = sys::make_pipe().value(), answers = sys::make_pipe().value();
  std::vector<test::Request> requests = askable();
  Nodes nodes;

  int serve() const {
    std::string out(requests.size(), '0');
    for (char byte; ::read(commands.read.get(), &byte, 1) == 1;) {
      for (std::size_t i = 0; i < requests.size(); ++i)
        out[i] = nodes.allows(requests[i]) ? '1' : '0';
      if (::write(answers.write.get(), out.data(), out.size()) != static_cast<ssize_t>(out.size()))
        return 1;
    }
    return 0;
  }
  std::string ask() const {
    std::string in(requests.size(), '?');
    BOOST_REQUIRE(::write(commands.write.get(), "x", 1) == 1);
    BOOST_REQUIRE(::read(answers.read.get(), in.data(), in.size()) ==
                  static_cast<ssize_t>(in.size()));
    return in;
  }
};

std::vector<DeviceRule> rules_of(const std::vector<spec::DeviceCgroup>& user) {
  spec::Resources resources;
  resources.devices = user;
  return effective_device_rules(&resources).value();
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(cgroup_root_devices, test::RootFixture)

BOOST_AUTO_TEST_CASE(programs_equal_the_reference_in_the_kernel, *oci::test::proves({"S160"})) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(!layout.unified_mount_point.empty(), "no cgroup2 in this layout");
  Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  const Prober prober;
  OCI_SKIP_UNLESS(prober.nodes.usable(),
                  "device nodes cannot be used here (nodev, or rules of an outer container)");
  const test::Inmate inmate(cgroup, [&] { return prober.serve(); });
  const UniqueFd dir = cgroup.open_dir(cgroup.dirs().size() - 1).value();

  std::mt19937 random(3);
  UniqueFd attached;
  for (int i = 0; i < kLists; ++i) {
    const auto user = test::random_rules(random);
    UniqueFd program = sys::load_device_program(compile_device_program(rules_of(user))).value();
    if (attached)
      sys::replace_device_program(dir, program, attached).value();
    else
      sys::attach_device_program(dir, program).value();
    attached = std::move(program);
    const std::string answers = prober.ask();
    for (std::size_t k = 0; k < answers.size(); ++k)
      BOOST_REQUIRE_MESSAGE((answers[k] == '1') == test::reference(user, prober.requests[k]),
                            test::shown(user) << " for " << test::shown(prober.requests[k]));
  }
  const auto ids = sys::query_device_programs(dir).value();
  BOOST_REQUIRE(ids.size() == 1u);
  const UniqueFd same = sys::open_program(ids[0]).value();
  sys::detach_device_program(dir, same).value();
  BOOST_TEST(sys::query_device_programs(dir).value().empty());
  cgroup.kill_all(std::chrono::seconds(5)).value();
}

BOOST_AUTO_TEST_CASE(v1_writes_equal_the_reference_in_the_kernel, *oci::test::proves({"S159"})) {
  OCI_NEEDS_ROOT();
  OCI_SKIP_UNLESS(layout.mode != Mode::kV2, "no v1 devices in this layout");
  Plan plan = bare_plan("/box");
  Cgroup cgroup = Cgroup::make(plan).value();
  const Prober prober;
  OCI_SKIP_UNLESS(prober.nodes.usable(),
                  "device nodes cannot be used here (nodev, or rules of an outer container)");
  const test::Inmate inmate(cgroup, [&] { return prober.serve(); });

  std::mt19937 random(4);
  int taken = 0;
  for (int i = 0; taken < kLists; ++i) {
    spec::Resources resources;
    resources.devices = test::random_rules(random);
    const auto planned = cgroup::plan(root + "/box", "box", &resources, false, layout, nullptr);
    if (!planned) continue;
    ++taken;
    cgroup.apply(Plan{planned->mode, planned->dirs, planned->writes, {}, {}}).value();
    const std::string answers = prober.ask();
    for (std::size_t k = 0; k < answers.size(); ++k) {
      const test::Request& request = prober.requests[k];
      const bool allowed = answers[k] == '1',
                 expected = test::reference(resources.devices, request);
      const bool single = (request.access & (request.access - 1)) == 0;
      BOOST_REQUIRE_MESSAGE(single ? allowed == expected : expected || !allowed,
                            test::shown(resources.devices) << " for " << test::shown(request));
    }
  }
  cgroup.kill_all(std::chrono::seconds(5)).value();
}

// The whole way, as for a container: what a plan says is what holds.
BOOST_AUTO_TEST_CASE(an_applied_plan_keeps_devices_away) {
  OCI_NEEDS_ROOT();
  const Plan plan = plan_at(
      "/box", R"({"devices":[{"allow":true,"type":"c","major":60,"minor":3,"access":"r"}]})");
  Cgroup cgroup = Cgroup::make(plan).value();
  const Nodes nodes;
  OCI_SKIP_UNLESS(nodes.usable(),
                  "device nodes cannot be used here (nodev, or rules of an outer container)");
  cgroup.apply(plan).value();
  test::Inmate inmate(cgroup, [&] {
    const bool right = nodes.allows({'c', 60, 3, kAccessRead}) &&
                       !nodes.allows({'c', 60, 3, kAccessWrite}) &&
                       !nodes.allows({'c', 60, 5, kAccessRead}) &&
                       nodes.allows({'c', 1, 3, kAccessRead | kAccessWrite}) &&
                       nodes.allows({'b', 61, 7, kAccessMknod});
    return right ? 7 : 1;
  });
  BOOST_TEST(inmate.join() == 7);
}

BOOST_AUTO_TEST_CASE(an_invalid_program_is_an_error) {
  OCI_NEEDS_ROOT();
  const std::vector<std::byte> nonsense(16);
  const auto program = sys::load_device_program(nonsense);
  BOOST_REQUIRE(!program);
  BOOST_TEST(
      program.error().text.starts_with("bpf_prog_load(BPF_PROG_TYPE_CGROUP_DEVICE) failed: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace oci::cgroup
