// Profiles in a line, and what the compiled program says to a call.
#pragma once

#include <seccomp.h>

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "lib/plan/seccomp.h"
#include "lib/words/seccomp.h"
#include "tests/support/cbpf_evaluator.h"
#include "tests/unit/plan/support.h"

namespace oci::plan::test {

using oci::test::CbpfEvaluator;
using Arguments = std::array<std::uint64_t, 6>;

inline constexpr std::uint32_t kX32Bit = 0x40000000;

inline spec::Seccomp profile_of(const std::string& default_action,
                                std::vector<spec::Syscall> rules = {},
                                spec::Strings architectures = {}) {
  spec::Seccomp profile;
  profile.default_action = default_action;
  profile.syscalls = std::move(rules);
  profile.architectures = std::move(architectures);
  return profile;
}

inline spec::Syscall rule(const std::string& name, const std::string& action,
                          std::vector<spec::SyscallArg> args = {}) {
  return {{name}, action, {}, std::move(args)};
}

inline spec::SyscallArg arg(std::uint32_t index, const std::string& op, std::uint64_t value,
                            std::uint64_t value_two = 0) {
  return {index, value, value_two, "SCMP_CMP_" + op};
}

inline SeccompProgram compiled(const spec::Seccomp& profile) {
  auto program = compile_seccomp(profile, nullptr);
  BOOST_REQUIRE_MESSAGE(program, (program ? std::string() : program.error().text));
  BOOST_REQUIRE(program.value().has_value());
  return *program.take();
}

inline Error refused(const spec::Seccomp& profile) {
  auto program = compile_seccomp(profile, nullptr);
  BOOST_REQUIRE_MESSAGE(!program, "compiled, but an error was due");
  return std::move(program).error();
}

inline std::uint32_t number_of(const std::string& name,
                               std::uint32_t arch = ::seccomp_arch_native()) {
  const int number = ::seccomp_syscall_resolve_name_arch(arch, name.c_str());
  BOOST_REQUIRE_MESSAGE(number >= 0, "no number for " << name);
  return static_cast<std::uint32_t>(number);
}

inline seccomp_data call(std::uint32_t arch, std::uint32_t number, const Arguments& args = {}) {
  seccomp_data data{};
  data.arch = arch;
  data.nr = static_cast<int>(number);
  std::copy(args.begin(), args.end(), data.args);
  return data;
}

// The verdict on a native call.
inline std::uint32_t verdict(const spec::Seccomp& profile, const std::string& name,
                             const Arguments& args = {}) {
  return CbpfEvaluator(compiled(profile).filter)
      .run(call(::seccomp_arch_native(), number_of(name), args));
}

inline std::uint32_t errno_of(std::uint32_t number) { return SECCOMP_RET_ERRNO | number; }

// The profiles of all documents that engines wrote, each once.
inline std::vector<std::pair<std::string, spec::Seccomp>> engine_profiles() {
  const std::filesystem::path dir =
      std::filesystem::path(OCI_SOURCE_DIR) / "tests/fixtures/engine-configs";
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(dir))
    if (entry.path().extension() == ".json" &&
        !entry.path().filename().string().starts_with("re") &&
        !entry.path().filename().string().starts_with("process-"))
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<std::pair<std::string, spec::Seccomp>> profiles;
  std::vector<std::vector<std::byte>> seen;
  for (const auto& file : files) {
    auto spec = parse_spec(text_of(file));
    BOOST_REQUIRE_MESSAGE(spec, file);
    if (!spec.value().linux_ || !spec.value().linux_->seccomp) continue;
    spec::Seccomp& profile = *spec.value().linux_->seccomp;
    auto filter = compiled(profile).filter;
    if (std::find(seen.begin(), seen.end(), filter) != seen.end()) continue;
    seen.push_back(std::move(filter));
    profiles.emplace_back(file.stem(), std::move(profile));
  }
  return profiles;
}

}  // namespace oci::plan::test
