// The tree's program against libseccomp's: for every call the same verdict.
#include <random>
#include <sstream>

#include "lib/plan/seccomp_library.h"
#include "lib/plan/seccomp_rules.h"
#include "lib/plan/seccomp_tree.h"
#include "tests/support/seccomp_samples.h"
#include "tests/unit/plan/seccomp_support.h"

using namespace oci;
using namespace oci::plan;
using namespace oci::plan::test;

namespace {

using Random = std::mt19937_64;

using oci::test::below;
using oci::test::pick;

std::string show(const seccomp_data& call) {
  std::ostringstream out;
  out << std::hex << "arch " << call.arch << " nr " << std::dec << call.nr << std::hex << " args";
  for (const auto a : call.args) out << ' ' << a;
  return out.str();
}

std::string show(const SeccompRules& rules) {
  std::ostringstream out;
  for (const SeccompRule& r : rules.rules) {
    out << "\n  " << r.name << " -> " << std::hex << r.action;
    for (const SeccompCondition& c : r.conditions)
      out << " [" << c.index << ' ' << base::name_of(words::kSeccompOperators, c.op) << ' '
          << c.value << ' ' << c.value_two << ']';
  }
  return out.str();
}

int contradictions = 0;  // profiles that both refuse

// Whether both programs agree on `count` calls.
bool agree(const std::string& title, const spec::Seccomp& profile, std::size_t count,
           Random& random) {
  auto rules = read_seccomp_rules(profile, nullptr);
  BOOST_REQUIRE_MESSAGE(rules, title);
  BOOST_REQUIRE_MESSAGE(has_seccomp_tree(rules.value()), title);
  auto tree = compile_seccomp_tree(rules.value());
  auto library = compile_seccomp_library(rules.value());
  // Contradictions; the tree need not find those that a rule without conditions settles.
  if (!library && library.error().text.ends_with(": file exists")) {
    contradictions += tree ? 0 : 1;
    return true;
  }
  BOOST_REQUIRE_MESSAGE(tree, title << ": " << (tree ? "" : tree.error().text));
  BOOST_REQUIRE_MESSAGE(library, title << ": " << (library ? "" : library.error().text));
  const CbpfEvaluator own(tree.take()), other(library.take());
  oci::test::SeccompSamples samples(rules.value(), random);
  for (std::size_t i = 0; i < count; ++i) {
    const seccomp_data call = samples.next();
    const std::uint32_t a = own.run(call), b = other.run(call);
    if (a == b) continue;
    BOOST_TEST_MESSAGE(title << ": " << show(call) << ": tree " << std::hex << a << ", libseccomp "
                             << b << show(rules.value()));
    return false;
  }
  return true;
}

const std::vector<std::string> kNames = {
    "read",       "write",           "open",       "openat",       "clone",   "clone3",
    "socket",     "accept",          "accept4",    "bind",         "recv",    "sendmsg",
    "recvmmsg",   "semop",           "semget",     "shmat",        "msgctl",  "ipc",
    "socketcall", "personality",     "waitpid",    "mmap2",        "mmap",    "fcntl64",
    "getpid",     "setuid32",        "ioctl",      "ptrace",       "keyctl",  "bpf",
    "statx",      "futex_time64",    "arch_prctl", "rt_sigaction", "preadv2", "no_such_call",
    "semtimedop", "arm_fadvise64_64"};
const std::vector<std::string> kActions = {
    "SCMP_ACT_ALLOW", "SCMP_ACT_ERRNO", "SCMP_ACT_TRAP",   "SCMP_ACT_LOG",
    "SCMP_ACT_TRACE", "SCMP_ACT_KILL",  "SCMP_ACT_NOTIFY", "SCMP_ACT_KILL_PROCESS"};
const std::vector<std::string> kOperators = {"EQ", "NE", "LT", "LE", "GT", "GE", "MASKED_EQ"};
const std::vector<std::string> kEqualities = {"EQ", "NE", "MASKED_EQ"};
const std::vector<spec::Strings> kArchitectures = {
    {},
    {"SCMP_ARCH_X86"},
    {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"},
    {"SCMP_ARCH_X32", "SCMP_ARCH_X86_64"},
    {"SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"},
    {"SCMP_ARCH_RISCV64", "SCMP_ARCH_X86"}};

std::uint64_t random_value(Random& random) {
  switch (below(random, 4)) {
    case 0: return below(random, 4);
    case 1: return 1ull << below(random, 64);
    case 2: return (1ull << below(random, 64)) - 1;
    default: return random();
  }
}

// Up to `most` conditions, each on an argument of its own.
std::vector<spec::SyscallArg> random_conditions(Random& random, std::size_t most,
                                                const std::vector<std::string>& operators) {
  std::vector<spec::SyscallArg> args;
  for (std::size_t count = 1 + below(random, most); args.size() < count;) {
    const auto index = static_cast<std::uint32_t>(below(random, 6));
    if (std::none_of(args.begin(), args.end(), [&](const auto& a) { return a.index == index; }))
      args.push_back(
          arg(index, pick(random, operators), random_value(random), random_value(random)));
  }
  return args;
}

spec::Syscall random_rule(Random& random, const std::string& name) {
  spec::Syscall out = rule(name, pick(random, kActions));
  out.errno_ret = static_cast<std::uint32_t>(below(random, 100));
  if (name == "write" && out.action == "SCMP_ACT_NOTIFY") out.action = "SCMP_ACT_TRAP";
  return out;
}

spec::Seccomp random_frame(Random& random) {
  spec::Seccomp profile = profile_of(pick(random, kActions), {}, pick(random, kArchitectures));
  if (profile.default_action == "SCMP_ACT_NOTIFY") profile.default_action = "SCMP_ACT_ERRNO";
  return profile;
}

// Each call has one rule without conditions, one with, or several that tell the values of one
// argument apart.
spec::Seccomp simple_profile(Random& random) {
  spec::Seccomp profile = random_frame(random);
  std::vector<std::string> names = kNames;
  std::shuffle(names.begin(), names.end(), random);
  names.resize(4 + below(random, 20));
  for (const std::string& name : names) {
    const auto kind = below(random, 4);
    if (kind < 2) {
      profile.syscalls.push_back(random_rule(random, name));
      if (kind == 1) profile.syscalls.back().args = random_conditions(random, 3, kOperators);
      continue;
    }
    const auto index = static_cast<std::uint32_t>(below(random, 6));
    for (std::uint64_t value = 0; value < kind + 1; ++value) {
      profile.syscalls.push_back(random_rule(random, name));
      profile.syscalls.back().args = {arg(index, "EQ", value * 0x10000001)};
    }
  }
  std::shuffle(profile.syscalls.begin(), profile.syscalls.end(), random);
  return profile;
}

// Rules of few calls that overlap, contradict and repeat each other. Rules of several conditions do
// not compare sizes: libseccomp 2.5 can take for ever over such rules, by itself and in any
// runtime.
spec::Seccomp tangled_profile(Random& random) {
  spec::Seccomp profile = random_frame(random);
  std::vector<std::string> names = kNames;
  std::shuffle(names.begin(), names.end(), random);
  names.resize(6);
  for (std::size_t i = 0; i < 14; ++i) {
    profile.syscalls.push_back(random_rule(random, pick(random, names)));
    const auto kind = below(random, 6);
    if (kind == 0) continue;
    profile.syscalls.back().args = kind < 3 ? random_conditions(random, 1, kOperators)
                                            : random_conditions(random, 2, kEqualities);
  }
  return profile;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(seccomp_differential)

BOOST_AUTO_TEST_CASE(profiles_of_engines) {
  Random random(20);
  const auto profiles = engine_profiles();
  BOOST_TEST(profiles.size() >= 10u);
  for (const auto& [name, profile] : profiles)
    BOOST_TEST(agree(name, profile, 20000, random), name);
}

BOOST_AUTO_TEST_CASE(random_profiles_without_overlap) {
  Random random(21);
  for (int i = 0; i < 250; ++i) {
    const std::string title = "simple profile " + std::to_string(i);
    BOOST_REQUIRE_MESSAGE(agree(title, simple_profile(random), 1500, random), title);
  }
}

BOOST_AUTO_TEST_CASE(random_profiles_with_overlap) {
  Random random(22);
  for (int i = 0; i < 150; ++i) {
    const std::string title = "tangled profile " + std::to_string(i);
    BOOST_REQUIRE_MESSAGE(agree(title, tangled_profile(random), 1500, random), title);
  }
}

BOOST_AUTO_TEST_SUITE_END()
