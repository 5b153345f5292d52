// Any bytes as a record of runc or crun. Whatever it says, it names no cgroup outside of the mounts
// and never the root of one.
#include "lib/cgroup/placement.h"
#include "lib/runtime/foreign.h"
#include "tests/fuzz/target.h"

using namespace oci;
using fuzz::require;

namespace {

void check(const runtime::Foreign& foreign) {
  const runtime::Record& record = foreign.record;
  require(record.cgroup.made.size() == record.cgroup.dirs.size(),
          "of each cgroup it is known whose it is");
  for (const auto* dirs : {&record.cgroup.dirs, &record.around})
    for (const cgroup::Dir& dir : *dirs)
      require(cgroup::is_safe_path(dir.path) && dir.mount_point.starts_with("/sys/fs/cgroup"),
              "a cgroup is below its mount");
}

}  // namespace

FUZZ_TARGET(foreign_record) {
  check(runtime::parse_runc_state(bytes, "fuzz",
                                  {{"/sys/fs/cgroup/unified", "/", true, {}},
                                   {"/sys/fs/cgroup/cpu", "/", false, {"cpu", "cpuacct"}},
                                   {"/sys/fs/cgroup/systemd", "/", false, {"name=systemd"}}}));
  cgroup::Layout layout;
  layout.mode = cgroup::Mode::kV2;
  layout.unified_mount_point = "/sys/fs/cgroup";
  check(runtime::parse_crun_status(bytes, Result<std::string>("{}"), "fuzz", layout,
                                   [](const std::string&) { return true; }));
}
