// What create and exec do alike for the process: limits, labels, environment, identity, program.
// Spec: config.md#process
#pragma once

#include <string>
#include <vector>

#include "lib/plan/draft.h"
#include "lib/plan/identity.h"

namespace oci::plan {

struct Environment {
  spec::Strings entries;
  std::string path;   // value of PATH
  bool home = false;  // HOME is to be found out inside
};

// `process_env` with `added` behind it; of entries with one name the last counts, at its place. An
// absent process_env without additions stays empty. Errors: kInvalidConfig.
Result<Environment> environment(const std::optional<spec::Strings>& process_env,
                                const spec::Strings& added);

// "0-3,7" as a mask of 64-bit words, little-endian. Nothing for an empty or malformed list. At most
// 65536 bits.
std::optional<std::vector<std::uint64_t>> number_list(std::string_view list);

// Everything about a process that is known before the first step, so that errors come early.
struct ProcessInput {
  Environment env;
  Identity identity;
  CapabilitySets caps;
};
Result<ProcessInput> read_process(Draft& draft, const spec::Process& process,
                                  const spec::Linux& linux_, const spec::Strings& added_env,
                                  bool keep_groups);

// rlimits, scheduler, I/O priority, memory policy, personality
Status add_limits(Draft& draft, const spec::Process& process, const spec::Linux& linux_);
bool wants_label(const spec::Process& process);
// AppArmor and SELinux. Needs draft.procfs.
void add_labels(Draft& draft, const spec::Process& process);
// Opens a procfs of the container's own unless the draft has one.
void need_procfs(Draft& draft);
void add_affinity(Draft& draft, std::string_view mask, std::string_view pointer,
                  std::uint32_t flags);
// process.execCPUAffinity. `list` is one of its two, not empty.
Status add_affinity_list(Draft& draft, const std::string& list, const std::string& pointer);
// Standard streams by descriptors of the caller's choice.
void add_stdio(Draft& draft);

struct Finish {
  int keep_fds = 0;
  bool gate = false;
  Slot gate_from = kNoSlot, gate_report = kNoSlot;
  std::string program;  // literal path; empty: args[0] is looked up in PATH
};
// From no_new_privs to execve.
void add_finish(Draft& draft, const spec::Process& process, const ProcessInput& input,
                const Finish& finish);

}  // namespace oci::plan
