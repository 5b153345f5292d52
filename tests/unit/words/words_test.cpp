// The tables against the numbers of this system's headers.
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>
#include <climits>
#include <csignal>
#include <set>
#include <string>

#include "lib/words/capabilities.h"
#include "lib/words/hooks.h"
#include "lib/words/ioprio.h"
#include "lib/words/memory_policy.h"
#include "lib/words/namespaces.h"
#include "lib/words/personality.h"
#include "lib/words/rlimits.h"
#include "lib/words/scheduler.h"
#include "lib/words/seccomp.h"
#include "lib/words/signals.h"

namespace oci::words {
namespace {

using base::find;

BOOST_AUTO_TEST_SUITE(words)

BOOST_AUTO_TEST_CASE(capabilities_are_the_kernels) {
  BOOST_TEST(kCapabilities.size() == CAP_LAST_CAP + 1u);
  BOOST_TEST(find(kCapabilitiesByName, "CAP_NET_BIND_SERVICE")->value == CAP_NET_BIND_SERVICE);
  BOOST_TEST(find(kCapabilitiesByName, "CAP_SYS_RESOURCE")->value == CAP_SYS_RESOURCE);
  BOOST_TEST(find(kCapabilitiesByName, "CAP_MAC_ADMIN")->value == CAP_MAC_ADMIN);
  BOOST_TEST(find(kCapabilitiesByName, "CAP_AUDIT_READ")->value == CAP_AUDIT_READ);
  for (unsigned i = 0; i < kCapabilities.size(); ++i)
    BOOST_TEST(find(kCapabilitiesByName, kCapabilities[i])->value == i);
  BOOST_TEST(find(kCapabilitiesByName, "cap_chown") == nullptr);
  BOOST_TEST(find(kCapabilitiesByName, "CHOWN") == nullptr);
}

BOOST_AUTO_TEST_CASE(rlimits_are_the_kernels) {
  BOOST_TEST(kRlimits.size() == static_cast<unsigned>(RLIM_NLIMITS));
  std::set<unsigned> numbers;
  for (const auto& entry : kRlimits) numbers.insert(entry.value);
  BOOST_TEST(numbers.size() == kRlimits.size());
  BOOST_TEST(find(kRlimits, "RLIMIT_NOFILE")->value == static_cast<unsigned>(RLIMIT_NOFILE));
  BOOST_TEST(find(kRlimits, "RLIMIT_NPROC")->value == static_cast<unsigned>(RLIMIT_NPROC));
  BOOST_TEST(find(kRlimits, "RLIMIT_RSS")->value == static_cast<unsigned>(RLIMIT_RSS));
  BOOST_TEST(find(kRlimits, "RLIMIT_AS")->value == static_cast<unsigned>(RLIMIT_AS));
  BOOST_TEST(find(kRlimits, "RLIMIT_FOO") == nullptr);
}

BOOST_AUTO_TEST_CASE(namespaces_are_the_kernels) {
  BOOST_TEST(find(kNamespaces, "mount")->flag == static_cast<unsigned>(CLONE_NEWNS));
  BOOST_TEST(find(kNamespaces, "network")->flag == static_cast<unsigned>(CLONE_NEWNET));
  BOOST_TEST(find(kNamespaces, "uts")->flag == static_cast<unsigned>(CLONE_NEWUTS));
  BOOST_TEST(find(kNamespaces, "ipc")->flag == static_cast<unsigned>(CLONE_NEWIPC));
  BOOST_TEST(find(kNamespaces, "user")->flag == static_cast<unsigned>(CLONE_NEWUSER));
  BOOST_TEST(find(kNamespaces, "pid")->flag == static_cast<unsigned>(CLONE_NEWPID));
  BOOST_TEST(find(kNamespaces, "cgroup")->flag == static_cast<unsigned>(CLONE_NEWCGROUP));
  BOOST_TEST(find(kNamespaces, "time")->flag == 0x80u);
  BOOST_TEST(find(kNamespaces, "net") == nullptr);
  BOOST_TEST(namespace_of_flag(CLONE_NEWNS)->proc_name == "mnt");
  BOOST_TEST(namespace_of_flag(1) == nullptr);
}

BOOST_AUTO_TEST_CASE(seccomp_words_are_the_kernels) {
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_KILL")->value == SECCOMP_RET_KILL_THREAD);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_KILL_PROCESS")->value == SECCOMP_RET_KILL_PROCESS);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_TRAP")->value == SECCOMP_RET_TRAP);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_ERRNO")->value == SECCOMP_RET_ERRNO);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_NOTIFY")->value == SECCOMP_RET_USER_NOTIF);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_TRACE")->value == SECCOMP_RET_TRACE);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_LOG")->value == SECCOMP_RET_LOG);
  BOOST_TEST(find(kSeccompActions, "SCMP_ACT_ALLOW")->value == SECCOMP_RET_ALLOW);
  const auto audit = [](std::string_view name) { return find(kSeccompArchs, name)->audit; };
  BOOST_TEST(audit("SCMP_ARCH_X86") == AUDIT_ARCH_I386);
  BOOST_TEST(audit("SCMP_ARCH_X32") == AUDIT_ARCH_X86_64);
  BOOST_TEST(audit("SCMP_ARCH_AARCH64") == AUDIT_ARCH_AARCH64);
  BOOST_TEST(audit("SCMP_ARCH_ARM") == AUDIT_ARCH_ARM);
  BOOST_TEST(audit("SCMP_ARCH_MIPSEL64N32") == AUDIT_ARCH_MIPSEL64N32);
  BOOST_TEST(audit("SCMP_ARCH_PARISC64") == AUDIT_ARCH_PARISC64);
  BOOST_TEST(audit("SCMP_ARCH_PPC64LE") == AUDIT_ARCH_PPC64LE);
  BOOST_TEST(audit("SCMP_ARCH_RISCV64") == AUDIT_ARCH_RISCV64);
  BOOST_TEST(audit("SCMP_ARCH_S390X") == AUDIT_ARCH_S390X);
  BOOST_TEST(audit("SCMP_ARCH_M68K") == AUDIT_ARCH_M68K);
  BOOST_TEST(audit("SCMP_ARCH_SH") == AUDIT_ARCH_SHEL);
  BOOST_TEST(audit("SCMP_ARCH_SHEB") == AUDIT_ARCH_SH);
  BOOST_TEST(find(kSeccompFlags, "SECCOMP_FILTER_FLAG_SPEC_ALLOW")->value ==
             SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  BOOST_TEST(kFilterFlagNewListener == SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

BOOST_AUTO_TEST_CASE(signal_numbers_are_the_kernels) {
  BOOST_TEST(find(kSignals, "SIGIO")->value == SIGIO);
  for (const auto& [name, number] : kSignals)
    if (number != SIGIO)
      BOOST_TEST(sigabbrev_np(number) == name.substr(3), name);  // glibc says POLL
}

BOOST_AUTO_TEST_CASE(signals_parse_as_in_runc) {  // C074
  BOOST_TEST(parse_signal("").value() == SIGTERM);
  BOOST_TEST(parse_signal("KILL").value() == SIGKILL);
  BOOST_TEST(parse_signal("sigurg").value() == SIGURG);
  BOOST_TEST(parse_signal("SigUsr1").value() == SIGUSR1);
  BOOST_TEST(parse_signal("0").value() == 0);
  BOOST_TEST(parse_signal("64").value() == 64);
  BOOST_TEST(parse_signal("-1").value() == -1);
  BOOST_TEST(parse_signal("4294967305").value() == INT_MAX);
  for (const auto* text :
       {"RTMIN", "SIGRTMIN+3", "0x9", "FOO", "SIG", " 9", "SIGSIGTERM", "CLD", "1.5"})
    BOOST_TEST(!parse_signal(text).has_value(), text);
}

BOOST_AUTO_TEST_CASE(process_words) {
  BOOST_TEST(find(kSchedulerPolicies, "SCHED_BATCH")->value == static_cast<unsigned>(SCHED_BATCH));
  BOOST_TEST(find(kSchedulerPolicies, "SCHED_DEADLINE")->value == 6u);
  BOOST_TEST(find(kSchedulerFlags, "SCHED_FLAG_UTIL_CLAMP_MAX")->value == 0x40u);
  BOOST_TEST(io_priority(find(kIoPriorityClasses, "IOPRIO_CLASS_BE")->value, 4) == 0x4004u);
  BOOST_TEST(find(kMemoryPolicyModes, "MPOL_LOCAL")->value == 4u);
  BOOST_TEST(find(kMemoryPolicyFlags, "MPOL_F_STATIC_NODES")->value == 0x8000u);
  BOOST_TEST(find(kPersonalityDomains, "LINUX32")->value == 8u);
  BOOST_TEST(kHooks.back() == "poststop");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace oci::words
