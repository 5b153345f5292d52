#include "lib/plan/seccomp_library.h"

#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <string_view>

#include "lib/base/try.h"
#include "oci/fd.h"

namespace oci::plan {
namespace {

struct ReleaseFilter {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

constexpr const char* kArchs = "/linux/seccomp/architectures";

Error failed(std::string_view what, int rc) {
  return Error{Code::kSystem,
               std::string(what) + ": libseccomp error " + std::to_string(-rc),
               -rc,
               "/linux/seccomp",
               {}};
}

scmp_compare comparison(words::Comparison op) {
  switch (op) {
    case words::Comparison::kNe: return SCMP_CMP_NE;
    case words::Comparison::kLt: return SCMP_CMP_LT;
    case words::Comparison::kLe: return SCMP_CMP_LE;
    case words::Comparison::kEq: return SCMP_CMP_EQ;
    case words::Comparison::kGe: return SCMP_CMP_GE;
    case words::Comparison::kGt: return SCMP_CMP_GT;
    case words::Comparison::kMaskedEq: break;
  }
  return SCMP_CMP_MASKED_EQ;
}

Status add_rule(void* filter, const SeccompRule& rule) {
  std::vector<scmp_arg_cmp> conditions;
  for (const SeccompCondition& c : rule.conditions)
    conditions.push_back({c.index, comparison(c.op), c.value, c.value_two});
  const int rc = ::seccomp_rule_add_array(
      filter, rule.action, ::seccomp_syscall_resolve_name(rule.name.c_str()),
      static_cast<unsigned>(conditions.size()), conditions.data());
  if (rc == 0) return {};
  const std::string what = "error adding seccomp rule for syscall " + rule.name;
  // Two actions for the same conditions: runc refuses them too.
  if (rc == -EEXIST)
    return Error{Code::kInvalidConfig, what + ": file exists", 0, "/linux/seccomp/syscalls", {}};
  return failed(what, rc);
}

Error no_arch(const words::SeccompArch& arch, int rc) {
  const std::string what = "error adding architecture to seccomp filter: " + std::string(arch.name);
  if (rc == -EINVAL)
    return Error{Code::kUnsupported, what + " is not known to libseccomp", 0, kArchs, {}};
  if (rc == -EDOM)
    return Error{
        Code::kUnsupported, what + " has another byte order than this machine", 0, kArchs, {}};
  return failed(what, rc);
}

// Calls that i386 has as parts of socketcall(2) and ipc(2): libseccomp gives them numbers of its
// own.
bool is_part(int number, int first) { return number <= first && number > first - 100; }
constexpr int kSocketcallParts = -100, kIpcParts = -200;

class ArchFilter {
 public:
  ArchFilter(const SeccompRules& rules, std::size_t arch, const SeccompSelection* only)
      : rules_(rules), arch_(arch), only_(only), own_(*rules.archs[arch]) {}

  Result<Filter> make() {
    filter_.reset(::seccomp_init(rules_.default_action));
    if (!filter_) return failed("error creating filter", -EINVAL);
    int rc = ::seccomp_arch_add(filter_.get(), own_.token);
    if (rc < 0 && rc != -EEXIST) return no_arch(own_, rc);
    if (rc == 0) rc = ::seccomp_arch_remove(filter_.get(), ::seccomp_arch_native());
    if (rc < 0 && rc != -EEXIST) return no_arch(own_, rc);
    for (std::size_t i = 0; i < rules_.rules.size(); ++i)
      if (only_ == nullptr || (*only_)[arch_][i]) TRY(add(rules_.rules[i]));
    if (!first_.empty())
      (void)::seccomp_syscall_priority(filter_.get(),
                                       ::seccomp_syscall_resolve_name(first_.c_str()), UINT8_MAX);
    return std::move(filter_);
  }

 private:
  // Rules for calls that the architecture lacks are left out, and what comes first is a call that
  // it has: libseccomp 2.5 places pseudo calls too and skips them when it writes the program, and
  // where one of them was to be the first, the call's number is never loaded and no rule holds.
  Status add(const SeccompRule& rule) {
    const int number = rule.numbers[arch_];
    const bool multiplexes = own_.token == words::kAuditX86;
    if (number >= 0)
      first_ = rule.name;
    else if (multiplexes && is_part(number, kSocketcallParts))
      first_ = first_.empty() ? "socketcall" : first_;
    else if (multiplexes && is_part(number, kIpcParts))
      first_ = first_.empty() ? "ipc" : first_;
    else
      return {};
    return add_rule(filter_.get(), rule);
  }

  const SeccompRules& rules_;
  std::size_t arch_;
  const SeccompSelection* only_;
  const words::SeccompArch& own_;
  Filter filter_;
  std::string first_;
};

Result<SeccompCode> exported(void* filter) {
  const UniqueFd fd(::memfd_create("seccomp", MFD_CLOEXEC));
  if (!fd) return failed("memfd_create", -errno);
  if (const int rc = ::seccomp_export_bpf(filter, fd.get()); rc < 0)
    return failed("error exporting seccomp filter", rc);
  const off_t size = ::lseek(fd.get(), 0, SEEK_END);
  SeccompCode code(static_cast<std::size_t>(size) / sizeof(sock_filter));
  if (::pread(fd.get(), code.data(), code.size() * sizeof(sock_filter), 0) != size)
    return failed("reading the seccomp filter", -EIO);
  return code;
}

}  // namespace

Result<SeccompCode> compile_seccomp_library(const SeccompRules& rules,
                                            const SeccompSelection* only) {
  constexpr std::size_t kRulesWorthTree = 32;  // S227
  constexpr std::uint32_t kBinaryTree = 2;
  // Calls of architectures that are not in the filter are killed: libseccomp's default.
  Filter all = TRY(ArchFilter(rules, 0, only).make());
  for (std::size_t i = 1; i < rules.archs.size(); ++i) {
    Filter one = TRY(ArchFilter(rules, i, only).make());
    if (const int rc = ::seccomp_merge(all.get(), one.get()); rc < 0)
      return no_arch(*rules.archs[i], rc);
    (void)one.release();  // `all` has taken it over
  }
  // Libraries before 2.5 have no tree; the program is then a list.
  if (rules.rules.size() > kRulesWorthTree)
    (void)::seccomp_attr_set(all.get(), SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree);
  return exported(all.get());
}

}  // namespace oci::plan
