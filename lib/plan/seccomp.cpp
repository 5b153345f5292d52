#include "lib/plan/seccomp.h"

#include <fcntl.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <memory>

#include "lib/base/try.h"
#include "lib/plan/paths.h"
#include "lib/words/seccomp.h"
#include "oci/fd.h"

namespace oci::plan {
namespace {

struct ReleaseFilter {
  void operator()(void* filter) const { ::seccomp_release(filter); }
};
using Filter = std::unique_ptr<void, ReleaseFilter>;

Error invalid(std::string text, std::string pointer) {
  return Error{Code::kInvalidConfig, std::move(text), 0, std::move(pointer), {}};
}

Error failed(std::string_view what, int rc) {
  return Error{Code::kSystem, std::string(what) + ": libseccomp error " + std::to_string(-rc), -rc, "/linux/seccomp", {}};
}

bool takes_errno(std::uint32_t action) { return action == words::kRetErrno || action == words::kRetTrace; }

// libseccomp's numbers are the kernel's, with the data in the lower half.
Result<std::uint32_t> action_of(const std::string& name, std::optional<std::uint32_t> data, const std::string& pointer) {
  const auto* word = base::find(words::kSeccompActions, name);
  if (word == nullptr) return invalid("string " + name + " is not a valid action for seccomp", pointer);
  if (!takes_errno(word->value)) return word->value;
  return word->value | (data.value_or(EPERM) & 0xffff);
}

scmp_compare comparison(words::Comparison op) {
  switch (op) {
    case words::Comparison::kNe: return SCMP_CMP_NE;
    case words::Comparison::kLt: return SCMP_CMP_LT;
    case words::Comparison::kLe: return SCMP_CMP_LE;
    case words::Comparison::kEq: return SCMP_CMP_EQ;
    case words::Comparison::kGe: return SCMP_CMP_GE;
    case words::Comparison::kGt: return SCMP_CMP_GT;
    case words::Comparison::kMaskedEq: return SCMP_CMP_MASKED_EQ;
  }
  return SCMP_CMP_EQ;
}

Result<std::vector<scmp_arg_cmp>> conditions(const spec::Syscall& call, const std::string& pointer) {
  std::vector<scmp_arg_cmp> out;
  for (std::size_t i = 0; i < call.args.size(); ++i) {
    const spec::SyscallArg& arg = call.args[i];
    const std::string at = pointer + "/args/" + std::to_string(i);
    const auto* op = base::find(words::kSeccompOperators, arg.op);
    if (op == nullptr) return invalid("string " + arg.op + " is not a valid operator for seccomp", at + "/op");
    if (arg.index > 5) return invalid("seccomp argument index " + std::to_string(arg.index) + " is not in 0-5", at + "/index");
    out.push_back({arg.index, comparison(op->value), arg.value, arg.value_two});
  }
  return out;
}

// Two conditions on one argument cannot be one rule of libseccomp; each is then a rule of its own (S221).
bool repeats_index(const std::vector<scmp_arg_cmp>& args) {
  unsigned seen = 0;
  for (const scmp_arg_cmp& a : args) {
    if ((seen & 1u << a.arg) != 0) return true;
    seen |= 1u << a.arg;
  }
  return false;
}

Result<std::vector<const words::SeccompArch*>> architectures(void* filter, const spec::Seccomp& profile) {
  std::vector<const words::SeccompArch*> archs;
  const std::uint32_t native = ::seccomp_arch_native();
  for (const words::SeccompArch& a : words::kSeccompArchs)
    if (a.token == native) archs.push_back(&a);
  for (std::size_t i = 0; i < profile.architectures.size(); ++i) {
    const std::string& name = profile.architectures[i];
    const auto* arch = base::find(words::kSeccompArchs, name);
    const std::string at = "/linux/seccomp/architectures/" + std::to_string(i);
    if (arch == nullptr) return invalid("string " + name + " is not a valid arch for seccomp", at);
    if (std::find(archs.begin(), archs.end(), arch) != archs.end()) continue;
    const int rc = ::seccomp_arch_add(filter, arch->token);
    if (rc == -EINVAL) return Error{Code::kUnsupported, "libseccomp does not know " + name, 0, at, {}};
    if (rc < 0 && rc != -EEXIST) return failed("error adding architecture " + name, rc);
    archs.push_back(arch);
  }
  return archs;
}

struct Compiler {
  const spec::Seccomp& profile;
  void* filter;
  std::uint32_t default_action;
  std::vector<const words::SeccompArch*> archs;
  std::map<std::uint32_t, std::uint32_t> newest;  // audit arch -> highest number that is named
  std::vector<std::string>* warnings;

  void note_numbers(const std::string& name) {
    for (const words::SeccompArch* arch : archs) {
      if (arch->token != arch->audit) continue;  // x32 is left to the filter itself
      const int nr = ::seccomp_syscall_resolve_name_arch(arch->token, name.c_str());
      if (nr < 0) continue;
      auto& highest = newest[arch->audit];
      highest = std::max(highest, static_cast<std::uint32_t>(nr));
    }
  }

  Status add_rule(std::uint32_t action, int nr, const std::vector<scmp_arg_cmp>& args, const std::string& name) {
    const int rc = ::seccomp_rule_add_array(filter, action, nr, static_cast<unsigned>(args.size()), args.data());
    // What is there already, or cannot be on any of the architectures, changes nothing.
    if (rc < 0 && rc != -EEXIST && rc != -EDOM) return failed("error adding seccomp rule for " + name, rc);
    return {};
  }

  Status add(const spec::Syscall& call, const std::string& pointer) {
    const std::uint32_t action = TRY(action_of(call.action, call.errno_ret, pointer + "/action"));
    const auto args = TRY(conditions(call, pointer));
    for (const std::string& name : call.names) {
      note_numbers(name);
      if (action == words::kRetNotify && name == "write")
        return invalid("SCMP_ACT_NOTIFY cannot be used for the write syscall", pointer + "/names");
      if (action == default_action) continue;
      const int nr = ::seccomp_syscall_resolve_name(name.c_str());
      if (nr == __NR_SCMP_ERROR) {
        if (warnings) warnings->push_back("unknown seccomp syscall " + quoted(name) + " ignored");
        continue;
      }
      if (!repeats_index(args)) {
        TRY(add_rule(action, nr, args, name));
        continue;
      }
      for (const scmp_arg_cmp& one : args) TRY(add_rule(action, nr, {one}, name));
    }
    return {};
  }

  Result<std::vector<std::byte>> exported() const {
    const UniqueFd fd(::memfd_create("seccomp", MFD_CLOEXEC));
    if (!fd) return failed("memfd_create", -errno);
    if (const int rc = ::seccomp_export_bpf(filter, fd.get()); rc < 0) return failed("error exporting seccomp filter", rc);
    const off_t size = ::lseek(fd.get(), 0, SEEK_END);
    std::vector<std::byte> bytes(static_cast<std::size_t>(size));
    if (::pread(fd.get(), bytes.data(), bytes.size(), 0) != size) return failed("reading the seccomp filter", -EIO);
    return bytes;
  }
};

Result<std::uint32_t> flags_of(const spec::Seccomp& profile) {
  if (!profile.flags) return words::kFilterFlagSpecAllow;
  std::uint32_t flags = 0;
  for (std::size_t i = 0; i < profile.flags->size(); ++i) {
    const std::string& name = (*profile.flags)[i];
    const auto* word = base::find(words::kSeccompFlags, name);
    if (word == nullptr)
      return invalid("seccomp flag " + quoted(name) + " is not known", "/linux/seccomp/flags/" + std::to_string(i));
    flags |= word->value;
  }
  return flags & ~words::kFilterFlagTsync;  // init has one thread
}

bool notifies(const spec::Seccomp& profile) {
  return std::any_of(profile.syscalls.begin(), profile.syscalls.end(),
                     [](const spec::Syscall& s) { return s.action == "SCMP_ACT_NOTIFY"; });
}

}  // namespace

Result<std::optional<SeccompProgram>> compile_seccomp(const spec::Seccomp& profile, std::vector<std::string>* warnings) {
  if (profile.default_action.empty() && profile.syscalls.empty()) return std::optional<SeccompProgram>{};
  const std::uint32_t default_action =
      TRY(action_of(profile.default_action, profile.default_errno_ret, "/linux/seccomp/defaultAction"));
  if (default_action == words::kRetNotify)
    return invalid("SCMP_ACT_NOTIFY cannot be used as default action", "/linux/seccomp/defaultAction");
  SeccompProgram program;
  program.flags = TRY(flags_of(profile));
  program.notify = notifies(profile);
  if (program.notify && profile.listener_path.empty())
    return invalid("seccomp listenerPath is not set", "/linux/seccomp/listenerPath");
  if (program.notify) program.flags |= words::kFilterFlagNewListener;

  const Filter filter(::seccomp_init(default_action));
  if (!filter) return failed("seccomp_init", -EINVAL);
  // Calls of architectures that the profile does not list are refused, as libseccomp does by default.
  Compiler compiler{profile, filter.get(), default_action, TRY(architectures(filter.get(), profile)), {}, warnings};
  (void)::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_NNP, 0);
  if (profile.syscalls.size() > 32) (void)::seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  for (std::size_t i = 0; i < profile.syscalls.size(); ++i)
    TRY(compiler.add(profile.syscalls[i], "/linux/seccomp/syscalls/" + std::to_string(i)));
  program.filter = TRY(compiler.exported());
  if (default_action != words::kRetAllow && !compiler.newest.empty()) {
    std::vector<NewestCall> newest;
    for (const auto& [arch, number] : compiler.newest) newest.push_back({arch, number});
    program.filter = with_enosys_stub(newest, program.filter);
  }
  return std::optional<SeccompProgram>{std::move(program)};
}

Status compile_seccomp_into(Plan& plan, const spec::Seccomp& profile) {
  std::vector<std::string> unknown;
  auto program = TRY(compile_seccomp(profile, &unknown));
  if (!program) return {};
  if (program->notify)
    return Error{Code::kUnsupported, "seccomp listeners are not supported yet", 0, "/linux/seccomp/listenerPath", {}};
  plan.seccomp = std::move(program->filter);
  plan.seccomp_flags = program->flags;
  return {};
}

}  // namespace oci::plan
