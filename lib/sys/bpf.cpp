#include "lib/sys/bpf.h"

#include <linux/bpf.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "lib/base/cleanup.h"
#include "lib/base/try.h"
#include "lib/sys/error.h"
#include "lib/sys/raw.h"

namespace oci::sys {
namespace {

// The union has padding which the kernel wants to be zero: no member-wise initialisation.
bpf_attr zeroed() {
  bpf_attr attr;
  std::memset(&attr, 0, sizeof attr);
  return attr;
}

Word bpf(int command, bpf_attr& attr) { return raw(__NR_bpf, command, word(&attr), sizeof attr); }

Error bpf_error(std::string_view call, Word result) {
  Error error = call_error(call, {}, static_cast<int>(-result));
  error.text.replace(0, call.size() + 1, std::string(call) + " failed:");
  return error;
}

std::uint64_t address(const void* pointer) { return reinterpret_cast<std::uintptr_t>(pointer); }

Word load(std::span<const std::byte> instructions) {
  // The verifier speaks only through a log, which costs: it is not asked for, our programs pass.
  static constexpr char kLicense[] = "Apache-2.0", kName[] = "oci_devices";
  bpf_attr attr = zeroed();
  attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attr.insn_cnt = static_cast<std::uint32_t>(instructions.size() / sizeof(bpf_insn));
  attr.insns = address(instructions.data());
  attr.license = address(kLicense);
  std::memcpy(attr.prog_name, kName, sizeof kName);
  Word fd;
  do fd = bpf(BPF_PROG_LOAD, attr);
  while (fd == -EAGAIN);
  return fd;
}

Word load_without_memlock_limit(std::span<const std::byte> instructions) {
  rlimit before;
  if (::getrlimit(RLIMIT_MEMLOCK, &before) < 0 || before.rlim_cur == RLIM_INFINITY) return -EPERM;
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  if (::setrlimit(RLIMIT_MEMLOCK, &none) < 0) return -EPERM;
  const Cleanup restore([&] { ::setrlimit(RLIMIT_MEMLOCK, &before); });
  return load(instructions);
}

}  // namespace

Result<UniqueFd> load_device_program(std::span<const std::byte> instructions) {
  Word fd = load(instructions);
  if (fd == -EPERM) fd = load_without_memlock_limit(instructions);
  if (fd < 0) return bpf_error("bpf_prog_load(BPF_PROG_TYPE_CGROUP_DEVICE)", fd);
  return UniqueFd(static_cast<int>(fd));
}

Status attach_device_program(FdRef cgroup, FdRef program) {
  bpf_attr attr = zeroed();
  attr.target_fd = static_cast<std::uint32_t>(cgroup.get());
  attr.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attr.attach_type = BPF_CGROUP_DEVICE;
  attr.attach_flags = BPF_F_ALLOW_MULTI;
  const Word result = bpf(BPF_PROG_ATTACH, attr);
  if (result < 0) return bpf_error("bpf_prog_attach(BPF_CGROUP_DEVICE)", result);
  return {};
}

Status replace_device_program(FdRef cgroup, FdRef program, FdRef old) {
  bpf_attr attr = zeroed();
  attr.target_fd = static_cast<std::uint32_t>(cgroup.get());
  attr.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attr.attach_type = BPF_CGROUP_DEVICE;
  attr.attach_flags = BPF_F_ALLOW_MULTI | BPF_F_REPLACE;
  attr.replace_bpf_fd = static_cast<std::uint32_t>(old.get());
  const Word result = bpf(BPF_PROG_ATTACH, attr);
  if (result < 0) return bpf_error("bpf_prog_attach(BPF_CGROUP_DEVICE, BPF_F_REPLACE)", result);
  return {};
}

Status detach_device_program(FdRef cgroup, FdRef program) {
  bpf_attr attr = zeroed();
  attr.target_fd = static_cast<std::uint32_t>(cgroup.get());
  attr.attach_bpf_fd = static_cast<std::uint32_t>(program.get());
  attr.attach_type = BPF_CGROUP_DEVICE;
  const Word result = bpf(BPF_PROG_DETACH, attr);
  if (result < 0) return bpf_error("bpf_prog_detach(BPF_CGROUP_DEVICE)", result);
  return {};
}

Result<std::vector<std::uint32_t>> query_device_programs(FdRef cgroup) {
  std::vector<std::uint32_t> ids(8);
  for (;;) {
    bpf_attr attr = zeroed();
    attr.query.target_fd = static_cast<std::uint32_t>(cgroup.get());
    attr.query.attach_type = BPF_CGROUP_DEVICE;
    attr.query.prog_ids = address(ids.data());
    attr.query.prog_cnt = static_cast<std::uint32_t>(ids.size());
    const Word result = bpf(BPF_PROG_QUERY, attr);
    if (result == -ENOSPC && attr.query.prog_cnt > ids.size()) {
      ids.resize(attr.query.prog_cnt);
      continue;
    }
    if (result < 0) return bpf_error("bpf_prog_query(BPF_CGROUP_DEVICE)", result);
    ids.resize(attr.query.prog_cnt);
    return ids;
  }
}

Result<UniqueFd> open_program(std::uint32_t id) {
  bpf_attr attr = zeroed();
  attr.prog_id = id;
  const Word fd = bpf(BPF_PROG_GET_FD_BY_ID, attr);
  if (fd < 0) return bpf_error("bpf_prog_get_fd_by_id", fd);
  return UniqueFd(static_cast<int>(fd));
}

}  // namespace oci::sys
