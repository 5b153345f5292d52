// Any list of device rules: what the eBPF program and the writes to a v1 cgroup say to each request
// is what the rules say. v1 may refuse a list, and may be narrower where letters are asked for
// together.
#include "tests/unit/cgroup/device_rules.h"
#include "lib/cgroup/device_bpf.h"

#include <set>

#include "tests/fuzz/target.h"
#include "tests/support/ebpf_evaluator.h"

using namespace oci;
using namespace oci::cgroup;
using fuzz::Input;
using fuzz::require;

namespace {

constexpr std::size_t kMaxRules = 6;

std::optional<std::int64_t> number(Input& in) {
  static constexpr std::int64_t kNumbers[] = {1, 3, 5, 7, 10, 136, 200, 4294967295};
  const std::size_t choice = in.below(12);
  if (choice < std::size(kNumbers)) return kNumbers[choice];
  return choice == std::size(kNumbers)
             ? std::optional<std::int64_t>(static_cast<std::uint32_t>(in.edge()))
             : std::nullopt;
}

std::vector<spec::DeviceCgroup> read_rules(Input& in) {
  static const std::string_view kTypes[] = {"", "a", "b", "c"};
  static const std::string_view kAccess[] = {"r", "w", "m", "rw", "wm", "rm", "rwm"};
  std::vector<spec::DeviceCgroup> rules;
  while (!in.empty() && rules.size() < kMaxRules) {
    spec::DeviceCgroup& rule = rules.emplace_back();
    rule.allow = in.flag();
    rule.type = in.pick<std::string_view>(kTypes);
    rule.access = in.pick<std::string_view>(kAccess);
    rule.major = number(in);
    rule.minor = number(in);
  }
  return rules;
}

// What the kernel asks: open(2) for r, w or both, mknod(2) for m. The numbers are those of the
// rules and some others.
std::vector<cgroup::test::Request> requests_for(const std::vector<spec::DeviceCgroup>& rules) {
  std::set<std::uint32_t> majors{0, 1, 136}, minors{0, 3};
  for (const spec::DeviceCgroup& rule : rules) {
    if (rule.major) majors.insert(static_cast<std::uint32_t>(*rule.major));
    if (rule.minor) minors.insert(static_cast<std::uint32_t>(*rule.minor));
  }
  std::vector<cgroup::test::Request> out;
  for (const char type : {'b', 'c'})
    for (const std::uint32_t major : majors)
      for (const std::uint32_t minor : minors)
        for (const unsigned access :
             {kAccessRead, kAccessWrite, kAccessRead | kAccessWrite, kAccessMknod})
          out.push_back({type, major, minor, access});
  return out;
}

}  // namespace

FUZZ_TARGET(device_rules) {
  Input in(bytes);
  spec::Resources resources;
  resources.devices = read_rules(in);
  const auto rules = effective_device_rules(&resources);
  require(rules.ok(), "these rules are good ones");
  const auto program = compile_device_program(*rules);
  const oci::test::EbpfEvaluator evaluator(program);
  const auto writes = v1_device_writes(*rules);
  cgroup::test::V1Kernel kernel;
  if (writes)
    for (const V1DeviceWrite& write : *writes) kernel.write(write.allow, write.value);
  for (const cgroup::test::Request& request : requests_for(resources.devices)) {
    const bool expected = cgroup::test::reference(resources.devices, request);
    const std::uint32_t type = request.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR;
    require((evaluator.run({request.access << 16 | type, request.major, request.minor}) != 0) ==
                expected,
            "the program says what the rules say");
    if (!writes) continue;
    const bool answer = kernel.allows(request);
    const bool single = (request.access & (request.access - 1)) == 0;
    require(single ? answer == expected : expected || !answer, "v1 says what the rules say");
  }
}
