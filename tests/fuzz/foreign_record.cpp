// Any bytes as a record of runc or crun. Whatever it says, it names no cgroup outside of the mounts
// and never the root of one.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "lib/cgroup/placement.h"
#include "lib/runtime/foreign.h"

namespace {

void check(const oci::runtime::Foreign& foreign) {
  const oci::runtime::Record& record = foreign.record;
  if (record.cgroup.made.size() != record.cgroup.dirs.size()) std::abort();
  for (const auto* dirs : {&record.cgroup.dirs, &record.around})
    for (const oci::cgroup::Dir& dir : *dirs)
      if (!oci::cgroup::is_safe_path(dir.path) || !dir.mount_point.starts_with("/sys/fs/cgroup"))
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  check(oci::runtime::parse_runc_state(text, "fuzz",
                                       {{"/sys/fs/cgroup/unified", "/", true, {}},
                                        {"/sys/fs/cgroup/cpu", "/", false, {"cpu", "cpuacct"}},
                                        {"/sys/fs/cgroup/systemd", "/", false, {"name=systemd"}}}));
  oci::cgroup::Layout layout;
  layout.mode = oci::cgroup::Mode::kV2;
  layout.unified_mount_point = "/sys/fs/cgroup";
  check(oci::runtime::parse_crun_status(text, oci::Result<std::string>("{}"), "fuzz", layout,
                                        [](const std::string&) { return true; }));
  return 0;
}
